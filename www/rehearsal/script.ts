// What Twilio is assumed to answer: chosen from a list, taken from an example or read from a link.

import type { Example, Reply, Script } from "../lib/gallery.js";
import { isObject } from "../lib/json.js";

export type { Script } from "../lib/gallery.js";

/** A script by name. */
export interface Choice {
  readonly words: string;
  readonly script: Script;
}

/** The message is created, and its reply arrives. */
export const created: Script = {
  first: { type: "response", status: 201 },
  after: "created",
  listed: false,
  told: false,
};

const lost: Reply = { type: "failure", name: "TypeError", code: "ECONNRESET" };

/** What can be chosen, by group. */
export const choices: Readonly<Record<string, readonly Choice[]>> = {
  "The message is created": [
    { words: "201: created", script: created },
    {
      words: "201, the body cut off",
      script: replied({ status: 201, body: '{"sid":"SM0011223344', complete: false }),
    },
    {
      words: "201, failed at once (30007)",
      script: replied({
        status: 201,
        body: JSON.stringify({
          sid: `SM${"7".repeat(32)}`,
          status: "failed",
          error_code: 30007,
          error_message: "Message filtered",
        }),
      }),
    },
  ],
  "Twilio refuses": [
    refusal(400, 21211, "the number is not valid"),
    refusal(400, 21610, "the recipient opted out"),
    refusal(400, 21614, "the number takes no texts"),
    refusal(400, 21408, "the country is not enabled"),
    refusal(400, 21606, "the sender is not yours"),
    refusal(400, 21617, "the text is too long"),
    refusal(401, 20003, "the credentials are wrong"),
    refusal(404, 20404, "no such account or service"),
  ],
  "Twilio is busy": [
    refusal(429, 20429, "too many requests"),
    refusal(429, 20429, "too many requests, Retry-After: 5", [["Retry-After", "5"]]),
    refusal(429, 21611, "the sender’s queue is full"),
    refusal(429, 63038, "the day’s limit is reached"),
  ],
  "It stays unclear": [
    ...unclear("500: Twilio fails", { type: "response", status: 500, body: "<html>" }),
    ...unclear("503: Twilio is unavailable", { type: "response", status: 503 }),
    ...unclear("The request times out", { type: "failure", name: "TimeoutError" }),
    ...unclear("The reply is lost", lost),
    {
      words: "The reply is lost; a status callback tells of the message",
      script: { ...created, first: lost, told: true },
    },
    ...unclear("The process ends before the reply", { type: "ended" }),
  ],
  "The request never arrives": [
    {
      words: "The connection is refused",
      script: failed({ name: "TypeError", code: "ECONNREFUSED", syscall: "connect" }),
    },
    {
      words: "The host is not found",
      script: failed({ name: "TypeError", code: "ENOTFOUND", syscall: "getaddrinfo" }),
    },
  ],
};

/** The script of an example: its own, or its reply each time. */
export function scriptOf({ script, reply }: Pick<Example, "script" | "reply">): Script {
  if (script !== undefined) return script;
  return reply === undefined ? created : { ...created, first: reply, after: "same" };
}

/** Reads a script from a link; nothing if it is none. What was added later may be missing. */
export function readScript(value: unknown): Script | undefined {
  if (!isObject(value) || !isReply(value.first)) return undefined;
  const { first, after = "created", listed = false, told = false } = value;
  if (after !== "created" && after !== "same") return undefined;
  if (typeof listed !== "boolean" || typeof told !== "boolean") return undefined;
  return { first, after, listed, told };
}

function isReply(value: unknown): value is Reply {
  if (!isObject(value)) return false;
  const text = (it: unknown) => it === undefined || it === null || typeof it === "string";
  switch (value.type) {
    case "response":
      return (
        Number.isInteger(value.status) &&
        Number(value.status) >= 100 &&
        Number(value.status) <= 999 &&
        (value.body === undefined || typeof value.body === "string") &&
        (value.complete === undefined || typeof value.complete === "boolean") &&
        (value.headers === undefined ||
          (Array.isArray(value.headers) && value.headers.every(isPair)))
      );
    case "failure":
      return typeof value.name === "string" && text(value.code) && text(value.syscall);
    default:
      return value.type === "notStarted" || value.type === "ended";
  }
}

function isPair(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string")
  );
}

function replied(response: { status: number; body: string; complete?: boolean }): Script {
  return { ...created, first: { type: "response", ...response } };
}

function failed(failure: { name: string; code: string; syscall: string }): Script {
  return { ...created, first: { type: "failure", ...failure } };
}

function refusal(
  status: number,
  code: number,
  words: string,
  headers: readonly (readonly [string, string])[] = [],
): Choice {
  const body = JSON.stringify({ code, message: words, status });
  const first: Reply = { type: "response", status, body, ...(headers.length > 0 && { headers }) };
  return { words: `${status}, ${code}: ${words}`, script: { ...created, first } };
}

function unclear(words: string, first: Reply): Choice[] {
  return [
    { words: `${words}; the message was created`, script: { ...created, first, listed: true } },
    { words: `${words}; nothing was created`, script: { ...created, first } },
  ];
}
