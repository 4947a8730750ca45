// Sending, played: the core's own steps on a stage of the core, and a Twilio that follows a script.
// There is no policy here, and nothing waits.

import type { FetchRequest, Outcome, Preview, Trait, Why } from "../../host-shim/types.js";
import type { Script } from "./script.js";
import { PlayedTwilio, type Result } from "./twilio.js";

/** A stage, as the core has it. Several events can be on it, each at its place. */
export interface CoreStage {
  begin(
    place: number,
    row: boolean,
    json: Uint8Array,
    facts: string | undefined,
    now: number,
  ): unknown;
  answer(place: number, result: string, now: number): unknown;
  waited(place: number, now: number): unknown;
  report(claim: string, sid: string, now: number): boolean;
  leave(place: number, begun: number): unknown;
}

/** How far a delivery got: to a request, to a wait or to its end. */
interface Scene {
  readonly steps: readonly { readonly why: Why }[];
  readonly asks: {
    readonly why: Why;
    readonly request: FetchRequest;
    readonly timeoutMs: number;
  } | null;
  readonly waits: { readonly why: Why; readonly until: number } | null;
  readonly outcomes: readonly Outcome[];
}

/** When a step was taken, and why. Times are in milliseconds since 1970. */
interface Played {
  readonly why: Why;
  readonly at: number;
  /** When it was over. */
  readonly until: number;
}

/** A step that was taken. */
export type Taken = Played &
  (
    | { readonly type: "store" | "wait" }
    | {
        readonly type: "fetch";
        readonly request: FetchRequest;
        /** What came of it. */
        readonly result: Result;
      }
  );

/** How sending an event went, from its beginning to its end. */
export interface Run {
  /** What was decided, by all that the delivery knew in the end. */
  readonly preview: Preview;
  readonly steps: readonly Taken[];
  /** One for each decision; none if the process ended before. */
  readonly outcomes: readonly Outcome[];
  readonly begun: number;
  readonly ended: number;
  /** What is remembered of its user. */
  readonly remembered: readonly Trait[];
  /** When the event is to be begun again; nothing if it is over. */
  readonly againAt: number | undefined;
}

/** How an event fared: its first run, and those that followed because it was begun again. */
export interface Rehearsed extends Run {
  readonly later: readonly Run[];
}

/** When the source hands over an event again whose process ended, in milliseconds. */
const handedOverAgain = 60_000;

/** An event or a row, at its place in the sequence. */
export interface Placed {
  readonly place: number;
  readonly row: boolean;
  /** In the bytes of its JSON text. */
  readonly json: Uint8Array;
  /** What is known beside it, as JSON. */
  readonly facts: string | undefined;
}

/** Sends events on a stage. */
export class Rehearsal {
  readonly #stage: CoreStage;
  readonly #twilio: PlayedTwilio;
  #now: number;

  /** Of a stage on which it is `now`. */
  constructor(stage: CoreStage, script: Script, now: number) {
    this.#stage = stage;
    this.#twilio = new PlayedTwilio(script);
    this.#now = now;
  }

  /** The time that it is by now. */
  get now(): number {
    return this.#now;
  }

  /** Lets the time pass until then, at least. */
  passTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  /** Sends an event to its end. At each wait it tells until when: others may go on meanwhile. */
  *send({ place, row, json, facts }: Placed): Generator<number, Run> {
    const begun = this.#now;
    const steps: Taken[] = [];
    let scene = this.#stage.begin(place, row, json, facts, begun) as Scene;
    let ended = false;
    for (;;) {
      const at = this.#now;
      for (const { why } of scene.steps) steps.push({ type: "store", why, at, until: at });
      const { asks, waits } = scene;
      if (waits !== null) {
        yield waits.until;
        this.passTo(waits.until);
        steps.push({ type: "wait", why: waits.why, at, until: this.#now });
        if (waits.why === "wait_for_list") steps.push(...this.#told());
        scene = this.#stage.waited(place, this.#now) as Scene;
      } else if (asks !== null) {
        const { why, request, timeoutMs } = asks;
        const { result, took } = this.#twilio.answer(request, timeoutMs, at);
        this.#now += took;
        steps.push({ type: "fetch", why, at, until: this.#now, request, result });
        ended = result.type === "ended";
        if (ended) break;
        scene = this.#stage.answer(place, JSON.stringify(result), this.#now) as Scene;
      } else break;
    }
    const { outcomes } = scene;
    const { preview, remembered } = this.#stage.leave(place, begun) as {
      readonly preview: Preview;
      readonly remembered: readonly Trait[];
    };
    const againAt = ended ? this.#now + handedOverAgain : againAtOf(outcomes);
    const decided = withOutcomes(preview, outcomes);
    return { preview: decided, steps, outcomes, begun, ended: this.#now, remembered, againAt };
  }

  /** What a status callback notes in the claim, if the script has one come. */
  #told(): Taken[] {
    const said = this.#twilio.callback();
    if (said === undefined || !this.#stage.report(said.claim, said.sid, this.#now)) return [];
    return [{ type: "store", why: "record_status", at: this.#now, until: this.#now }];
  }
}

/** The first time at which one of the messages is to be begun again. */
function againAtOf(outcomes: readonly Outcome[]): number | undefined {
  const times = outcomes.map(againAt).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When the event is to be begun again for this message; nothing if it is over. */
export function againAt(outcome: Outcome): number | undefined {
  switch (outcome.type) {
    case "deferred":
      return outcome.until;
    case "dropped":
      return outcome.reason.until ?? undefined;
    default:
      return outcome.againAt ?? undefined;
  }
}

/** A message can be dropped late, as a duplicate for instance: what is decided then, holds. */
function withOutcomes(preview: Preview, outcomes: readonly Outcome[]): Preview {
  const decisions = preview.decisions.map((decision, at) => {
    const outcome = outcomes[at];
    return outcome?.type === "dropped" ? { ...outcome, type: "drop" as const } : decision;
  });
  return { ...preview, decisions };
}
