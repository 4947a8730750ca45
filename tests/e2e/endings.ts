// Every way in which a message can end at the stand-in, and what must be reported of it. Of each
// message there is at most one request: whatever happens on the way, none is repeated.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Outcome, Settings } from "twilio-destination";
import { redirectTo } from "../../host-shim/demo/redirect.js";
import {
  type AccountKind,
  type FaultSpec,
  type StandIn,
  sampleAccounts,
} from "../../host-shim/stand-in/index.js";

export { redirectTo };

export interface Ending {
  readonly name: string;
  /** Whose credentials are used; `live` if absent. */
  readonly account?: AccountKind;
  readonly settings?: Partial<Settings>;
  readonly event?: object;
  /** How the stand-in fails. */
  readonly fault?: FaultSpec;
  /** One for each message. */
  readonly expected: readonly Expected[];
  readonly requests: number;
  readonly created: number;
}

export interface Expected {
  readonly type: Outcome["type"];
  /** The code of the reply or of the drop reason. */
  readonly code: string;
  /** The same in workerd, whose failures all look alike. */
  readonly codeInWorkerd?: string;
  readonly httpStatus?: number | null;
  readonly twilioCode?: number | null;
  /** The least and the most that the wait may be. */
  readonly wait?: readonly [least: number, most: number] | null;
}

export const sender = "+14155551234";
export const recipient = "+447700900456";
const wrongToken = "f".repeat(32);
const quick = { request_timeout_ms: 1000 };

/** One message to `properties.phone`, unless the settings of an ending say otherwise. */
export function settingsOf({ account = "live", settings = {} }: Partial<Ending>): Settings {
  const { sid, authToken } = sampleAccounts[account];
  return {
    account_sid: sid,
    auth_token: authToken,
    from: account === "test" ? "+15005550006" : sender,
    mappings: [{ trigger: "Ping", to: "$.properties.phone", body: "Hello {{ properties.name }}" }],
    ...settings,
  };
}

export function eventOf({ event = {} }: Partial<Ending>): object {
  const properties = { phone: recipient, name: "there", ...event };
  return { type: "track", event: "Ping", messageId: "m-1", userId: "u-1", properties };
}

/** Enough time for a request, and for no wait after it: an ending is what one request comes to. */
export function forOneRequest(): { deadline: number } {
  return { deadline: Date.now() + 1900 };
}

/** What the stand-in has seen so far. */
export function seen(standIn: StandIn): { requests: number; created: number } {
  const created = standIn.messages.filter(({ direction }) => direction === "outbound-api");
  return { requests: standIn.requests.length, created: created.length };
}

/** The part of an outcome that an ending fixes. */
export function comparable(outcome: Outcome): Omit<Required<Expected>, "codeInWorkerd"> {
  if (outcome.type === "dropped") {
    const { code } = outcome.reason;
    return { type: outcome.type, code, httpStatus: null, twilioCode: null, wait: null };
  }
  const { reply } = outcome;
  if (reply === null) {
    assert.ok(outcome.type === "deferred");
    return {
      type: outcome.type,
      code: outcome.code,
      httpStatus: null,
      twilioCode: null,
      wait: null,
    };
  }
  const { code, httpStatus, twilioCode, retryAfterMs } = reply;
  const wait = retryAfterMs === null ? null : ([retryAfterMs, retryAfterMs] as const);
  return { type: outcome.type, code, httpStatus, twilioCode, wait };
}

const sent: Expected = { type: "sent", code: "sent", httpStatus: 201 };
const both = (...expected: readonly [Expected, Expected]) => expected;

function lost(code: string, codeInWorkerd = "failure_unclear"): readonly Expected[] {
  return [{ type: "unknown", code, codeInWorkerd }];
}

function answered(
  type: Outcome["type"],
  code: string,
  httpStatus: number,
  rest: Partial<Expected> = {},
): readonly Expected[] {
  return [{ type, code, httpStatus, ...rest }];
}

function unknown(httpStatus: number, twilioCode: number | null = null): readonly Expected[] {
  return answered("unknown", "server_error", httpStatus, { twilioCode });
}

/** Two mappings that both match, of which the second texts `properties.other`. */
const two: Partial<Settings> = {
  match: "all",
  mappings: [
    { name: "first", trigger: "Ping", to: "$.properties.phone", body: "One" },
    { name: "second", trigger: "Ping", to: "$.properties.other", body: "Two" },
  ],
};
const toTwo = { other: "+447700900124" };

