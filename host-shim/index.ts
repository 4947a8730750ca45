// The package: a destination made of settings, which decides, previews and sends.

import { deliver, type Hands, handle, type OnStep } from "./deliver.js";
import { isWellFormed, packFields, type ReadPlan } from "./fields.js";
import { checkLive } from "./live-check.js";
import type { Fetch } from "./perform.js";
import { type RowResult, type Rows, type RunOptions, runRows } from "./rows/run.js";
import { type MemoryStore, memoryStore as makeMemoryStore } from "./stores/memory.js";
import type { Applied, Plain, Store } from "./stores/store.js";
import type {
  About,
  Decision,
  Finding,
  Handled,
  HttpRequest,
  Origin,
  Outcome,
  Preview,
  Problem,
  Receipt,
  Report,
  Settings,
  Tracking,
} from "./types.js";
import { unpackDecisions } from "./unpack.js";
import { wait } from "./wait.js";
import {
  apply as applyInCore,
  type Destination as Core,
  compile,
  takeOver as takeOverInCore,
} from "./wasm/twilio_destination.js";
import { beginWebhook, feedback, receive, track, type WebhookRequest } from "./webhook.js";

export type { OnStep } from "./deliver.js";
export { type Fetch, type HttpResult, perform } from "./perform.js";
export { type PhoneOptions, parsePhoneNumber } from "./phone.js";
export type { RowResult, Rows, RunOptions } from "./rows/run.js";
export type { Applied, Apply, Plain, Store, TakeOver } from "./stores/store.js";
export type * from "./types.js";
export {
  type SignatureCheck,
  verifySignature,
  type WebhookHeaders,
  type WebhookRequest,
} from "./webhook.js";

/** What a host gives to a destination. */
export interface Host {
  /** How requests are made: the platform's own `fetch`, or one that acts like it. */
  readonly fetch: Fetch;
  /** The time in milliseconds since 1970: `Date.now`. */
  readonly now: () => number;
  /** Where cells are kept; this process's memory if left out. See {@link memoryStore}. */
  readonly store?: Store;
  /** A number from 0 up to 1, a new one each time; `Math.random` if left out. */
  readonly random?: () => number;
  /** Comes back once so many milliseconds have passed, or the signal aborts; by `setTimeout` if left out. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** An event or a row: an object, or the bytes or the text of one as JSON. */
export type EventInput = object | Uint8Array | string;

/** What is known beside the event. */
export interface Facts {
  /** What earlier identify events said of this user. */
  readonly profile?: { readonly traits?: Readonly<Record<string, unknown>> | null } | null;
  /** Why this recipient may not be texted, if so. */
  readonly suppression?: "opted_out" | "bad_number" | null;
}

/** How an event is taken. */
export interface EventOptions {
  /** Whether it is a row of a table instead of a Segment event. */
  readonly row?: boolean;
  /** What is known beside it. */
  readonly facts?: Facts;
  /** The time in milliseconds since 1970, in place of the host's. */
  readonly now?: number;
}

/** How an event is sent. */
export interface SendOptions extends EventOptions {
  /** For a row: the run that it belongs to, and its number there. Each is sent once. */
  readonly place?: { readonly run: string; readonly row: number };
  /** When the host must be done, in milliseconds since 1970. What cannot be done by then is put off. */
  readonly deadline?: number;
  /** Is told of each step before it is done. */
  readonly onStep?: OnStep;
  /** Once it aborts, nothing is waited for any more: what is not done by then is put off. */
  readonly signal?: AbortSignal;
  /** How this event waits, in place of the host's. */
  readonly wait?: Host["wait"];
}

/** How a webhook is handled. */
export interface HandleOptions {
  /** The time in milliseconds since 1970, in place of the host's. */
  readonly now?: number;
  /**
   * When the host must be done, in milliseconds since 1970: a store that fails is not waited for, and
   * what cannot be sent again by then is put off. Twilio waits for 15 seconds.
   */
  readonly deadline?: number;
  /** Is told of each step before it is done. */
  readonly onStep?: OnStep;
}

/** Settings cannot be used: every problem is listed. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: Problem[];
  readonly warnings: Problem[];

  constructor(report: Report) {
    super(report.problems.map(({ path, cause, fix }) => `${path}: ${cause} ${fix}`).join("\n"));
    this.problems = report.problems;
    this.warnings = report.warnings;
  }
}

/** A destination: settings, compiled once, for any number of events. */
export class Destination {
  /** What is legal in the settings, but worth a look. */
  readonly warnings: readonly Problem[];
  readonly #core: Core;
  readonly #hands: Hands;
  readonly #random: () => number;
  readonly #about: About;
  readonly #event: ReadPlan;
  readonly #row: ReadPlan;
  readonly #sentEvent: ReadPlan;

