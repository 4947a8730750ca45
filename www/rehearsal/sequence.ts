// Several events on one stage, as time passes: while one waits, others come; what was put off is
// begun again at its time.

import type { Rehearsal, Rehearsed, Run } from "./rehearsal.js";

/** How often an event is begun again at most. One that Twilio never takes would go on for hours. */
const mostAgain = 12;

/** An event, and how far it has come. */
interface Played {
  readonly runs: Run[];
  /** What goes on; nothing between two runs. */
  task: Generator<number, Run> | undefined;
  /** When it goes on, or begins again; nothing once it is over. */
  due: number | undefined;
}

/** Plays so many events, each coming once the one before it waits or is over. */
export function playSequence(
  stage: Pick<Rehearsal, "now" | "passTo">,
  count: number,
  send: (place: number) => Generator<number, Run>,
): Rehearsed[] {
  const played: Played[] = [];
  const go = (place: number, event: Played) => {
    event.task ??= send(place);
    const { done, value } = event.task.next();
    if (!done) {
      event.due = value;
      return;
    }
    event.task = undefined;
    event.runs.push(value);
    event.due = event.runs.length <= mostAgain ? value.againAt : undefined;
  };
  for (;;) {
    const place = nextOf(played);
    const event = place === undefined ? undefined : played[place];
    const due = event?.due ?? Infinity;
    if (played.length < count && due > stage.now) {
      const arrived: Played = { runs: [], task: undefined, due: undefined };
      go(played.push(arrived) - 1, arrived);
    } else if (place !== undefined && event !== undefined) {
      stage.passTo(due);
      go(place, event);
    } else break;
  }
  return played.flatMap(({ runs: [first, ...later] }) =>
    first === undefined ? [] : [{ ...first, later }],
  );
}

/** Which event goes on first. */
function nextOf(played: readonly Played[]): number | undefined {
  let next: number | undefined;
  for (const [place, { due }] of played.entries()) {
    if (due !== undefined && due < (next === undefined ? Infinity : (played[next]?.due ?? 0))) {
      next = place;
    }
  }
  return next;
}
