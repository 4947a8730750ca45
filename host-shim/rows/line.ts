// Who may go on: one at a time.

/** A line in which one has the turn. The others wait for it, in the order in which they came. */
export class Line {
  #taken = false;
  readonly #waiting: (() => void)[] = [];

  /** Whether nobody has the turn. */
  get isFree(): boolean {
    return !this.#taken;
  }

  /** Takes the turn, at once if it is free. */
  async enter(): Promise<void> {
    if (this.#taken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken = true;
  }

  /** Gives the turn to the next in the line. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