export const endings: readonly Ending[] = [
  { name: "a 201", expected: [sent], requests: 1, created: 1 },
  {
    name: "a 201 by an API key",
    settings: { auth_token: null, ...keyOf("live") },
    expected: [sent],
    requests: 1,
    created: 1,
  },
  {
    name: "a 201 by a Messaging Service",
    settings: { from: null, messaging_service_sid: `MG${"1".repeat(32)}` },
    expected: [sent],
    requests: 1,
    created: 1,
  },
  { name: "a 201 in pieces", fault: "slow-body", expected: [sent], requests: 1, created: 1 },
  {
    name: "a 201 that is cut off: still sent",
    fault: "cut-off-created",
    expected: answered("sent", "sent_body_cut_off", 201),
    requests: 1,
    created: 1,
  },
  {
    name: "a 201 whose body does not come in time: still sent",
    settings: quick,
    fault: { wire: "slow-body", pace: 400 },
    expected: answered("sent", "sent_body_cut_off", 201),
    requests: 1,
    created: 1,
  },

  {
    name: "a recipient without a first name",
    event: { name: "" },
    expected: [{ type: "dropped", code: "template_value_missing" }],
    requests: 0,
    created: 0,
  },
  {
    name: "a number that is none",
    event: { phone: "+44 77" },
    expected: [{ type: "dropped", code: "recipient_invalid" }],
    requests: 0,
    created: 0,
  },

  {
    name: "a wrong token",
    settings: { auth_token: wrongToken },
    expected: answered("halted", "credentials_wrong", 401, { twilioCode: 20003 }),
    requests: 1,
    created: 0,
  },
  {
    name: "a recipient that a trial account may not text",
    account: "trial",
    event: { phone: "+447700900199" },
    expected: answered("failed", "recipient_refused", 400, { twilioCode: 21608 }),
    requests: 1,
    created: 0,
  },
  {
    name: "a sender that is somebody else's",
    settings: { from: "+12025550111" },
    expected: answered("halted", "sender_refused", 400, { twilioCode: 21659 }),
    requests: 1,
    created: 0,
  },
  {
    name: "a 400 that is cut off",
    fault: "cut-off-400",
    expected: answered("failed", "request_refused", 400),
    requests: 1,
    created: 0,
  },

  {
    name: "a 429 without Retry-After",
    fault: "429",
    expected: answered("deferred", "rate_limited", 429, { twilioCode: 20429, wait: null }),
    requests: 1,
    created: 0,
  },
  {
    name: "a 429 with Retry-After in seconds",
    fault: "429-retry-after-seconds",
    expected: answered("deferred", "rate_limited", 429, { twilioCode: 20429, wait: [2000, 2000] }),
    requests: 1,
    created: 0,
  },
  {
    name: "a 429 with a date in Retry-After",
    fault: {
      preset: "429-retry-after-date",
      reply: { status: 429, code: 20429, retryAfter: { date: 60 } },
    },
    expected: answered("deferred", "rate_limited", 429, {
      twilioCode: 20429,
      wait: [50_000, 60_000],
    }),
    requests: 1,
    created: 0,
  },
  {
    name: "a 429 for a full queue",
    fault: "429-queue-full",
    expected: answered("deferred", "sender_queue_full", 429, {
      twilioCode: 21611,
      wait: [60_000, 86_400_000],
    }),
    requests: 1,
    created: 0,
  },
  {
    name: "a 429 for a daily limit",
    fault: "429-daily-limit",
    expected: answered("halted", "daily_limit_reached", 429, { twilioCode: 63038 }),
    requests: 1,
    created: 0,
  },
  {
    name: "a 429 of something in between",
    fault: "429-html",
    expected: answered("unknown", "unclear_rate_limit", 429),
    requests: 1,
    created: 0,
  },

  {
    name: "a 500, not created",
    fault: "500-lost",
    expected: unknown(500, 20500),
    requests: 1,
    created: 0,
  },
  {
    name: "a 500, created",
    fault: "500-created",
    expected: unknown(500, 20500),
    requests: 1,
    created: 1,
  },
  {
    name: "a 502 page, not created",
    fault: "502-html-lost",
    expected: unknown(502),
    requests: 1,
    created: 0,
  },
  {
    name: "a 502 page, created",
    fault: "502-html-created",
    expected: unknown(502),
    requests: 1,
    created: 1,
  },
  {
    name: "a 503, not created",
    fault: "503-lost",
    expected: unknown(503, 20503),
    requests: 1,
    created: 0,
  },
  {
    name: "a 503, created",
    fault: "503-created",
    expected: unknown(503, 20503),
    requests: 1,
    created: 1,
  },
  {
    name: "an empty 504, not created",
    fault: "504-empty-lost",
    expected: unknown(504),
    requests: 1,
    created: 0,
  },
  {
    name: "an empty 504, created",
    fault: "504-empty-created",
    expected: unknown(504),
    requests: 1,
    created: 1,
  },

  {
    name: "a reset before the request is read",
    fault: "reset-before-reading",
    expected: lost("connection_lost"),
    requests: 1,
    created: 0,
  },
  {
    name: "a reset, not created",
    fault: "reset-lost",
    expected: lost("connection_lost"),
    requests: 1,
    created: 0,
  },
  {
    name: "a reset, created",
    fault: "reset-created",
    expected: lost("connection_lost"),
    requests: 1,
    created: 1,
  },
  {
    name: "an end, not created",
    fault: "close-lost",
    expected: lost("connection_lost"),
    requests: 1,
    created: 0,
  },
  {
    name: "an end, created",
    fault: "close-created",
    expected: lost("connection_lost"),
    requests: 1,
    created: 1,
  },
  {
    name: "garbage, not created",
    fault: "garbage-lost",
    expected: lost("connection_lost"),
    requests: 1,
    created: 0,
  },
  {
    name: "garbage, created",
    fault: "garbage-created",
    expected: lost("connection_lost"),
    requests: 1,
    created: 1,
  },
  {
    name: "silence, not created",
    settings: quick,
    fault: "silence-lost",
    expected: lost("timeout", "timeout"),
    requests: 1,
    created: 0,
  },
  {
    name: "silence, created",
    settings: quick,
    fault: "silence-created",
    expected: lost("timeout", "timeout"),
    requests: 1,
    created: 1,
  },

  ...(["301", "302", "307"] as const).map((status) => ({
    name: `a ${status}, which is not followed`,
    fault: status,
    expected: answered("halted", "redirected", Number(status)),
    requests: 1,
    created: 0,
  })),

  {
    name: "match all: two messages",
    settings: two,
    event: toTwo,
    expected: both(sent, sent),
    requests: 2,
    created: 2,
  },
  {
    name: "match all: what halts the first stops the second",
    settings: { ...two, auth_token: wrongToken },
    event: toTwo,
    expected: [
      ...answered("halted", "credentials_wrong", 401),
      ...answered("halted", "credentials_wrong", 401),
    ],
    requests: 1,
    created: 0,
  },
  {
    name: "match all: a refused first leaves the second alone",
    settings: two,
    event: toTwo,
    fault: { reply: { status: 400, code: 21211 } },
    expected: [...answered("failed", "recipient_refused", 400, { twilioCode: 21211 }), sent],
    requests: 2,
    created: 1,
  },
  {
    name: "match all: a lost first leaves the second alone and is not repeated",
    settings: two,
    event: toTwo,
    fault: "reset-created",
    expected: [...lost("connection_lost"), sent],
    requests: 2,
    created: 2,
  },
  {
    name: "match all: a dropped first leaves the second alone",
    settings: two,
    event: { ...toTwo, phone: null },
    expected: [{ type: "dropped", code: "recipient_missing" }, sent],
    requests: 1,
    created: 1,
  },
];

