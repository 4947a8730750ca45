import { STATUS_CODES } from "node:http";
import type { Reply } from "./api.js";
import { type ApiError, dailyLimit, errorBody, queueFull, tooManyRequests } from "./errors.js";
import type { FaultReply } from "./faults.js";

/** What a fault's reply depends on. */
export interface FaultContext {
  accountSid: string;
  now: number;
  /** The request's own URL on this server. */
  url: string;
}

/** Builds the answer that takes the place of Twilio's. */
export function faultReply(reply: FaultReply, context: FaultContext): Reply {
  const headers: Record<string, string> = {};
  if (reply.retryAfter) headers["Retry-After"] = retryAfter(reply.retryAfter, context.now);
  // Back to this server and nowhere else: whoever follows it sends the message a second time, which shows.
  if (reply.redirect) headers.Location = context.url;
  return {
    ...content(reply, context),
    status: reply.status,
    headers,
    note: `fault ${reply.status}`,
  };
}

function content(reply: FaultReply, context: FaultContext): { contentType: string; body: string } {
  const reason = STATUS_CODES[reply.status] ?? "Unknown";
  if (reply.body === "empty" || reply.redirect) return { contentType: "text/plain", body: "" };
  if (reply.body === "html") {
    const title = `${reply.status} ${reason}`;
    return {
      contentType: "text/html",
      body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    };
  }
  const known = knownError(reply.code, context.accountSid);
  const error = {
    status: reply.status,
    code: reply.code ?? 20500,
    message: reply.message ?? known?.message ?? reason,
  };
  return { contentType: "application/json", body: JSON.stringify(errorBody(error)) };
}

function knownError(code: number | undefined, accountSid: string): ApiError | null {
  switch (code) {
    case 20429:
      return tooManyRequests;
    case 21611:
      return queueFull;
    case 63038:
      return dailyLimit(accountSid, 9);
    default:
      return null;
  }
}

function retryAfter(after: NonNullable<FaultReply["retryAfter"]>, now: number): string {
  return "seconds" in after
    ? String(after.seconds)
    : new Date(now + after.date * 1000).toUTCString();
}
