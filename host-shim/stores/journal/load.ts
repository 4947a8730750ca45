// Reading a journal back. Only the last line may be torn: it was being written when the process or
// the power went, so nobody was answered for it. Where another line begins after a damaged one, that
// one had been saved.

import type { Disk, DiskFile } from "./disk.js";
import { JournalError } from "./error.js";
import type { Place } from "./index-table.js";
import {
  beginsLine,
  type Entry,
  firstSum,
  follows,
  longestHeader,
  readHeader,
  readLine,
  version,
} from "./lines.js";

/** Is told of a cell, and where in the file it stands. */
export type Take = (entry: Entry, place: Place) => void;

/**
 * Takes in what a journal holds, in the order in which it was saved. Answers with the open file, or
 * with nothing if there is none.
 */
export async function load(disk: Disk, path: string, take: Take): Promise<DiskFile | undefined> {
  const plain = await disk.isFile(path);
  if (plain === undefined) return undefined;
  if (!plain) throw foreign(path);
  const file = await disk.openToRead(path);
  try {
    await loadLines(file, path, take);
    return file;
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
}

async function loadLines(file: DiskFile, path: string, take: Take): Promise<void> {
  let number = 0;
  let sum = firstSum;
  let damaged: number | undefined;
  let sealed = false;
  for await (const { bytes, whole, offset } of linesOf(file)) {
    number += 1;
    if (number === 1) {
      checkHeader(bytes, path);
      continue;
    }
    if (damaged !== undefined) {
      if (beginsLine(bytes, 0)) throw corrupt(path, damaged);
      continue;
    }
    const line = whole ? readLine(bytes) : undefined;
    if (line !== undefined && follows(line, sum)) {
      line.spans.forEach(({ start, length }, index) => {
        const entry = line.entries[index];
        if (entry !== undefined) take(entry, { offset: offset + start, length });
      });
      sum = line.sum;
      if (line.entries.length === 0) sealed = true;
      continue;
    }
    damaged = number;
    // Its own end may be what is damaged.
    if (beginsLine(bytes, 1)) throw corrupt(path, damaged);
  }
  if (number === 0) throw foreign(path);
  if (!sealed) throw cutOff(path, damaged ?? number);
}

interface RawLine {
  readonly bytes: Uint8Array;
  /** Whether it has its end. */
  readonly whole: boolean;
  readonly offset: number;
}

async function* linesOf(file: DiskFile): AsyncGenerator<RawLine> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let pieces: Buffer[] = [];
  let first = true;
  let offset = 0;
  for (;;) {
    const part = chunk.subarray(0, await file.read(chunk));
    if (part.length === 0) break;
    let from = 0;
    for (let to = part.indexOf(lineFeed); to >= 0; to = part.indexOf(lineFeed, from)) {
      const bytes = Buffer.concat([...pieces, part.subarray(from, to)]);
      yield { bytes, whole: true, offset };
      offset += bytes.length + 1;
      pieces = [];
      from = to + 1;
      first = false;
    }
    if (from < part.length) pieces.push(Buffer.from(part.subarray(from)));
    // A foreign file can be of any size and have no lines.
    if (first && part.length > longestHeader) break;
  }
  if (pieces.length > 0) yield { bytes: Buffer.concat(pieces), whole: false, offset };
}

const chunkBytes = 1 << 20;
const lineFeed = 0x0a;

function checkHeader(bytes: Uint8Array, path: string): void {
  const found = readHeader(bytes);
  if (found === "foreign") throw foreign(path);
  if (found.version > version) throw newer(path, found.version);
}

function foreign(path: string): JournalError {
  return new JournalError("journal_foreign", {
    path,
    cause: "There is something here that is no journal.",
    fix: "Name another file; this one was left as it is.",
  });
}

function newer(path: string, found: number): JournalError {
  return new JournalError("journal_newer", {
    path,
    cause: `The journal is of version ${found}, and this code reads up to version ${version}.`,
    fix: "Use the version of twilio-destination that wrote it, or a newer one.",
  });
}

function corrupt(path: string, line: number): JournalError {
  return new JournalError("journal_corrupt", {
    path,
    line,
    cause: "The line is damaged or one before it is missing, and more was saved after it.",
    fix: "Bring the file back from a copy; without that line, what it says was sent could be sent again.",
  });
}

function cutOff(path: string, line: number): JournalError {
  return new JournalError("journal_corrupt", {
    path,
    line,
    cause: "The file is damaged or ends here, in a part that no crash can have cut short.",
    fix: "Bring the file back from a whole copy; without the rest, what it says was sent could be sent again.",
  });
}
