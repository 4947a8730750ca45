// Ctrl-C: once to stop cleanly, twice to stop at once.

import { exitCode } from "./exit.js";

/** Listens for Ctrl-C, and for being asked to end, until it is closed. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #tell: (again: boolean) => void;

  /** `tell` is called each time: at the second, the process ends right after it. */
  constructor(tell: (again: boolean) => void) {
    this.#tell = tell;
    for (const name of signals) process.on(name, this.#interrupted);
  }

  /** Aborts at the first, or by `stop`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops for another reason. */
  stop(): void {
    this.#controller.abort();
  }

  close(): void {
    for (const name of signals) process.off(name, this.#interrupted);
  }

  #interrupted = (): void => {
    const again = this.#controller.signal.aborted;
    this.#tell(again);
    if (again) process.exit(exitCode.stopped);
    this.#controller.abort();
  };
}

const signals = ["SIGINT", "SIGTERM"] as const;
