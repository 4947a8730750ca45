// A look into a journal that changes nothing: what its cells would answer, read from the file as it
// stands. No lock is taken. Whoever writes adds lines behind those that were read, or puts a new file
// in place of the one that is open here.

import { Cells, type CellsOptions } from "../cells.js";
import type { Plain, Store } from "../store.js";
import { type Disk, disk } from "./disk.js";
import { unusable } from "./error.js";
import { FileShelf, type ReadBack } from "./file-shelf.js";
import { IndexTable } from "./index-table.js";
import { readEntry } from "./lines.js";
import { load } from "./load.js";
import { holderOf } from "./lock.js";

/** A journal as it stood when it was read. What is updated here is saved nowhere. */
export interface Look extends Store {
  /** Who has the journal open, if anybody does: they may have gone on since. */
  readonly holder: string | undefined;
  /** Forgets every update. */
  takeBack(): void;
  close(): Promise<void>;
}

/**
 * Reads a journal; nothing if there is none.
 *
 * @throws {JournalError}
 */
export async function lookAtJournal(
  path: string,
  options: CellsOptions,
  on: Disk = disk,
): Promise<Look | undefined> {
  try {
    const place = await on.realPath(path);
    const holder = await holderOf(on, place);
    const index = new IndexTable();
    const file = await load(on, place, ([key, cell], at) => {
      // Its leases are passed over, also those of whoever may have it open.
      if (cell === undefined) index.remove(key);
      else index.put(key, { ...at, left: true, expiresAt: cell.expiresAt });
    });
    if (file === undefined) return undefined;
    const read: ReadBack = (key, { offset, length }) => {
      const bytes = Buffer.allocUnsafe(length);
      file.readAt(bytes, offset);
      const [found, kept] = readEntry(bytes) ?? [];
      if (found === key && kept !== undefined) return kept;
      throw new Error("the journal was changed by something else");
    };
    const shelf = new FileShelf(index, read);
    const cells = new Cells(options, shelf);
    return {
      holder,
      update: async (key: string, operation: Plain) => cells.update(key, operation).answer,
      takeBack: () => shelf.takeBack(),
      close: () => file.close(),
    };
  } catch (error) {
    throw unusable(path, error);
  }
}
