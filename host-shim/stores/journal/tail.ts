// The end of a journal's file, where lines are added.

import type { Disk, DiskFile } from "./disk.js";
import type { Place } from "./index-table.js";
import { firstSum, header, seal, writeLine } from "./lines.js";
import type { Lock } from "./lock.js";

/** Entries to be written, and what is to be told of where each of them stands by then. */
export interface Copy {
  readonly entry: Uint8Array;
  readonly placed: (place: Place) => void;
}

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

  /** Writes a file with these entries, in place of any that is there. */
  static async anew(disk: Disk, path: string, lock: Lock, copies: Iterable<Copy>): Promise<Tail> {
    const written = await write(disk, path, lock, copies);
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

  /** Reads back what is saved. */
  read({ offset, length }: Place): Uint8Array {
    const bytes = Buffer.allocUnsafe(length);
    this.#file.readAt(bytes, offset);
    return bytes;
  }

  /**
   * Adds a line, waits until it is saved, and answers where each entry stands. If this fails, nothing
   * was added or `whole` is false.
   */
  async append(entries: readonly Uint8Array[]): Promise<Place[]> {
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
    const begin = this.#size;
    this.#size += line.bytes.length;
    this.#sum = line.sum;
    return line.spans.map(({ start, length }) => ({ offset: begin + start, length }));
  }

  /**
   * Goes on in a file with these entries alone; `moved` is called once it does. If this fails, it goes
   * on in the old one or not at all.
   */
  async startAnew(copies: Iterable<Copy>, moved: () => void): Promise<void> {
    const { file, size, sum } = await write(this.#disk, this.#path, this.#lock, copies);
    const old = this.#file;
    this.#file = file;
    this.#size = size;
    this.#sum = sum;
    moved();
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
  copies: Iterable<Copy>,
): Promise<Written> {
  const beside = `${path}.new`;
  const file = await disk.create(beside);
  try {
    let size = header.length;
    let sum = firstSum;
    await file.append(header);
    for (const group of groups(copies)) {
      const line = writeLine(
        group.map(({ entry }) => entry),
        sum,
      );
      await file.append(line.bytes);
      line.spans.forEach(({ start, length }, at) => {
        group[at]?.placed({ offset: size + start, length });
      });
      size += line.bytes.length;
      sum = line.sum;
    }
    const end = seal(sum);
    await file.append(end.bytes);
    size += end.bytes.length;
    sum = end.sum;
    await file.sync();
    // What another process has saved since it took over must not be replaced.
    lock.check();
    await disk.rename(beside, path);
    return { file, size, sum };
  } catch (error) {
    await file.close().catch(() => {});
    await disk.remove(beside).catch(() => {});
    throw error;
  }
}

function* groups(copies: Iterable<Copy>): Generator<Copy[]> {
  let group: Copy[] = [];
  for (const copy of copies) {
    group.push(copy);
    if (group.length < entriesInLine) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

const entriesInLine = 256;
