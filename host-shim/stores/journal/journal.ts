// Cells in a file to which every change is appended.

import { Cells, type CellsOptions, type Change } from "../cells.js";
import { isExpired } from "../shelf.js";
import type { Plain, Store } from "../store.js";
import { type Disk, disk } from "./disk.js";
import { JournalError, reason, stopped, unusable } from "./error.js";
import { FileShelf, type ReadBack } from "./file-shelf.js";
import { IndexTable, type Place } from "./index-table.js";
import { readEntry, writeEntry } from "./lines.js";
import { load } from "./load.js";
import { type Lock, takeLock } from "./lock.js";
import { type Copy, Tail } from "./tail.js";

/** How a journal is opened. */
export interface JournalOptions extends CellsOptions {
  /**
   * How many bytes the file may grow beyond twice what it had when it was last written anew, before
   * it is written anew while it is open; 64 MiB if left out.
   */
  readonly slack?: number | undefined;
}

/** A store in a file. */
export interface Journal extends Store {
  /** Waits for what is being saved, then lets the file go. */
  close(): Promise<void>;
}

/**
 * Opens a journal, and makes it if there is none.
 *
 * @throws {JournalError}
 */
export async function openJournal(
  path: string,
  options: JournalOptions,
  on: Disk = disk,
): Promise<Journal> {
  try {
    const place = await on.realPath(path);
    const lock = await takeLock(on, place);
    try {
      return await FileJournal.open(place, lock, options, on);
    } catch (error) {
      await lock.release().catch(() => {});
      throw error;
    }
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Changes that are saved together. */
interface Batch {
  readonly changes: Change[];
  /** Those of them that were answered at once. */
  readonly answered: Change[];
  /** The cells that somebody waits for. */
  readonly awaited: Set<string>;
  /** Whether it is to be saved as soon as it can be. */
  isDue: boolean;
  readonly saved: Promise<void>;
  readonly settle: { done(): void; failed(error: JournalError): void };
}

class FileJournal implements Journal {
  readonly #path: string;
  readonly #cells: Cells;
  readonly #shelf: FileShelf;
  readonly #tail: Tail;
  readonly #lock: Lock;
  readonly #slack: number;
  #compactAt: number;
  /** What gathers until somebody waits for it, or while the batch before it is being saved. */
  #next: Batch | undefined;
  /** What is being saved. */
  #now: Batch | undefined;
  #saving = false;
  /** Whether all that is due is saved. */
  #saved: Promise<void> = Promise.resolve();
  #over: JournalError | undefined;

  private constructor(
    path: string,
    lock: Lock,
    tail: Tail,
    index: IndexTable,
    options: JournalOptions,
  ) {
    this.#path = path;
    this.#lock = lock;
    this.#tail = tail;
    this.#shelf = new FileShelf(index, this.#readBack);
    this.#cells = new Cells(options, this.#shelf);
    this.#slack = options.slack ?? 64 << 20;
    this.#compactAt = 2 * tail.size + this.#slack;
  }

  /** Reads what is there, and writes it anew. */
  static async open(
    path: string,
    lock: Lock,
    options: JournalOptions,
    on: Disk,
  ): Promise<FileJournal> {
    const found = new IndexTable();
    const old = await load(on, path, ([key, cell], place) => {
      // Whoever saved it is gone, or the lock would still be theirs.
      if (cell === undefined) found.remove(key);
      else found.put(key, { ...place, left: true, expiresAt: cell.expiresAt });
    });
    try {
      const now = (options.now ?? Date.now)();
      const index = new IndexTable();
      const read = ({ offset, length }: Place) => {
        const bytes = Buffer.allocUnsafe(length);
        old?.readAt(bytes, offset);
        return bytes;
      };
      const tail = await Tail.anew(on, path, lock, copies(found, index, read, now));
      return new FileJournal(path, lock, tail, index, options);
    } finally {
      await old?.close().catch(() => {});
    }
  }

  /**
   * What need not be durable is answered at once and waits in memory for the next change that must
   * be: both are saved in one line. So nothing is ever saved without all that came before it, and a
   * process or a machine that stops loses only what nothing durable was built upon.
   */
  async update(key: string, operation: Plain): Promise<Plain> {
    if (this.#over !== undefined) throw this.#over;
    // What is built upon a change that may still be taken back waits with it.
    const awaited = this.#now?.awaited.has(key) || this.#next?.awaited.has(key);
    // Upon a disk that stays full, they would become more and more.
    const isFull = (this.#next?.answered.length ?? 0) >= mostAnswered;
    const { answer, change, durable } = this.#cells.update(key, operation);
    const waits = durable || awaited === true || isFull;
    if (change !== undefined) this.#add(change, waits);
    // Also without a change: the answer may rest on one that was not waited for.
    if (waits && this.#shelf.isUnsaved(key)) this.#saveNext();
    if (waits) await this.#saved;
    return answer;
  }

  async close(): Promise<void> {
    const stopped = this.#over !== undefined;
    this.#over ??= closed(this.#path);
    // What nobody waited for may be lost, but need not be.
    if (!stopped) this.#saveNext();
    await this.#saved.catch(() => {});
    try {
      if (!stopped) await this.#tail.close();
      await this.#lock.release();
    } catch (error) {
      throw unusable(this.#path, error);
    }
  }

  #add(change: Change, waits: boolean): void {
    this.#next ??= batch();
    this.#next.changes.push(change);
    if (waits) this.#next.awaited.add(change.key);
    else this.#next.answered.push(change);
  }

  /** Has all saved that is not yet being saved. */
  #saveNext(): void {
    if (this.#next === undefined || this.#next.isDue) return;
    this.#next.isDue = true;
    this.#saved = this.#next.saved;
    if (!this.#saving) void this.#saveAll();
  }

  /** Saves batch after batch, each with all that came while the one before was being saved. */
  async #saveAll(): Promise<void> {
    this.#saving = true;
    // The updates that are made in one go share the first batch too.
    await Promise.resolve();
    for (let now = this.#next; now?.isDue; now = this.#next) {
      this.#now = now;
      this.#next = undefined;
      try {
        await this.#save(now.changes);
        now.settle.done();
      } catch (error) {
        this.#takeBack(now, error as JournalError);
      }
    }
    this.#now = undefined;
    this.#saving = false;
  }

  async #save(changes: readonly Change[]): Promise<void> {
    await this.#append(changes);
    if (this.#tail.size >= this.#compactAt) await this.#compact();
    try {
      // Whoever holds the lock by now has read the file before this, and will never see it.
      this.#lock.check();
    } catch (error) {
      throw this.#stop(error as JournalError);
    }
  }

  async #append(changes: readonly Change[]): Promise<void> {
    const last = [...new Map(changes.map((change) => [change.key, change])).values()];
    try {
      const places = await this.#tail.append(
        last.map(({ key, after }) => writeEntry([key, after])),
      );
      this.#shelf.saved(
        places.flatMap((place, at) => {
          const change = last[at];
          return change === undefined ? [] : [{ ...change, place }];
        }),
      );
    } catch (error) {
      if (!this.#tail.whole)
        throw this.#stop(stopped(this.#path, `It cannot be written to: ${reason(error)}.`));
      throw notSaved(this.#path, error);
    }
  }

  /** Writes the file anew, without what was replaced. Where that fails, there is still the old one. */
  async #compact(): Promise<void> {
    const index = new IndexTable();
    const read = (place: Place) => this.#tail.read(place);
    try {
      const all = copies(this.#shelf.index, index, read, this.#cells.time());
      await this.#tail.startAnew(all, () => this.#shelf.moved(index));
    } catch (error) {
      if (!this.#tail.whole)
        throw this.#stop(stopped(this.#path, `It cannot be written anew: ${reason(error)}.`));
    } finally {
      this.#compactAt = 2 * this.#tail.size + this.#slack;
    }
  }

  #readBack: ReadBack = (key, place) => {
    try {
      const [found, kept] = readEntry(this.#tail.read(place)) ?? [];
      if (found === key && kept !== undefined) return kept;
    } catch (error) {
      throw this.#stop(stopped(this.#path, `It cannot be read: ${reason(error)}.`));
    }
    throw this.#stop(stopped(this.#path, "It was changed by something else."));
  };

  /**
   * Undoes a batch that was not saved, and what has been built upon it since. What was answered
   * without being waited for stays as it was answered, and is saved with what comes next.
   */
  #takeBack(failed: Batch, error: JournalError): void {
    const batches = this.#next === undefined ? [failed] : [failed, this.#next];
    const answered = batches.flatMap((one) => one.answered);
    this.#shelf.takeBack();
    for (const { key, after } of answered) this.#shelf.put(key, after);
    for (const { settle } of batches) settle.failed(error);
    this.#next = answered.length === 0 ? undefined : batch(answered);
    this.#saved = Promise.resolve();
  }

  #stop(error: JournalError): JournalError {
    this.#over = error;
    void this.#tail.close().catch(() => {});
    return error;
  }
}

/** The cells of one file as they are written to another, where the other index is told of them. */
function* copies(
  from: IndexTable,
  to: IndexTable,
  read: (place: Place) => Uint8Array,
  now: number,
): Generator<Copy> {
  for (const { slot, isDoubtful, ...place } of from.inOrder(now)) {
    const entry = read(place);
    const kept = isDoubtful ? readEntry(entry)?.[1] : undefined;
    if (kept !== undefined && isExpired(kept, now)) continue;
    yield { entry, placed: ({ offset }) => to.copy(from, slot, offset) };
  }
}

/** How many changes that were answered wait in memory before the next one is waited for. */
const mostAnswered = 256;

function batch(answered: readonly Change[] = []): Batch {
  const settle = { done: () => {}, failed: (_error: JournalError) => {} };
  const saved = new Promise<void>((resolve, reject) => {
    settle.done = resolve;
    settle.failed = reject;
  });
  // There may be nobody who waits for it.
  saved.catch(() => {});
  return {
    changes: [...answered],
    answered: [...answered],
    awaited: new Set(),
    isDue: false,
    saved,
    settle,
  };
}

function notSaved(path: string, error: unknown): JournalError {
  return new JournalError("journal_not_saved", {
    path,
    cause: `The change was not saved: ${reason(error)}.`,
    fix: "Mend that, for instance by making room on the disk, then try again.",
  });
}

function closed(path: string): JournalError {
  return new JournalError("journal_closed", {
    path,
    cause: "The journal was closed.",
    fix: "Open it again.",
  });
}
