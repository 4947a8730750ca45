// The loop: do the step that the core names, report what came of it, until the core is done.
// There is no policy here.

import { type Fetch, perform } from "./perform.js";
import type { Store } from "./stores/store.js";
import type { Handled, Outcome, Step } from "./types.js";

/** One event being sent, or one webhook being handled, as the core holds it. */
export interface CoreDelivery {
  step(): unknown;
  resume(report: unknown, now: number): unknown;
  free(): void;
}

/** What a delivery is done with. */
export interface Hands {
  /** How requests are made: the platform's own `fetch`, or one that acts like it. */
  readonly fetch: Fetch;
  /** The time in milliseconds since 1970: `Date.now`. */
  readonly now: () => number;
  /** Where the cells are kept. */
  readonly store: Store;
  /** Comes back once so many milliseconds have passed, or once the signal aborts. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A look at a step before it is done, for timelines and for those who send one after the other. */
export type OnStep = (step: Step, now: number) => void;

/** How a delivery is followed, and ended early. */
export interface Watch {
  readonly onStep?: OnStep | undefined;
  /** Once it aborts, the core is told so at its next wait. */
  readonly signal?: AbortSignal | undefined;
}

/** A step after which there is nothing to do. */
type End = Extract<Step, { type: "done" | "handled" }>;

/** Sends an event to its end. `begun` is the time at which it began. */
export async function deliver(
  delivery: CoreDelivery,
  hands: Hands,
  begun: number,
  watch: Watch = {},
): Promise<Outcome[]> {
  const end = await run(delivery, hands, begun, watch);
  if (end.type === "done") return end.outcomes;
  throw new TypeError("a webhook is no event");
}

/** Handles a webhook to its end. */
export async function handle(
  delivery: CoreDelivery,
  hands: Hands,
  begun: number,
  watch: Watch = {},
): Promise<Handled> {
  const end = await run(delivery, hands, begun, watch);
  if (end.type === "handled") return end.handled;
  throw new TypeError("an event is no webhook");
}

async function run(
  delivery: CoreDelivery,
  hands: Hands,
  begun: number,
  { onStep, signal }: Watch,
): Promise<End> {
  try {
    let now = begun;
    let step = delivery.step() as Step;
    for (;;) {
      onStep?.(step, now);
      if (step.type === "done" || step.type === "handled") return step;
      const report = await act(step, hands, now, signal);
      now = later(hands, now);
      step = delivery.resume(report, now) as Step;
    }
  } finally {
    delivery.free();
  }
}

/** Does one step. Whatever happens, it is reported: a message may be on its way by now. */
async function act(
  step: Exclude<Step, End>,
  hands: Hands,
  now: number,
  signal: AbortSignal | undefined,
): Promise<object> {
  switch (step.type) {
    case "fetch":
      if (later(hands, now) > step.notAfter) return { type: "notStarted" };
      return await perform(step.request, step.timeoutMs, hands.fetch);
    case "store":
      return await update(step, hands.store);
    case "wait":
      await hands.wait(step.until - now, signal);
      return { type: signal?.aborted ? "stopped" : "waited" };
  }
}

/** Asks the store. An answer that comes later than it may is not waited for, and goes to nobody. */
async function update(
  { key, operation, timeoutMs }: Extract<Step, { type: "store" }>,
  store: Store,
): Promise<object> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<object>((resolve) => {
    timer = setTimeout(() => resolve({ type: "storeLate" }), timeoutMs);
  });
  const ask = async () => ({ type: "answer", answer: await store.update(key, operation) });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return { type: "storeFailed" };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The time by the host's clock, or the last one known if the clock fails. A message may be on its
 * way by now: whoever called would take an exception for a reason to send it again.
 */
function later(hands: Hands, last: number): number {
  try {
    const now = hands.now();
    return Number.isNaN(new Date(now).getTime()) ? last : now;
  } catch {
    return last;
  }
}
