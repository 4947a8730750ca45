// Sending, played: the core's own steps, one event after the other, with cells in memory, a clock
// that waits move, and a Twilio that follows a script. There is no policy here, and nothing waits.

import { Cells } from "../../host-shim/stores/cells.js";
import type { Apply } from "../../host-shim/stores/store.js";
import type { Outcome, Preview, Step, Trait } from "../../host-shim/types.js";
import type { Script } from "./script.js";
import { PlayedTwilio, type Result } from "./twilio.js";

/** One event being sent, as the core holds it. */
export interface CoreDelivery {
  step(): unknown;
  resume(report: unknown, now: number): unknown;
  preview(now: number): unknown;
  remembered(): unknown;
  free(): void;
}

/** A step after which there is nothing to do. */
type End = Extract<Step, { type: "done" | "handled" }>;

type StoreStep = Extract<Step, { type: "store" }>;

/** A step that was taken. Times are in milliseconds since 1970. */
export interface Taken {
  readonly step: Exclude<Step, End>;
  readonly at: number;
  /** When it was over. */
  readonly until: number;
  /** What came of a request. */
  readonly result: Result | undefined;
}

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

/** How long a callback keeps the claim at least, in milliseconds: longer than anything is played. */
const claimsKept = 31_536_000_000;

/** A stage on which events are sent one after the other. */
export class Rehearsal {
  readonly #cells: Cells;
  readonly #twilio: PlayedTwilio;
  #now: number;

  constructor(apply: Apply, script: Script, now: number) {
    this.#now = now;
    this.#cells = new Cells({ apply, now: () => this.#now });
    this.#twilio = new PlayedTwilio(script);
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
  *send(delivery: CoreDelivery): Generator<number, Run> {
    const begun = this.#now;
    const steps: Taken[] = [];
    let dispatch: StoreStep | undefined;
    try {
      let step = delivery.step() as Step;
      while (step.type !== "done" && step.type !== "handled") {
        const at = this.#now;
        if (step.type === "wait") yield step.until;
        const report = this.#act(step);
        const result = step.type === "fetch" ? (report as Result) : undefined;
        steps.push({ step, at, until: this.#now, result });
        if (result?.type === "ended") break;
        if (step.type === "store" && step.why === "dispatch") dispatch = step;
        if (step.why === "wait_for_list" && dispatch !== undefined)
          steps.push(...this.#told(dispatch));
        step = delivery.resume(report, this.#now) as Step;
      }
      const ended = step.type !== "done" && step.type !== "handled";
      const outcomes = step.type === "done" ? step.outcomes : [];
      const preview = withOutcomes(delivery.preview(begun) as Preview, outcomes);
      const remembered = delivery.remembered() as Trait[];
      const againAt = ended ? this.#now + handedOverAgain : againAtOf(outcomes);
      return { preview, steps, outcomes, begun, ended: this.#now, remembered, againAt };
    } finally {
      delivery.free();
    }
  }

  /** What a status callback notes in the claim, if the script has one come. */
  #told({ key, operation }: StoreStep): Taken[] {
    const status = this.#twilio.callback(key);
    if (status === undefined) return [];
    const { v } = operation as { v: number };
    const report = { ...status, error: null, keep: claimsKept };
    const step: StoreStep = {
      type: "store",
      why: "record_status",
      key,
      operation: { v, to: { claim: { report } } },
    };
    this.#act(step);
    return [{ step, at: this.#now, until: this.#now, result: undefined }];
  }

  #act(step: Taken["step"]): object {
    switch (step.type) {
      case "fetch": {
        const { result, took } = this.#twilio.answer(step.request, step.timeoutMs, this.#now);
        this.#now += took;
        return result;
      }
      case "store":
        return { type: "answer", answer: this.#cells.update(step.key, step.operation).answer };
      case "wait":
        this.passTo(step.until);
        return { type: "waited" };
    }
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
