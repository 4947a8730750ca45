import { faultPresets, type PresetName } from "./fault-presets.js";

const WIRES = [
  // The whole answer, as usual.
  "whole",
  // Connection reset once the head has come, the body unread.
  "reset-before-reading",
  // Connection reset instead of an answer.
  "reset",
  // Connection closed in an orderly way, without an answer.
  "close",
  // Bytes that are not HTTP.
  "garbage",
  // Status, headers, half of the body, then the end.
  "cut-off",
  // The body in small pieces.
  "slow-body",
  // Nothing, with the connection held open.
  "silence",
] as const;

/** What happens on the wire. */
export type Wire = (typeof WIRES)[number];

/** An answer that replaces Twilio's own. */
export interface FaultReply {
  status: number;
  /** A Twilio error body with this code. */
  code?: number;
  message?: string;
  /** Instead of JSON: a proxy's page, or nothing. */
  body?: "html" | "empty";
  /** Retry-After in seconds, or as a date that many seconds ahead. */
  retryAfter?: { seconds: number } | { date: number };
  /** Send the client on to the same path of this server. */
  redirect?: boolean;
}

/** Which requests a fault is for; every condition given has to hold. */
export interface FaultMatch {
  method?: string;
  /** Part of the path. */
  path?: string;
  /** `To` of the form or of the list filter. */
  to?: string;
  /** Part of the `Body`. */
  body?: string;
}

export interface Fault {
  match?: FaultMatch;
  /** How many requests it strikes; 1 if absent. */
  times?: number | "always";
  /** Milliseconds before Twilio acts. */
  delay?: number;
  /** Does Twilio act, that is: is the message created? True unless `reply` or a reset before reading says otherwise. */
  effect?: boolean;
  /** Milliseconds between acting and answering. */
  hold?: number;
  reply?: FaultReply;
  wire?: Wire;
  /** For `slow-body`: milliseconds between pieces. */
  pace?: number;
}

/** A fault as callers write it: by name, by parts, or a named one with parts changed. */
export type FaultSpec = PresetName | (Fault & { preset?: PresetName });

/** A fault that strikes now. */
export interface Strike {
  name: string;
  fault: Fault;
}

export interface RequestHead {
  method: string;
  path: string;
  query: URLSearchParams;
}

interface Queued extends Strike {
  left: number;
}

/** Faults waiting for their requests, first come first served. */
export class Faults {
  readonly #queue: Queued[] = [];
  /** How often a marker in a text has struck already. */
  readonly #marked = new Map<string, number>();

  /** Throws on a name that does not exist or on parts that contradict each other. */
  add(...specs: FaultSpec[]): void {
    const queued = specs.map(resolve);
    this.#queue.push(...queued);
  }

  clear(): void {
    this.#queue.length = 0;
    this.#marked.clear();
  }

  get pending(): number {
    return this.#queue.length;
  }

  /** A fault that must strike before the body is read. */
  takeUnread(head: RequestHead): Strike | null {
    const next = this.#queue.find(({ fault }) => !needsForm(fault) && matchesHead(fault, head));
    return next?.fault.wire === "reset-before-reading" ? this.#strike(next) : null;
  }

  take(head: RequestHead, form: URLSearchParams): Strike | null {
    const next = this.#queue.find(
      ({ fault }) =>
        fault.wire !== "reset-before-reading" &&
        matchesHead(fault, head) &&
        matchesForm(fault, head, form),
    );
    return next ? this.#strike(next) : this.#marker(head, form);
  }

  #strike(queued: Queued): Strike {
    queued.left -= 1;
    if (queued.left <= 0) this.#queue.splice(this.#queue.indexOf(queued), 1);
    return { name: queued.name, fault: queued.fault };
  }

  // `[[fault:NAME]]` or `[[fault:NAME:TIMES]]` in a text: a fault that needs nothing but the message itself.
  #marker(head: RequestHead, form: URLSearchParams): Strike | null {
    if (head.method !== "POST") return null;
    const body = form.get("Body") ?? "";
    const [, name, times] = /\[\[fault:([a-z0-9-]+)(?::(\d{1,6}))?\]\]/.exec(body) ?? [];
    if (name === undefined || !isPreset(name) || presets[name].wire === "reset-before-reading")
      return null;
    const key = `${form.get("To")} ${body}`;
    const struck = this.#marked.get(key) ?? 0;
    if (struck >= Number(times ?? 1)) return null;
    this.#marked.set(key, struck + 1);
    return { name, fault: presets[name] };
  }
}

const presets: Readonly<Record<PresetName, Fault>> = faultPresets;

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

function resolve(spec: FaultSpec): Queued {
  const { preset, ...parts } = typeof spec === "string" ? { preset: spec } : spec;
  if (preset !== undefined && !isPreset(preset))
    throw new Error(`unknown fault \`${String(preset)}\``);
  const fault: Fault = { ...(preset === undefined ? {} : presets[preset]), ...parts };
  check(fault);
  const left = fault.times === "always" ? Infinity : (fault.times ?? 1);
  return { name: preset ?? fault.wire ?? "custom", fault, left };
}

// Faults come as JSON too, so types alone do not keep nonsense out.
function check(fault: Fault): void {
  const { wire = "whole", times = 1, delay = 0, hold = 0, pace = 0, reply } = fault;
  if (!WIRES.includes(wire)) throw new Error(`unknown wire \`${String(wire)}\``);
  if (times !== "always" && !(times >= 1)) throw new Error("a fault strikes at least once");
  if (![delay, hold, pace].every((ms) => ms >= 0))
    throw new Error("delay, hold and pace are milliseconds");
  if (reply && !(Number.isInteger(reply.status) && reply.status >= 200 && reply.status <= 599)) {
    throw new Error("a reply needs a status from 200 to 599");
  }
  if (wire === "reset-before-reading" && needsForm(fault))
    throw new Error("a reset before reading cannot depend on the form");
  const answers = wire === "whole" || wire === "cut-off" || wire === "slow-body";
  if (answers && !reply && !hasEffect(fault))
    throw new Error("a fault without effect needs a reply to give");
}

/** Whether Twilio acts on a request that the fault strikes. */
export function hasEffect(fault: Fault): boolean {
  return fault.effect ?? (fault.reply === undefined && fault.wire !== "reset-before-reading");
}

function needsForm({ match }: Fault): boolean {
  return match?.body !== undefined || (match?.to !== undefined && match.method !== "GET");
}

function matchesHead({ match }: Fault, head: RequestHead): boolean {
  return (match?.method ?? head.method) === head.method && head.path.includes(match?.path ?? "");
}

function matchesForm({ match }: Fault, head: RequestHead, form: URLSearchParams): boolean {
  const to = form.get("To") ?? head.query.get("To");
  return (match?.to ?? to) === to && (form.get("Body") ?? "").includes(match?.body ?? "");
}
