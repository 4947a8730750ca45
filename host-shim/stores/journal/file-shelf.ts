// Cells that lie in a file. In memory are those at work, those that are not saved yet, and where the
// others stand.

import type { Change } from "../cells.js";
import type { Kept, Shelf } from "../shelf.js";
import type { Found, IndexTable, Place } from "./index-table.js";

/** Reads a cell back from where it stands. */
export type ReadBack = (key: string, place: Place) => Kept;

/** A change, and where it stands in the file by now. */
export interface Saved extends Change {
  readonly place: Place;
}

/** Cells in a file. What expires stays in the index until the file is written anew. */
export class FileShelf implements Shelf {
  readonly #read: ReadBack;
  #index: IndexTable;
  /** What was changed and is not saved yet. */
  readonly #unsaved = new Map<string, Kept | undefined>();
  /** What was used last and stands in the file as it is here: the oldest first. */
  readonly #recent = new Map<string, Kept>();

  constructor(index: IndexTable, read: ReadBack) {
    this.#index = index;
    this.#read = read;
  }

  /** Where the cells stand. */
  get index(): IndexTable {
    return this.#index;
  }

  get(key: string): Kept | undefined {
    if (this.#unsaved.has(key)) return this.#unsaved.get(key);
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const found = this.#index.find(key);
    return found === undefined ? undefined : this.#readBack(key, found);
  }

  put(key: string, cell: Kept | undefined): void {
    this.#recent.delete(key);
    this.#unsaved.set(key, cell);
  }

  sweep(): void {}

  /** Whether a cell was changed since it was saved. */
  isUnsaved(key: string): boolean {
    return this.#unsaved.has(key);
  }

  /** Takes in that changes are saved; later ones of the same cells may not be. */
  saved(changes: readonly Saved[]): void {
    for (const { key, after, place } of changes) {
      if (after === undefined) this.#index.remove(key);
      else this.#index.put(key, { ...place, left: false, expiresAt: after.expiresAt });
      if (this.#unsaved.get(key) !== after) continue;
      this.#unsaved.delete(key);
      if (after !== undefined) this.#remember(key, after);
    }
  }

  /** Goes back to what is saved. */
  takeBack(): void {
    this.#unsaved.clear();
  }

  /** Takes in that all that is saved stands elsewhere by now. */
  moved(index: IndexTable): void {
    this.#index = index;
  }

  #readBack(key: string, { left, ...place }: Found): Kept {
    const kept = { ...this.#read(key, place), left };
    this.#remember(key, kept);
    return kept;
  }

  #remember(key: string, cell: Kept): void {
    this.#recent.set(key, cell);
    if (this.#recent.size <= mostRecent) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }
}

/** More than are at work at once in a run over rows. */
const mostRecent = 4_096;
