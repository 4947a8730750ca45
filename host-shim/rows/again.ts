// Outcomes that say when to ask again.

import type { Outcome } from "../types.js";

/** When the first of these messages is to be begun again, if any is. */
export function beginAgainAt(outcomes: readonly Outcome[]): number | undefined {
  const times = outcomes.map(againAt).filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** What is known once the messages that were open have been begun again: the others had ended. */
export function merge(before: readonly Outcome[], after: readonly Outcome[]): Outcome[] {
  return after.map((outcome, index) => {
    const ended = before[index];
    return ended === undefined || againAt(ended) !== undefined ? outcome : ended;
  });
}

function againAt(outcome: Outcome): number | undefined {
  if (outcome.type === "deferred") return outcome.until;
  return outcome.type === "unknown" ? (outcome.againAt ?? undefined) : undefined;
}
