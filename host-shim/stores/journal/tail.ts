// The end of a journal's file, where lines are added.

import type { Disk, DiskFile } from "./disk.js";
import { type Entry, firstSum, header, writeLine } from "./lines.js";
import type { Lock } from "./lock.js";

/** An open journal's file, as far as it is saved. */
export class Tail {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #lock: Lock;
  #file: DiskFile;
  #size: number;
  #sum: string;
  #whole = true;

  private constructor(disk: Disk, path: string, lock: Lock, { file, size, sum }: Written) {
    this.#disk = disk;
    this.#path = path;
    this.#lock = lock;
    this.#file = file;
    this.#size = size;
    this.#sum = sum;
  }

  /** Writes a file with these cells, in place of any that is there. */
  static async anew(disk: Disk, path: string, lock: Lock, cells: readonly Entry[]): Promise<Tail> {
    const written = await write(disk, path, lock, cells);
    try {
      await disk.syncFolderOf(path);
    } catch (error) {
      await written.file.close().catch(() => {});
      throw error;
    }
    return new Tail(disk, path, lock, written);
  }

  /** How many bytes are saved. */
  get size(): number {
    return this.#size;
  }

  /** Whether the file ends with what was saved last, so that more can be added. */
  get whole(): boolean {
    return this.#whole;
  }

  /** Adds a line and waits until it is saved. If this fails, nothing was added or `whole` is false. */
  async append(entries: readonly Entry[]): Promise<void> {
    const line = writeLine(entries, this.#sum);
    this.#whole = false;
    try {
      await this.#file.append(line.bytes);
    } catch (error) {
      await this.#file.truncate(this.#size);
      this.#whole = true;
      throw error;
    }
    // After a sync that failed, another can succeed without having saved anything.
    await this.#file.sync();
    this.#whole = true;
    this.#size += line.bytes.length;
    this.#sum = line.sum;
  }

  /** Goes on in a file with these cells alone. If this fails, it goes on in the old one or not at all. */
  async startAnew(cells: readonly Entry[]): Promise<void> {
    const { file, size, sum } = await write(this.#disk, this.#path, this.#lock, cells);
    const old = this.#file;
    this.#file = file;
    this.#size = size;
    this.#sum = sum;
    await old.close().catch(() => {});
    this.#whole = false;
    // A loss of power could still bring the old file back, without what is added now.
    await this.#disk.syncFolderOf(this.#path);
    this.#whole = true;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

interface Written {
  readonly file: DiskFile;
  readonly size: number;
  readonly sum: string;
}

/** Beside the old file first: a loss of power leaves one of the two, whole. */
async function write(
  disk: Disk,
  path: string,
  lock: Lock,
  cells: readonly Entry[],
): Promise<Written> {
  const beside = `${path}.new`;
  const file = await disk.create(beside);
  try {
    let size = header.length;
    let sum = firstSum;
    await file.append(header);
    for (let at = 0; at < cells.length; at += cellsInLine) {
      const line = writeLine(cells.slice(at, at + cellsInLine), sum);
      await file.append(line.bytes);
      size += line.bytes.length;
      sum = line.sum;
    }
    await file.sync();
    // What another process has saved since it took over must not be replaced.
    await lock.check();
    await disk.rename(beside, path);
    return { file, size, sum };
  } catch (error) {
    await file.close().catch(() => {});
    await disk.remove(beside).catch(() => {});
    throw error;
  }
}

const cellsInLine = 256;
