// Cells in a file to which every change is appended.

import { Cells, type Change } from "../cells.js";
import type { Plain, Store, StoreOptions } from "../store.js";
import { type Disk, disk } from "./disk.js";
import { JournalError, reason, stopped, unusable } from "./error.js";
import { load } from "./load.js";
import { type Lock, takeLock } from "./lock.js";
import { Tail } from "./tail.js";

/** How a journal is opened. */
export interface JournalOptions extends StoreOptions {
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
      const cells = new Cells(options);
      await load(on, place, ([key, cell]) => cells.put(key, cell));
      const tail = await Tail.anew(on, place, lock, cells.living());
      return new FileJournal(place, cells, tail, lock, options.slack ?? 64 << 20);
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
  readonly saved: Promise<void>;
  readonly settle: { done(): void; failed(error: JournalError): void };
}

class FileJournal implements Journal {
  readonly #path: string;
  readonly #cells: Cells;
  readonly #tail: Tail;
  readonly #lock: Lock;
  readonly #slack: number;
  #compactAt: number;
  /** What gathers while the batch before it is being saved. */
  #next: Batch | undefined;
  #saving = false;
  /** Whether all changes so far are saved. */
  #saved: Promise<void> = Promise.resolve();
  #over: JournalError | undefined;

  constructor(path: string, cells: Cells, tail: Tail, lock: Lock, slack: number) {
    this.#path = path;
    this.#cells = cells;
    this.#tail = tail;
    this.#lock = lock;
    this.#slack = slack;
    this.#compactAt = 2 * tail.size + slack;
  }

  async update(key: string, operation: Plain): Promise<Plain> {
    if (this.#over !== undefined) throw this.#over;
    const { answer, change } = this.#cells.update(key, operation);
    if (change !== undefined) this.#add(change);
    // Also without a change: the answer may rest on one that is still being saved.
    await this.#saved;
    return answer;
  }

  async close(): Promise<void> {
    const stopped = this.#over !== undefined;
    this.#over ??= closed(this.#path);
    await this.#saved.catch(() => {});
    try {
      if (!stopped) await this.#tail.close();
      await this.#lock.release();
    } catch (error) {
      throw unusable(this.#path, error);
    }
  }

  #add(change: Change): void {
    if (this.#next === undefined) {
      this.#next = batch();
      this.#saved = this.#next.saved;
      if (!this.#saving) void this.#saveAll();
    }
    this.#next.changes.push(change);
  }

  /** Saves batch after batch, each with all that came while the one before was being saved. */
  async #saveAll(): Promise<void> {
    this.#saving = true;
    // The updates that are made in one go share the first batch too.
    await Promise.resolve();
    for (let now = this.#next; now !== undefined; now = this.#next) {
      this.#next = undefined;
      try {
        await this.#save(now.changes);
        now.settle.done();
      } catch (error) {
        this.#takeBack(now, error as JournalError);
      }
    }
    this.#saving = false;
  }

  async #save(changes: readonly Change[]): Promise<void> {
    if (this.#tail.size < this.#compactAt || !(await this.#compact())) {
      await this.#append(changes);
    }
    try {
      // Whoever holds the lock by now has read the file before this, and will never see it.
      await this.#lock.check();
    } catch (error) {
      throw this.#stop(error as JournalError);
    }
  }

  async #append(changes: readonly Change[]): Promise<void> {
    const entries = new Map(changes.map(({ key, after }) => [key, after]));
    try {
      await this.#tail.append([...entries]);
    } catch (error) {
      if (!this.#tail.whole)
        throw this.#stop(stopped(this.#path, `It cannot be written to: ${reason(error)}.`));
      throw notSaved(this.#path, error);
    }
  }

  /** Writes the file anew, with what is to be saved now. Where that fails, there is still the old one. */
  async #compact(): Promise<boolean> {
    try {
      await this.#tail.startAnew(this.#cells.living());
      return true;
    } catch (error) {
      if (!this.#tail.whole)
        throw this.#stop(stopped(this.#path, `It cannot be written anew: ${reason(error)}.`));
      return false;
    } finally {
      this.#compactAt = 2 * this.#tail.size + this.#slack;
    }
  }

  /** Undoes a batch that was not saved, and what has been built upon it since. */
  #takeBack(failed: Batch, error: JournalError): void {
    const batches = this.#next === undefined ? [failed] : [failed, this.#next];
    const changes = batches.flatMap((one) => one.changes);
    for (const { key, before } of changes.reverse()) this.#cells.put(key, before);
    for (const { settle } of batches) settle.failed(error);
    this.#next = undefined;
    this.#saved = Promise.resolve();
  }

  #stop(error: JournalError): JournalError {
    this.#over = error;
    void this.#tail.close().catch(() => {});
    return error;
  }
}

function batch(): Batch {
  const settle = { done: () => {}, failed: (_error: JournalError) => {} };
  const saved = new Promise<void>((resolve, reject) => {
    settle.done = resolve;
    settle.failed = reject;
  });
  return { changes: [], saved, settle };
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
