// One process to a journal. The lock is a file that says who holds it, there or not there as a
// whole. Whoever holds it looks again before each answer: a lock that was taken away, rightly or
// not, is noticed before anything is sent because of it.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Disk } from "./disk.js";
import { JournalError, stopped } from "./error.js";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Which start of the machine and which space of process ids; `null` where it cannot be told. */
  readonly space: string | null;
  /** When the process started, as the system counts; `null` where it cannot be told. */
  readonly started: string | null;
  readonly token: string;
}

/** A lock that is held. */
export class Lock {
  readonly #disk: Disk;
  readonly #journal: string;
  readonly #content: string;

  constructor(disk: Disk, journal: string, content: string) {
    this.#disk = disk;
    this.#journal = journal;
    this.#content = content;
  }

  /** Throws if it is not held any more. */
  check(): void {
    if (!this.#isHeld()) {
      throw stopped(this.#journal, "Another process has taken the journal over.");
    }
  }

  /** Gives it back. */
  async release(): Promise<void> {
    if (this.#isHeld()) await this.#disk.remove(lockOf(this.#journal));
  }

  /** A lock that cannot be read may be anybody's. */
  #isHeld(): boolean {
    try {
      return this.#disk.readTextNow(lockOf(this.#journal)) === this.#content;
    } catch {
      return false;
    }
  }
}

/** Takes a journal's lock; one left by a process that is gone is taken over. */
export async function takeLock(disk: Disk, journal: string): Promise<Lock> {
  const path = lockOf(journal);
  const own = { ...self(), token: randomUUID() };
  const content = JSON.stringify(own);
  // Between two looks another process can take or give back the lock, but hardly every time.
  for (let tries = 0; tries < 10; tries += 1) {
    if (await place(disk, path, own.token, content)) return new Lock(disk, journal, content);
    const found = await read(disk, path);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder === undefined || !isGone(holder, own)) throw locked(journal, path, holder);
    await setAside(disk, path, own.token, found);
  }
  throw locked(journal, path, undefined);
}

/** Who holds a journal's lock, in words; nothing if nobody does, or they are gone. */
export async function holderOf(disk: Disk, journal: string): Promise<string | undefined> {
  const found = await read(disk, lockOf(journal));
  if (found === undefined) return undefined;
  const holder = parse(found);
  return holder !== undefined && isGone(holder, self()) ? undefined : inWords(holder);
}

function lockOf(journal: string): string {
  return `${journal}.lock`;
}

/** Puts the lock there unless there is one. */
async function place(disk: Disk, path: string, token: string, content: string): Promise<boolean> {
  const own = `${path}.${token}`;
  try {
    // A full disk may take the name and not the text.
    await disk.writeText(own, content);
    await disk.link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await disk.remove(own).catch(() => {});
  }
}

/** Removes the lock that was found, and puts it back if it is not that one any more. */
async function setAside(disk: Disk, path: string, token: string, found: string): Promise<void> {
  const aside = `${path}.${token}`;
  try {
    await disk.rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    if ((await read(disk, aside)) !== found) await disk.link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await disk.remove(aside);
  }
}

async function read(disk: Disk, path: string): Promise<string | undefined> {
  try {
    return await disk.readText(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    const known = Number.isInteger(holder?.pid) && typeof holder?.host === "string";
    return known ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** What is on another machine cannot be looked at, so it counts as running. */
function isGone(holder: Holder, own: Omit<Holder, "token">): boolean {
  if (holder.host !== own.host) return false;
  // The machine or the container was started again since.
  if (holder.space !== own.space) return true;
  if (!isRunning(holder.pid)) return true;
  // Its id may have been given to another process, in a container often to the very next one.
  const started = startOf(holder.pid);
  return started !== null && started !== holder.started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function self(): Omit<Holder, "token"> {
  const boot = orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const pids = orNull(() => readlinkSync("/proc/self/ns/pid"));
  const space = boot === null ? null : `${boot} ${pids}`;
  return { pid: process.pid, host: hostname(), space, started: startOf(process.pid) };
}

/** Field 22 of Linux's `/proc/PID/stat`; the name before it may hold spaces and brackets. */
function startOf(pid: number): string | null {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A process that was killed and not yet collected does nothing any more.
  return fields[0] === "Z" ? "ended" : (fields[19] ?? null);
}

function orNull(find: () => string): string | null {
  try {
    return find();
  } catch {
    return null;
  }
}

function locked(journal: string, path: string, holder: Holder | undefined): JournalError {
  return new JournalError("journal_locked", {
    path: journal,
    cause: `The journal is in use by ${inWords(holder)}.`,
    fix: `End that process or name another file; if it no longer exists, delete ${path}.`,
  });
}

function inWords(holder: Holder | undefined): string {
  return holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
}
