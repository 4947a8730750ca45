// A disk in memory that fails where it is told to, and that loses power.

import type { Disk, DiskFile } from "../../host-shim/stores/journal/disk.js";

/** What a disk does. */
export type Action =
  | "append"
  | "create"
  | "link"
  | "read"
  | "readAt"
  | "rename"
  | "sync"
  | "syncFolder"
  | "writeText";

/** Where an append stops. */
export interface Cut {
  readonly wrote: number;
}

/** Draws a whole number from 0 to below `end`. */
export type Draw = (end: number) => number;

interface Inode {
  bytes: Buffer;
  /** What a loss of power would leave for certain. */
  safe: Buffer;
}

type Names = Map<string, Inode>;

/** Makes an error as the system does. */
export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: the disk said so`), { code, syscall: "any" });
}

/** A disk in memory. */
export class FakeDisk implements Disk {
  /** Called before each action; what it throws, the action throws. Appending may stop half-way. */
  fault: (action: Action, path: string) => Cut | undefined = () => undefined;
  #names: Names = new Map();
  /** The names that a loss of power would leave for certain, and each step since. */
  #safeNames: Names[] = [new Map()];

  /** Every name that there is. */
  get names(): string[] {
    return [...this.#names.keys()];
  }

  async realPath(path: string): Promise<string> {
    return path;
  }

  async isFile(path: string): Promise<boolean | undefined> {
    return this.#names.has(path) ? true : undefined;
  }

  async openToRead(path: string): Promise<DiskFile> {
    const inode = this.#find(path);
    let at = 0;
    return {
      ...this.#file(path, inode),
      read: async (into) => {
        this.fault("read", path);
        const part = inode.bytes.subarray(at, at + into.length);
        into.set(part);
        at += part.length;
        return part.length;
      },
    };
  }

  async create(path: string): Promise<DiskFile> {
    this.fault("create", path);
    const inode = { bytes: Buffer.alloc(0), safe: Buffer.alloc(0) };
    this.#change((names) => names.set(path, inode));
    return this.#file(path, inode);
  }

  async rename(from: string, to: string): Promise<void> {
    this.fault("rename", from);
    const inode = this.#find(from);
    this.#change((names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  async link(from: string, to: string): Promise<void> {
    this.fault("link", from);
    if (this.#names.has(to)) throw systemError("EEXIST");
    const inode = this.#find(from);
    this.#change((names) => names.set(to, inode));
  }

  async remove(path: string): Promise<void> {
    this.#find(path);
    this.#change((names) => names.delete(path));
  }

  async readText(path: string): Promise<string> {
    return this.readTextNow(path);
  }

  readTextNow(path: string): string {
    this.fault("read", path);
    return this.#find(path).bytes.toString("utf8");
  }

  async writeText(path: string, text: string): Promise<void> {
    const inode = { bytes: Buffer.alloc(0), safe: Buffer.alloc(0) };
    this.#change((names) => names.set(path, inode));
    this.fault("writeText", path);
    inode.bytes = Buffer.from(text);
  }

  async syncFolderOf(path: string): Promise<void> {
    this.fault("syncFolder", path);
    this.#safeNames = [new Map(this.#names)];
  }

  /** The disk as it is found when the power comes back. Nobody holds a lock there. */
  afterPowerLoss(draw: Draw): FakeDisk {
    const after = new FakeDisk();
    const names = this.#safeNames[draw(this.#safeNames.length)] ?? new Map();
    for (const [path, { bytes, safe }] of names) {
      if (path.includes(".lock")) continue;
      const left = settle(bytes, safe, draw);
      after.#names.set(path, { bytes: left, safe: left });
    }
    after.#safeNames = [new Map(after.#names)];
    return after;
  }

  #find(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError("ENOENT");
    return inode;
  }

  #change(change: (names: Names) => void): void {
    change(this.#names);
    this.#safeNames.push(new Map(this.#names));
  }

  #file(path: string, inode: Inode): DiskFile {
    return {
      read: () => Promise.reject(systemError("EBADF")),
      readAt: (into, offset) => {
        this.fault("readAt", path);
        into.set(inode.bytes.subarray(offset, offset + into.length));
      },
      append: async (bytes) => {
        await Promise.resolve();
        const cut = this.fault("append", path);
        const wrote = cut === undefined ? bytes : bytes.subarray(0, cut.wrote);
        inode.bytes = Buffer.concat([inode.bytes, wrote]);
        if (cut !== undefined) throw systemError("ENOSPC");
      },
      sync: async () => {
        await Promise.resolve();
        this.fault("sync", path);
        inode.safe = inode.bytes;
      },
      truncate: async (size) => {
        inode.bytes = inode.bytes.subarray(0, size);
      },
      close: async () => {},
    };
  }
}

/** Of what was not synced, any part may be there, and any block of it may be zeros. */
function settle(bytes: Buffer, safe: Buffer, draw: Draw): Buffer {
  const unsafe = Buffer.from(bytes.subarray(safe.length));
  const length = draw(unsafe.length + 1);
  if (length > 0 && draw(3) === 0) unsafe.fill(0, draw(length), length);
  return Buffer.concat([safe, unsafe.subarray(0, length)]);
}
