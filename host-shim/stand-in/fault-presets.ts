import type { Fault } from "./faults.js";

const lost = { effect: false } as const;
const created = { effect: true } as const;

/** Faults by name. `…-lost` means that no message was created, `…-created` that one was. */
export const faultPresets = {
  "delay-before": { delay: 1000 },
  "delay-after-created": { hold: 1000 },

  "reset-before-reading": { wire: "reset-before-reading" },
  "reset-lost": { wire: "reset", ...lost },
  "reset-created": { wire: "reset", ...created },
  "close-lost": { wire: "close", ...lost },
  "close-created": { wire: "close", ...created },
  "garbage-lost": { wire: "garbage", ...lost },
  "garbage-created": { wire: "garbage", ...created },
  "silence-lost": { wire: "silence", ...lost },
  "silence-created": { wire: "silence", ...created },

  "cut-off-created": { wire: "cut-off" },
  "cut-off-400": {
    wire: "cut-off",
    reply: {
      status: 400,
      code: 21211,
      message: "The 'To' number +15005550001 is not a valid phone number.",
    },
  },
  "slow-body": { wire: "slow-body", pace: 50 },

  "429": { reply: { status: 429, code: 20429 } },
  "429-retry-after-seconds": { reply: { status: 429, code: 20429, retryAfter: { seconds: 2 } } },
  "429-retry-after-date": { reply: { status: 429, code: 20429, retryAfter: { date: 2 } } },
  "429-queue-full": { reply: { status: 429, code: 21611 } },
  "429-daily-limit": { reply: { status: 429, code: 63038 } },
  "429-html": { reply: { status: 429, body: "html" } },

  "500-lost": { reply: { status: 500, code: 20500 }, ...lost },
  "500-created": { reply: { status: 500, code: 20500 }, ...created },
  "502-html-lost": { reply: { status: 502, body: "html" }, ...lost },
  "502-html-created": { reply: { status: 502, body: "html" }, ...created },
  "503-lost": { reply: { status: 503, code: 20503 }, ...lost },
  "503-created": { reply: { status: 503, code: 20503 }, ...created },
  "504-empty-lost": { reply: { status: 504, body: "empty" }, ...lost },
  "504-empty-created": { reply: { status: 504, body: "empty" }, ...created },

  "301": { reply: { status: 301, redirect: true } },
  "302": { reply: { status: 302, redirect: true } },
  "307": { reply: { status: 307, redirect: true } },
} satisfies Record<string, Fault>;

export type PresetName = keyof typeof faultPresets;
