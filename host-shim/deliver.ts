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

/** Sends an event to its end. `begun` is the time at which it began. */
export async function deliver(
  delivery: CoreDelivery,
  host: Host,
  begun: number,
): Promise<Outcome[]> {
  try {
    let now = begun;
    let step = delivery.step() as Step;
    while (step.type !== "done") {
      const result = await perform(step.request, step.timeoutMs, host.fetch);
      now = later(host, now);
      step = delivery.resume(result, now) as Step;
    }
    return step.outcomes;
  } finally {
    delivery.free();
  }
}

/**
 * The time by the host's clock, or the last one known if the clock fails. A message may be on its
 * way by now: whoever called would take an exception for a reason to send it again.
 */
function later(host: Host, last: number): number {
  try {
    const now = host.now();
    return Number.isNaN(new Date(now).getTime()) ? last : now;
  } catch {
    return last;
  }
}
