/** Where the stand-in gets its time from: every delay, date and schedule goes through it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once, `ms` from now. Calling the answer cancels it. */
  after(ms: number, task: () => void): () => void;
}

// A longer setTimeout fires at once, and a scheduled message may lie 35 days ahead.
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER);
      timer = setTimeout(() => (left > step ? arm(left - step) : task()), step);
    };
    arm(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

interface Task {
  due: number;
  order: number;
  run: () => void;
}

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  #tasks: Task[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const task: Task = { due: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
  }

  /** Moves on by `ms`, running what falls due on the way, in order of time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      let next: Task | undefined;
      for (const task of this.#tasks) {
        if (task.due > end) continue;
        if (!next || task.due < next.due || (task.due === next.due && task.order < next.order))
          next = task;
      }
      if (!next) break;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.#now = next.due;
      next.run();
    }
    this.#now = end;
  }
}
