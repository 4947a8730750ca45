// Cells, under the rules that every store keeps.

import { MemoryShelf } from "./memory-shelf.js";
import { isExpired, type Kept, type Shelf } from "./shelf.js";
import type { Apply, Plain, StoreOptions, TakeOver } from "./store.js";

/** What an update did. */
export interface Updated {
  readonly answer: Plain;
  /** Nothing if the cell is as it was, so that there is nothing to save. */
  readonly change: Change | undefined;
  /** Whether the answer has to wait until the cell is saved. */
  readonly durable: boolean;
}

/** How a cell changed: `undefined` stands for a cell that is absent. */
export interface Change {
  readonly key: string;
  readonly after: Kept | undefined;
}

/** How cells are updated. */
export interface CellsOptions extends StoreOptions {
  /** The core's part where a cell was left by a process that is gone; needed if there are any. */
  readonly takeOver?: TakeOver | undefined;
}

/** Cells by their keys. */
export class Cells {
  readonly #shelf: Shelf;
  readonly #apply: Apply;
  readonly #takeOver: TakeOver | undefined;
  readonly #now: () => number;

  constructor({ apply, takeOver, now = Date.now }: CellsOptions, shelf: Shelf = new MemoryShelf()) {
    this.#shelf = shelf;
    this.#apply = apply;
    this.#takeOver = takeOver;
    this.#now = now;
  }

  /** Applies an operation. If it throws, nothing has changed. */
  update(key: string, operation: Plain): Updated {
    const clock = this.time();
    const before = this.#shelf.get(key);
    const now = Math.max(clock, before?.at ?? clock);
    const cell = before === undefined || isExpired(before, now) ? null : this.#open(before, now);
    const applied = this.#apply(cell, operation, now);
    const after = keep(applied.cell, now, applied.expiresAt);
    const same = before?.text === after?.text && before?.expiresAt === after?.expiresAt;
    if (!same) this.#shelf.put(key, after);
    this.#shelf.sweep(clock);
    const change = same ? undefined : { key, after };
    return { answer: applied.answer, change, durable: applied.durable };
  }

  /** The clock's time. */
  time(): number {
    const now = this.#now();
    // A cell saved with such a time could never be read again.
    if (!Number.isFinite(now)) throw new TypeError("A store's clock gives a number.");
    return now;
  }

  #open({ text, left }: Kept, now: number): Plain | null {
    const cell = JSON.parse(text) as Plain;
    return left && this.#takeOver !== undefined ? this.#takeOver(cell, now).cell : cell;
  }
}

function keep(cell: Plain | null, at: number, expiresAt: number | null): Kept | undefined {
  return cell === null ? undefined : { text: JSON.stringify(cell), at, expiresAt };
}
