// The loop: do the step that the core names, report what came of it, until the core is done.
// There is no policy here.

import { type Fetch, perform } from "./perform.js";
import type { Outcome, Step } from "./types.js";

/** One event being sent, as the core holds it. */
export interface CoreDelivery {
  step(): unknown;
  resume(result: unknown, now: number): unknown;
  free(): void;
}

/** What a host gives to a destination. */
export interface Host {
  /** How requests are made: the platform's own `fetch`, or one that acts like it. */
  readonly fetch: Fetch;
  /** The time in milliseconds since 1970: `Date.now`. */
  readonly now: () => number;
}

/** Sends an event to its end. */
export async function deliver(delivery: CoreDelivery, host: Host): Promise<Outcome[]> {
  try {
    let step = delivery.step() as Step;
    while (step.type !== "done") {
      const result = await perform(step.request, step.timeoutMs, host.fetch);
      step = delivery.resume(result, host.now()) as Step;
    }
    return step.outcomes;
  } finally {
    delivery.free();
  }
}
