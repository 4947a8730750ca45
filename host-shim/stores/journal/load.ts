// Reading a journal back. Only the last line may be torn: it was being written when the process or
// the power went, so nobody was answered for it. Where another line begins after a damaged one, that
// one had been saved.

import type { Disk, DiskFile } from "./disk.js";
import { JournalError } from "./error.js";
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

/** Takes in what a journal holds, in the order in which it was saved; a missing file holds nothing. */
export async function load(disk: Disk, path: string, take: (entry: Entry) => void): Promise<void> {
  const plain = await disk.isFile(path);
  if (plain === undefined) return;
  if (!plain) throw foreign(path);
  const file = await disk.openToRead(path);
  try {
    await loadLines(file, path, take);
  } finally {
    await file.close();
  }
}

async function loadLines(
  file: DiskFile,
  path: string,
  take: (entry: Entry) => void,
): Promise<void> {
  let number = 0;
  let sum = firstSum;
  let damaged: number | undefined;
  for await (const { bytes, whole } of linesOf(file)) {
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
      line.entries.forEach(take);
      sum = line.sum;
      continue;
    }
    damaged = number;
    // Its own end may be what is damaged.
    if (beginsLine(bytes, 1)) throw corrupt(path, damaged);
  }
  if (number === 0) throw foreign(path);
}

interface RawLine {
  readonly bytes: Uint8Array;
  /** Whether it has its end. */
  readonly whole: boolean;
}

async function* linesOf(file: DiskFile): AsyncGenerator<RawLine> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let pieces: Buffer[] = [];
  let first = true;
  for (;;) {
    const part = chunk.subarray(0, await file.read(chunk));
    if (part.length === 0) break;
    let from = 0;
    for (let to = part.indexOf(lineFeed); to >= 0; to = part.indexOf(lineFeed, from)) {
      yield { bytes: Buffer.concat([...pieces, part.subarray(from, to)]), whole: true };
      pieces = [];
      from = to + 1;
      first = false;
    }
    if (from < part.length) pieces.push(Buffer.from(part.subarray(from)));
    // A foreign file can be of any size and have no lines.
    if (first && part.length > longestHeader) break;
  }
  if (pieces.length > 0) yield { bytes: Buffer.concat(pieces), whole: false };
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
