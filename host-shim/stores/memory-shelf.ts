// Cells in a map.

import { isExpired, type Kept, type Shelf } from "./shelf.js";

/** Cells in this process's memory: those that live, and at times as many that have expired. */
export class MemoryShelf implements Shelf {
  readonly #kept = new Map<string, Kept>();
  #round = this.#kept.entries();

  get size(): number {
    return this.#kept.size;
  }

  get(key: string): Kept | undefined {
    return this.#kept.get(key);
  }

  put(key: string, cell: Kept | undefined): void {
    if (cell === undefined) this.#kept.delete(key);
    else this.#kept.set(key, cell);
  }

  /**
   * Two looks for each update, which can add one cell at most: a round over all of them ends before
   * half as many have been added.
   */
  sweep(now: number): void {
    for (let looks = 0; looks < 2; looks += 1) {
      const { done, value } = this.#round.next();
      if (done) {
        this.#round = this.#kept.entries();
        return;
      }
      const [key, cell] = value;
      if (isExpired(cell, now)) this.#kept.delete(key);
    }
  }
}