interface MagicNumber {
  readonly number: string;
  readonly code: number | null;
  readonly http_status: number;
}

/** What the core makes of the codes that Twilio's magic numbers give. */
const magicCodes: Readonly<Record<number, readonly [Outcome["type"], string]>> = {
  21211: ["failed", "recipient_refused"],
  21212: ["halted", "sender_refused"],
  21408: ["failed", "region_refused"],
  21606: ["halted", "sender_refused"],
  21610: ["failed", "recipient_refused"],
  21611: ["deferred", "sender_queue_full"],
  21612: ["failed", "pair_refused"],
  21614: ["failed", "recipient_refused"],
};

/** Every row of Twilio's magic numbers. */
export function magicEndings(): Ending[] {
  const file = new URL("../stand-in/recorded/magic-numbers.json", import.meta.url);
  const magic = JSON.parse(readFileSync(file, "utf8")) as Record<"from" | "to", MagicNumber[]>;
  const rows = (["from", "to"] as const).flatMap((side) =>
    magic[side].map((row) => ({ side, ...row })),
  );
  return rows.map(({ side, number, code, http_status: httpStatus }) => {
    const good = code === null;
    const [type, meaning] = good ? (["sent", "sent"] as const) : meaningOf(code);
    return {
      name: `the magic ${side === "from" ? "sender" : "recipient"} ${number}`,
      account: "test" as const,
      ...(side === "from" ? { settings: { from: number } } : { event: { phone: number } }),
      expected: answered(type, meaning, httpStatus, { twilioCode: code }),
      requests: 1,
      created: good ? 1 : 0,
    };
  });
}

function meaningOf(code: number): readonly [Outcome["type"], string] {
  const meaning = magicCodes[code];
  if (meaning === undefined) throw new Error(`nothing is known of ${code}`);
  return meaning;
}

function keyOf(account: AccountKind): Partial<Settings> {
  const [key] = sampleAccounts[account].apiKeys ?? [];
  if (key === undefined) throw new Error("the account has no API key");
  return { api_key_sid: key.sid, api_key_secret: key.secret };
}
