// Cells in memory, under the rules that every store keeps.

import type { Plain, StoreOptions } from "./store.js";

/** A cell as it is kept: as text, which nobody can change behind the store's back. */
export interface Kept {
  readonly text: string;
  /** The time of its last change. */
  readonly at: number;
  readonly expiresAt: number | null;
}

/** What an update did. */
export interface Updated {
  readonly answer: Plain;
  /** Nothing if the cell is as it was, so that there is nothing to save. */
  readonly change: Change | undefined;
}

/** How a cell changed; `undefined` stands for a cell that is absent. */
export interface Change {
  readonly key: string;
  readonly at: number;
  readonly before: Kept | undefined;
  readonly after: Kept | undefined;
}

/** Cells by their keys. */
export class Cells {
  readonly #kept = new Map<string, Kept>();
  readonly #apply: StoreOptions["apply"];
  readonly #now: () => number;
  #sweep = this.#kept.entries();

  constructor({ apply, now = Date.now }: StoreOptions) {
    this.#apply = apply;
    this.#now = now;
  }

  /** How many cells are kept: those that live, and at times as many that have expired. */
  get size(): number {
    return this.#kept.size;
  }

  /** Applies an operation. If it throws, nothing has changed. */
  update(key: string, operation: Plain): Updated {
    const clock = this.#time();
    const before = this.#kept.get(key);
    const now = Math.max(clock, before?.at ?? clock);
    const cell = before === undefined || isExpired(before, now) ? null : parse(before.text);
    const applied = this.#apply(cell, operation, now);
    const after = keep(applied.cell, now, applied.expiresAt);
    const same = before?.text === after?.text && before?.expiresAt === after?.expiresAt;
    if (!same) this.put(key, after);
    this.#forgetExpired(clock);
    return { answer: applied.answer, change: same ? undefined : { key, at: now, before, after } };
  }

  /** Puts a cell as it is. */
  put(key: string, cell: Kept | undefined): void {
    if (cell === undefined) this.#kept.delete(key);
    else this.#kept.set(key, cell);
  }

  /** Every cell that has not expired, as of now. */
  living(): [key: string, cell: Kept][] {
    const now = this.#time();
    return [...this.#kept].filter(([, cell]) => !isExpired(cell, now));
  }

  #time(): number {
    const now = this.#now();
    // A cell saved with such a time could never be read again.
    if (!Number.isFinite(now)) throw new TypeError("A store's clock gives a number.");
    return now;
  }

  /**
   * Two looks for each update, which can add one cell at most: a round over all of them ends before
   * half as many have been added.
   */
  #forgetExpired(now: number): void {
    for (let looks = 0; looks < 2; looks += 1) {
      const { done, value } = this.#sweep.next();
      if (done) {
        this.#sweep = this.#kept.entries();
        return;
      }
      const [key, cell] = value;
      if (isExpired(cell, now)) this.#kept.delete(key);
    }
  }
}

function keep(cell: Plain | null, at: number, expiresAt: number | null): Kept | undefined {
  return cell === null ? undefined : { text: JSON.stringify(cell), at, expiresAt };
}

function isExpired({ expiresAt }: Kept, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function parse(text: string): Plain {
  return JSON.parse(text) as Plain;
}
