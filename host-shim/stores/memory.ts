// Cells in this process's memory.

import { Cells } from "./cells.js";
import { MemoryShelf } from "./memory-shelf.js";
import type { Plain, Store, StoreOptions } from "./store.js";

/** A store in memory. It keeps the cells that live, and at times as many that have expired. */
export class MemoryStore implements Store {
  readonly #shelf = new MemoryShelf();
  readonly #cells: Cells;

  constructor(options: StoreOptions) {
    this.#cells = new Cells(options, this.#shelf);
  }

  /** How many cells it holds. */
  get size(): number {
    return this.#shelf.size;
  }

  // Nothing is awaited between load and save, so that no other update comes between them.
  async update(key: string, operation: Plain): Promise<Plain> {
    return this.#cells.update(key, operation).answer;
  }
}

/**
 * A store in this process's memory.
 *
 * It protects against what one process can see: an event that comes twice or at the same time, a
 * reply that was lost, an opt-out that was heard. It cannot protect against what it forgets or never
 * hears of: a process that ends between a request and its reply, an event delivered again after a
 * restart, a second process, isolate or machine with the same events. Where any of these can happen,
 * keep the cells in a journal, or where all who send can reach them.
 */
export function memoryStore(options: StoreOptions): MemoryStore {
  return new MemoryStore(options);
}
