// Sending, played: the core's own steps, one event after the other, on a stage of the core and with a
// Twilio that follows a script. There is no policy here, and nothing waits.

import type { FetchRequest, Outcome, Preview, Trait, Why } from "../../host-shim/types.js";
import type { Script } from "./script.js";
import { PlayedTwilio, type Result } from "./twilio.js";

/** A stage, as the core has it. */
export interface CoreStage {
  begin(row: boolean, json: Uint8Array, facts: string | undefined): unknown;
  answer(result: string, after: number): unknown;
  known(begun: number): unknown;
}

/** How far a delivery got. */
interface Scene {
  readonly steps: readonly (Played & { readonly type: "store" | "wait" })[];
  readonly at: number;
  /** The request that is to be answered, if it has not ended. */
  readonly asks: {
    readonly why: Why;
    readonly request: FetchRequest;
    readonly timeoutMs: number;
  } | null;
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
  const asked = steps.some(({ why }) => why === "create");
  return !asked && (outcome?.type === "deferred" || outcome?.type === "halted")
    ? outcome
    : undefined;
}

/** Sends events one after the other on a stage. */
export class Rehearsal {
  readonly #stage: CoreStage;
  readonly #twilio: PlayedTwilio;
  readonly #encoder = new TextEncoder();
  #now: number;

  /** Of a stage on which it is `now`. */
  constructor(stage: CoreStage, script: Script, now: number) {
    this.#stage = stage;
    this.#twilio = new PlayedTwilio(script);
    this.#now = now;
  }

  /** Sends an event or a row to its end. */
  send(row: boolean, json: string, facts: string | undefined): Rehearsed {
    const begun = this.#now;
    const steps: Taken[] = [];
    let scene = this.#stage.begin(row, this.#encoder.encode(json), facts) as Scene;
    for (;;) {
      const { asks, at, outcomes } = scene;
      steps.push(...scene.steps);
      if (asks === null) {
        this.#now = at;
        const { preview, remembered } = this.#stage.known(begun) as {
          readonly preview: Preview;
          readonly remembered: readonly Trait[];
        };
        const decided = withOutcomes(preview, outcomes);
        return { preview: decided, steps, outcomes, begun, ended: at, remembered };
      }
      const { why, request, timeoutMs } = asks;
      const { result, took } = this.#twilio.answer(request, timeoutMs, at);
      steps.push({ type: "fetch", why, at, until: at + took, request, result });
      scene = this.#stage.answer(JSON.stringify(result), took) as Scene;
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
