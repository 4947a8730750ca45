// The package: a destination made of settings, which decides, previews and sends.

import { deliver, type Host } from "./deliver.js";
import { isWellFormed, packFields, type ReadPlan } from "./fields.js";
import { checkLive } from "./live-check.js";
import type {
  About,
  Decision,
  Finding,
  Outcome,
  Preview,
  Problem,
  Report,
  Settings,
} from "./types.js";
import { unpackDecisions } from "./unpack.js";
import { type Destination as Core, compile } from "./wasm/twilio_destination.js";

export type { Host } from "./deliver.js";
export { type Fetch, type HttpResult, perform } from "./perform.js";
export { type PhoneOptions, parsePhoneNumber } from "./phone.js";
export type * from "./types.js";

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
  readonly #host: Host;
  readonly #about: About;
  readonly #event: ReadPlan;
  readonly #row: ReadPlan;

  /** Use {@link createDestination}. */
  constructor(core: Core, warnings: readonly Problem[], host: Host) {
    this.#core = core;
    this.#host = host;
    this.warnings = warnings;
    this.#about = core.about() as About;
    const { eventReads, eventShapes, rowReads, rowShapes, maxEventBytes, maxEventDepth } =
      this.#about;
    const limits = { maxBytes: maxEventBytes, maxDepth: maxEventDepth };
    this.#event = { reads: eventReads, shapes: eventShapes, ...limits };
    this.#row = { reads: rowReads, shapes: rowShapes, ...limits };
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
  async send(event: EventInput, options: EventOptions = {}): Promise<Outcome[]> {
    const { row, facts, now } = this.#options(options);
    const json = jsonBytes(event);
    const delivery =
      json === undefined
        ? this.#core.beginFields(row, packFields(event, this.#plan(row)), facts, now)
        : this.#core.beginJson(row, json, facts, now);
    return await deliver(delivery, this.#host, now);
  }

  /**
   * Looks at the Twilio account: whether the credentials, the account and the senders of these
   * settings would work. It makes GET requests only, and sends nothing.
   */
  async checkLive(): Promise<Finding[]> {
    return await checkLive(this.#core.liveCheck(), this.#host.fetch);
  }

  #plan(row: boolean): ReadPlan {
    return row ? this.#row : this.#event;
  }

  #options(options: EventOptions): { row: boolean; facts: string | undefined; now: number } {
    const { row, facts, now } = options;
    return {
      row: row === true,
      facts: facts === undefined ? undefined : JSON.stringify(facts),
      now: now ?? this.#host.now(),
    };
  }
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
