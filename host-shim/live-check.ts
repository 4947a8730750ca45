// The loop of a check: make the request that the core names, report what came of it, until the core
// is done. There is no policy here.

import { type Fetch, perform } from "./perform.js";
import type { CheckStep, Finding } from "./types.js";

/** A check under way, as the core holds it. */
export interface CoreCheck {
  step(): unknown;
  resume(result: unknown): unknown;
  free(): void;
}

/** Makes a check to its end. */
export async function checkLive(check: CoreCheck, fetch: Fetch): Promise<Finding[]> {
  try {
    let step = check.step() as CheckStep;
    while (step.type !== "done") {
      const result = await perform(step.request, step.timeoutMs, fetch);
      step = check.resume(result) as CheckStep;
    }
    return step.findings;
  } finally {
    check.free();
  }
}
