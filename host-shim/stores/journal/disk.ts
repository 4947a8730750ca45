// The part of a file system that a journal uses, so that tests can make any of it fail.

import { constants, readFileSync, readSync } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";

/** An open file. */
export interface DiskFile {
  /** Reads on from where the last read ended; 0 at the end. */
  read(into: Uint8Array): Promise<number>;
  /** Reads as many bytes as there is room for from an offset on, while everything waits. */
  readAt(into: Uint8Array, offset: number): void;
  /** Writes all of it at the end. */
  append(bytes: Uint8Array): Promise<void>;
  /** Waits until what was written would outlast a loss of power. */
  sync(): Promise<void>;
  /** Cuts the file to this many bytes. */
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** A file system. Errors are Node's. */
export interface Disk {
  /** The path without links; the path itself where there is no file yet. */
  realPath(path: string): Promise<string>;
  /** Whether there is a plain file; `undefined` where there is nothing at all. */
  isFile(path: string): Promise<boolean | undefined>;
  openToRead(path: string): Promise<DiskFile>;
  /** An empty file that only its owner can read, in place of any other. */
  create(path: string): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file; fails if there is such a name. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  readText(path: string): Promise<string>;
  /** The same, while everything waits: for what is small and read again and again. */
  readTextNow(path: string): string;
  writeText(path: string, text: string): Promise<void>;
  /** Waits until new names in the file's folder would outlast a loss of power. */
  syncFolderOf(path: string): Promise<void>;
}

/** Node's file system. */
export const disk: Disk = {
  realPath: (path) => fs.realpath(path).catch(ifMissing(path)),
  isFile: async (path) => {
    const found = await fs.stat(path).catch(ifMissing(undefined));
    return found?.isFile();
  },
  openToRead: async (path) => wrap(await fs.open(path, "r")),
  create: async (path) => wrap(await fs.open(path, anew, ownerOnly)),
  rename: (from, to) => fs.rename(from, to),
  link: (from, to) => fs.link(from, to),
  remove: (path) => fs.unlink(path),
  readText: (path) => fs.readFile(path, "utf8"),
  readTextNow: (path) => readFileSync(path, "utf8"),
  writeText: (path, text) => fs.writeFile(path, text, { mode: ownerOnly }),
  syncFolderOf: async (path) => {
    // Windows has no such thing as a folder that can be synced.
    if (process.platform === "win32") return;
    const folder = await fs.open(dirname(path), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

/** Writes go to the end, also after the file was cut. */
const anew = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;

/** Cells hold phone numbers and texts until they are settled. */
const ownerOnly = 0o600;

function wrap(file: fs.FileHandle): DiskFile {
  return {
    read: async (into) => (await file.read(into, 0, into.length, null)).bytesRead,
    readAt: (into, offset) => {
      for (let at = 0; at < into.length; ) {
        const read = readSync(file.fd, into, at, into.length - at, offset + at);
        if (read === 0) throw new Error("the file has become shorter");
        at += read;
      }
    },
    append: (bytes) => file.appendFile(bytes),
    sync: () => file.datasync(),
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  };
}

function ifMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT") return value;
    throw error;
  };
}
