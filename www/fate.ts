// What becomes of a decision once the event is sent on the stage: a message can be put off, stopped
// or dropped after it was decided to be sent.

import type { Outcome, PreviewDecision } from "../host-shim/types.js";
import { againAt, type Rehearsed, type Run } from "./rehearsal/rehearsal.js";

/** A message that was put off, or stopped, before a request was made for it. */
export type Held = Extract<Outcome, { type: "deferred" | "halted" }>;

/** How a message ended that never came to a request. */
export function heldBack(run: Run, decision: number): Held | undefined {
  const outcome = run.outcomes[decision];
  if (outcome?.type !== "deferred" && outcome?.type !== "halted") return undefined;
  return wasAsked(run, decision) ? undefined : outcome;
}

/** How a message ended at last, and in which of the event's runs. */
export interface End {
  readonly run: Run;
  readonly outcome: Outcome;
}

/** How a message ended: in the first run after which it is not begun again. */
export function endOf(rehearsed: Rehearsed, decision: number): End | undefined {
  const first = rehearsed.outcomes[decision] ?? rehearsed.preview.decisions[decision];
  let end: End | undefined;
  for (const run of [rehearsed, ...rehearsed.later]) {
    const outcome = run.outcomes.find(({ mapping }) => mapping === first?.mapping);
    if (outcome === undefined) continue;
    end = { run, outcome };
    if (againAt(outcome) === undefined) break;
  }
  return end;
}

/**
 * Whether Twilio is handed the message: in the event's first run, in a later one, or never; `held`
 * if it is put off or stopped for as long as one looks.
 */
export function fateOf(rehearsed: Rehearsed, decision: number): "now" | "later" | "held" | "never" {
  const first = rehearsed.preview.decisions[decision];
  if (first === undefined) return "never";
  if (first.type === "send" && heldBack(rehearsed, decision) === undefined) return "now";
  if (sentIn(rehearsed, decision) !== undefined) return "later";
  return first.type === "send" ? "held" : "never";
}

/** The decision as it was in the run in which Twilio is handed the message; else the first. */
export function shownOf(rehearsed: Rehearsed, decision: number): PreviewDecision | undefined {
  return sentIn(rehearsed, decision) ?? rehearsed.preview.decisions[decision];
}

/** The decision in the first run that hands the message to Twilio. */
function sentIn(rehearsed: Rehearsed, decision: number): PreviewDecision | undefined {
  const mapping = rehearsed.preview.decisions[decision]?.mapping;
  for (const run of [rehearsed, ...rehearsed.later]) {
    const at = run.preview.decisions.findIndex((it) => it.mapping === mapping);
    const found = run.preview.decisions[at];
    if (found?.type === "send" && heldBack(run, at) === undefined) return found;
  }
  return undefined;
}

/** Whether a request was made for the message: one of the run's requests has its form. */
function wasAsked({ steps, preview }: Run, decision: number): boolean {
  const shown = preview.decisions[decision];
  if (shown?.type !== "send") return false;
  const form = unmarked(shown.request.body);
  return steps.some(
    (step) =>
      step.type === "fetch" && step.why === "create" && unmarked(step.request.body ?? "") === form,
  );
}

/** A form without its status callback, to whose address the request of a message adds its mark. */
function unmarked(body: string): string {
  const form = new URLSearchParams(body);
  form.delete("StatusCallback");
  return form.toString();
}
