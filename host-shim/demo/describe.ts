// A decision, a request, a reply and an outcome as lines for people.

import type {
  DropReason,
  Outcome,
  PreviewDecision,
  PreviewSend,
  Reply,
  Step,
} from "twilio-destination";
import { printable } from "../cli/output.js";
import type { Paint } from "./paint.js";

const width = 10;

/** A line with its label; the lines that belong to it have none. */
export function line(label: string, text: string): string {
  return `   ${label.padEnd(width)}${printable(text)}`;
}

/** What was decided, and the request with its credentials hidden. */
export function describeDecision(decision: PreviewDecision, paint: Paint): string[] {
  if (decision.type === "drop") return describeDrop(decision.reason, paint);
  const { channel, country, segments } = decision;
  const parts = [channel === "sms" ? "SMS" : channel, ...(country === null ? [] : [country])];
  if (segments !== null) {
    parts.push(`${plural(segments.count, "segment")} of ${segments.encoding}`);
  }
  return [
    line("decision", `send, by mapping ${decision.mapping}: ${parts.join(", ")}`),
    ...decision.warnings.map(({ cause }) => line("", cause)),
    ...describeRequest(decision, paint),
  ];
}

function describeDrop({ code, path, cause, fix }: DropReason, paint: Paint): string[] {
  return [
    line("decision", `drop, ${code}${path === null ? "" : ` at ${path}`}`),
    line("", cause),
    paint.dim(line("", fix)),
    line("request", "none"),
  ];
}

function describeRequest({ request, explain }: PreviewSend, paint: Paint): string[] {
  const lines = [line("request", `${request.method} ${request.url}`)];
  for (const [name, value] of request.headers) lines.push(line("", `${name}: ${value}`));
  const longest = Math.max(...explain.map(({ parameter }) => parameter.length));
  for (const { parameter, value, setting, paths } of explain) {
    const origin = printable(setting + (paths.length === 0 ? "" : `: ${paths.join(", ")}`));
    lines.push(
      `${line("", `${parameter.padEnd(longest)} = ${value}`)}  ${paint.dim(`(${origin})`)}`,
    );
  }
  return lines;
}

/** What is done on the way, as far as it shows outside: requests and waits. */
export function describeStep(step: Step, now: number): string[] {
  switch (step.type) {
    case "fetch":
      return [line("step", `${step.why}: ${step.request.method} to Twilio`)];
    case "wait":
      return [line("step", `${step.why}: wait ${((step.until - now) / 1000).toFixed(1)} s`)];
    default:
      return [];
  }
}

/** What came back, and what it means for the message. */
export function describeOutcome(outcome: Outcome, paint: Paint): string[] {
  if (outcome.type === "dropped") return [line("outcome", "dropped")];
  if (outcome.type === "deferred" && outcome.reply === null)
    return [paint.unsure(line("outcome", `deferred: ${outcome.code}`))];
  const reply = outcome.reply as Reply;
  const colour = { sent: paint.good, deferred: paint.unsure, unknown: paint.unsure };
  const painted = outcome.type in colour ? colour[outcome.type as keyof typeof colour] : paint.bad;
  const wait = reply.retryAfterMs === null ? "" : `, after ${reply.retryAfterMs / 1000} s`;
  const code = reply.code === outcome.type ? "" : `: ${reply.code}`;
  return [
    ...describeReply(reply),
    painted(line("outcome", outcome.type + wait + code)),
    line("", reply.cause),
    ...(outcome.type === "sent" ? [] : [paint.dim(line("", reply.fix))]),
  ];
}

function describeReply(reply: Reply): string[] {
  const { httpStatus, sid, status, segments, twilioCode, twilioMessage, docs, requestId } = reply;
  if (httpStatus === null) return [line("reply", "none")];
  const parts = [`HTTP ${httpStatus}`];
  if (sid !== null) parts.push(sid);
  if (status !== null) parts.push(status);
  if (segments !== null) parts.push(plural(segments, "segment"));
  if (requestId !== null) parts.push(`request ${requestId}`);
  const lines = [line("reply", parts.join(", "))];
  if (twilioCode !== null) lines.push(line("", `error ${twilioCode}: ${twilioMessage ?? ""}`));
  if (docs !== null) lines.push(line("", docs));
  return lines;
}

/** A number of things, in figures. */
export function plural(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
