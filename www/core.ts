// The core, as far as the page may use it: it checks, and it sends on a stage. Nothing that makes
// requests is in the page, so that nothing in it is able to.

import type { Problem, Report } from "../host-shim/types.js";
import { Rehearsal, type Rehearsed } from "./rehearsal/rehearsal.js";
import type { Script } from "./rehearsal/script.js";
import { playSequence } from "./rehearsal/sequence.js";
import init, { compileJson, type Destination } from "./wasm/twilio_destination.js";

/** Fetches and starts the core. */
export async function loadCore(wasm: URL): Promise<void> {
  await init({ module_or_path: wasm });
}

/** What is known beside an event, as the core reads it. */
export interface Facts {
  readonly profile?: { readonly traits?: Readonly<Record<string, unknown>> | null } | null;
  readonly suppression?: "opted_out" | "bad_number" | null;
}

/** How events are taken. */
export interface RehearsalOptions {
  /** Whether they are rows of a table. */
  readonly row: boolean;
  readonly facts: Facts | undefined;
  /** The time at which the first comes, in milliseconds since 1970. */
  readonly now: number;
  readonly script: Script;
}

/** How a sequence of events went. */
export interface Sequence {
  /** One for each event, in their order. */
  readonly events: readonly Rehearsed[];
  /**
   * Which events, by their place, would have sent more had they come after all the others: what they
   * needed of a profile was said too late.
   */
  readonly tooEarly: ReadonlySet<number>;
}

/** Settings, checked; and compiled, if they can be. */
export class Compiled {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly #destination: Destination | undefined;

  constructor(settings: unknown) {
    const compiled = compileJson(JSON.stringify(settings));
    try {
      const report = compiled.report() as Report;
      this.problems = report.problems;
      this.warnings = report.warnings;
      this.#destination = compiled.destination();
    } finally {
      compiled.free();
    }
  }

  /**
   * Sends events, given as JSON, one after the other on a stage of their own: nothing leaves the
   * page. Nothing while the settings have problems.
   */
  rehearse(
    events: readonly string[],
    { row, facts, now, script }: RehearsalOptions,
  ): Sequence | undefined {
    const stage = this.#destination?.stage(now);
    if (stage === undefined) return undefined;
    try {
      return play(new Rehearsal(stage, script, now), events, row, facts);
    } finally {
      stage.free();
    }
  }
}

function play(
  rehearsal: Rehearsal,
  events: readonly string[],
  row: boolean,
  facts: Facts | undefined,
): Sequence {
  const encoder = new TextEncoder();
  const known = facts === undefined ? undefined : JSON.stringify(facts);
  const send = (place: number) =>
    rehearsal.send({ place, row, json: encoder.encode(events[place]), facts: known });
  const played = playSequence(rehearsal, events.length, send);
  const tooEarly = new Set<number>();
  if (!row) {
    for (const [place, before] of played.slice(0, -1).entries()) {
      if (!lacks(before)) continue;
      const [again] = playSequence(rehearsal, 1, () => send(place));
      if (again !== undefined && improves(before, again)) tooEarly.add(place);
    }
  }
  return { events: played, tooEarly };
}

/** Whether it sends less than its mappings could, and is not begun again by itself. */
function lacks({ preview, later }: Rehearsed): boolean {
  return later.length === 0 && preview.decisions.some(({ type }) => type === "drop");
}

function improves(before: Rehearsed, again: Rehearsed): boolean {
  const learned = JSON.stringify(again.remembered) !== JSON.stringify(before.remembered);
  return learned && sends(again) > sends(before);
}

function sends({ preview }: Rehearsed): number {
  return preview.decisions.filter(({ type }) => type === "send").length;
}
