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

/** A step that was taken. Times are in milliseconds since 1970. */
export interface Taken {
  readonly step: Exclude<Step, End>;
  readonly at: number;
  /** When it was over. */
  readonly until: number;
  /** What came of a request. */
  readonly result: Result | undefined;
}

/** How sending an event went. */
export interface Rehearsed {
  /** What was decided, by all that the delivery knew in the end. */
  readonly preview: Preview;
  readonly steps: readonly Taken[];
  /** One for each decision. */
  readonly outcomes: readonly Outcome[];
  readonly begun: number;
  readonly ended: number;
  /** What is remembered of its user. */
  readonly remembered: readonly Trait[];
}

/** A message that was put off, or stopped, before a request was made. */
export type Held = Extract<Outcome, { type: "deferred" | "halted" }>;

/** How a message ended that never came to a request. */
export function heldBack({ outcomes, steps }: Rehearsed, decision: number): Held | undefined {
  const outcome = outcomes[decision];
  const asked = steps.some(({ step }) => step.why === "create");
  return !asked && (outcome?.type === "deferred" || outcome?.type === "halted")
    ? outcome
    : undefined;
}

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

  /** Sends an event to its end. */
  send(delivery: CoreDelivery): Rehearsed {
    const begun = this.#now;
    const steps: Taken[] = [];
    try {
      let step = delivery.step() as Step;
      while (step.type !== "done" && step.type !== "handled") {
        const at = this.#now;
        const report = this.#act(step);
        const result = step.type === "fetch" ? (report as Result) : undefined;
        steps.push({ step, at, until: this.#now, result });
        step = delivery.resume(report, this.#now) as Step;
      }
      const outcomes = step.type === "done" ? step.outcomes : [];
      const preview = withOutcomes(delivery.preview(begun) as Preview, outcomes);
      const remembered = delivery.remembered() as Trait[];
      return { preview, steps, outcomes, begun, ended: this.#now, remembered };
    } finally {
      delivery.free();
    }
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
        this.#now = Math.max(this.#now, step.until);
        return { type: "waited" };
    }
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