  /** Use {@link createDestination}. */
  constructor(core: Core, warnings: readonly Problem[], host: Host) {
    this.#core = core;
    const { fetch, now, store = memoryStore({ now }), random = Math.random } = host;
    this.#hands = { fetch, now, store, wait: host.wait ?? wait };
    this.#random = random;
    this.warnings = warnings;
    this.#about = core.about() as About;
    const { eventReads, deliveryReads, eventShapes, rowReads, rowShapes } = this.#about;
    const { maxEventBytes, maxEventDepth } = this.#about;
    const limits = { maxBytes: maxEventBytes, maxDepth: maxEventDepth };
    this.#event = { reads: eventReads, shapes: eventShapes, ...limits };
    this.#row = { reads: rowReads, shapes: rowShapes, ...limits };
    this.#sentEvent = { reads: deliveryReads, shapes: eventShapes, ...limits };
  }

  /** The columns of a row that these settings read. */
  get rowColumns(): string[] {
    const names = this.#row.reads
      .map(([first]) => first)
      .filter((step) => typeof step === "string");
    return [...new Set(names)];
  }

  /** Decides what an event sends: one decision for each message, and at least one. Sends nothing. */
  decide(event: EventInput, options: EventOptions = {}): Decision[] {
    const { row, facts, now } = this.#options(options);
    const json = jsonBytes(event);
    const packed =
      json === undefined
        ? this.#core.decideFields(row, packFields(event, this.#plan(row)), facts, now)
        : this.#core.decideJson(row, json, facts, now);
    return unpackDecisions(packed, this.#about.envelope);
  }

  /** Shows what would be done with an event, and why. Sends nothing; credentials are hidden. */
  preview(event: EventInput, options: EventOptions = {}): Preview {
    const { row, facts, now } = this.#options(options);
    const json = jsonBytes(event);
    const preview =
      json === undefined
        ? this.#core.previewFields(row, packFields(event, this.#plan(row)), facts, now)
        : this.#core.previewJson(row, json, facts, now);
    return preview as Preview;
  }

  /** Sends an event, and answers how each of its messages ended: one outcome for each decision. */
  async send(event: EventInput, options: SendOptions = {}): Promise<Outcome[]> {
    const { row, facts, now } = this.#options(options);
    const { place, deadline, onStep, signal, wait = this.#hands.wait } = options;
    const terms = { ...this.#terms(now), facts, deadline, ...place };
    const json = jsonBytes(event);
    const plan = row ? this.#row : this.#sentEvent;
    const delivery =
      json === undefined
        ? this.#core.beginFields(row, packFields(event, plan), terms)
        : this.#core.beginJson(row, json, terms);
    return await deliver(delivery, { ...this.#hands, wait }, now, { onStep, signal });
  }

  /**
   * Sends any number of rows, in order and one at a time, and gives how each ended. Under the same
   * name, with a store that has outlasted the first time, the same rows are sent once. Those that
   * were done before come back as duplicates with their first outcome.
   */
  sendRows(rows: Rows, options: RunOptions): AsyncGenerator<RowResult, void, undefined> {
    const { now, wait } = this.#hands;
    return runRows(rows, options, { send: (event, asked) => this.send(event, asked), now, wait });
  }

  /**
   * Forgets what is known of a user, as a deletion request asks for. That they opted out stays
   * known. Answers with nothing, or, if the store failed, with when to ask again.
   */
  async forget(user: {
    readonly userId?: string;
    readonly anonymousId?: string;
  }): Promise<Outcome[]> {
    const now = this.#hands.now();
    const delivery = this.#core.beginForget(user.userId, user.anonymousId, this.#terms(now));
    return await deliver(delivery, this.#hands, now);
  }

  #terms(now: number): { now: number; seed: number } {
    return { now, seed: Math.floor(this.#random() * 2 ** 53) };
  }

  /**
   * Does what a webhook of Twilio's asks for, if it is signed: a status settles its message, STOP and
   * START change who may be texted, and Segment is told where the settings say so. `httpStatus` is to
   * be answered.
   */
  async handle(request: WebhookRequest, options: HandleOptions = {}): Promise<Handled> {
    const now = options.now ?? this.#hands.now();
    const terms = { ...this.#terms(now), deadline: options.deadline };
    const { onStep } = options;
    return await handle(beginWebhook(this.#core, request, terms), this.#hands, now, { onStep });
  }

  /** Takes a webhook of Twilio's in, if it is signed. The same webhook may come several times. */
  receive(request: WebhookRequest): Receipt {
    return receive(this.#core, request);
  }

  /** The request that reports a webhook to Segment, of the user whose message it is about. */
  track(
    request: WebhookRequest,
    origin: Origin,
    options: { readonly now?: number } = {},
  ): Tracking {
    return track(this.#core, request, origin, options.now ?? this.#hands.now());
  }

  /** The request that tells Twilio that a message led to a conversion; null if it is no message. */
  feedback(messageSid: string): HttpRequest | null {
    return feedback(this.#core, messageSid);
  }

  /**
   * Looks at the Twilio account: whether the credentials, the account and the senders of these
   * settings would work. It makes GET requests only, and sends nothing.
   */
  async checkLive(): Promise<Finding[]> {
    return await checkLive(this.#core.liveCheck(), this.#hands.fetch);
  }

  #plan(row: boolean): ReadPlan {
    return row ? this.#row : this.#event;
  }

  #options(options: EventOptions): { row: boolean; facts: string | undefined; now: number } {
    const { row, facts, now } = options;
    return {
      row: row === true,
      facts: facts === undefined ? undefined : JSON.stringify(facts),
      now: now ?? this.#hands.now(),
    };
  }
}

/** What every store does to its cells: the core's part of an update. */
export function apply(cell: Plain | null, operation: Plain, now: number): Applied {
  return applyInCore(cell, operation, now) as Applied;
}

/**
 * What a store does to a cell that was left by a process that is gone for good: whatever that
 * process held is free. What it has dispatched is still found out, and waited for.
 */
export function takeOver(cell: Plain, now: number): Applied {
  return takeOverInCore(cell, now) as Applied;
}

/**
 * A store in this process's memory: it protects against what this process can see, and forgets
 * everything when it ends.
 */
export function memoryStore(options: { readonly now?: () => number } = {}): MemoryStore {
  return makeMemoryStore({ apply, ...options });
}

/**
 * Makes a destination.
 *
 * @throws {SettingsError} if the settings cannot be used; it lists every problem at once.
 */
export function createDestination(settings: Settings, host: Host): Destination {
  const compiled = compile(settings);
  try {
    const report = compiled.report() as Report;
    const core = compiled.destination();
    if (core === undefined) throw new SettingsError(report);
    return new Destination(core, report.warnings, host);
  } finally {
    compiled.free();
  }
}

/** Every problem and every warning of some settings. */
export function checkSettings(settings: unknown): Report {
  const compiled = compile(settings);
  try {
    return compiled.report() as Report;
  } finally {
    compiled.free();
  }
}

function jsonBytes(event: EventInput): Uint8Array | undefined {
  if (typeof event === "string") return new TextEncoder().encode(escapeSurrogates(event));
  return isBytes(event) ? event : undefined;
}

/** UTF-8 has no half of a surrogate pair: one would come out as `\ufffd`, and be texted to people. */
function escapeSurrogates(json: string): string {
  if (isWellFormed(json)) return json;
  return json.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}

/** Also of another realm, such as the one that a test runner gives its tests. */
function isBytes(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array ||
    (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]")
  );
}
