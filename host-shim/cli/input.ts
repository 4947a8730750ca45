// The rows that `send` reads: where from, in which form, and what can be said of them before any is
// sent.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { EventInput } from "../index.js";
import { CsvFault, csvRecords } from "./csv.js";
import { longestEvent } from "./each-line.js";
import { exitCode, Failure, systemReason } from "./exit.js";
import { LineSplitter, withoutByteOrderMark } from "./lines.js";
import { checkUtf8 } from "./utf8.js";

/** How rows are written. */
export type Format = "csv" | "ndjson";

/** Where rows come from. */
export interface Input {
  /** The file; standard input if there is none. */
  readonly file: string | undefined;
  readonly format: Format;
  /** What stands between the values of a CSV file. */
  readonly delimiter: string;
  /** The columns that are read; a CSV file without any of them is taken for a mistake. */
  readonly columns?: readonly string[];
}

/** What a look through a whole file tells. */
export interface Survey {
  /** How many rows there are. */
  readonly rows: number;
  /** The SHA-256 of its bytes. */
  readonly hash: string;
}

/** The rows. Once the signal aborts, no more come. */
export async function* readRows(
  input: Input,
  signal: AbortSignal,
): AsyncGenerator<EventInput, void, undefined> {
  const bytes = bytesOf(input.file, signal);
  try {
    if (input.format === "csv") yield* csvRecords(checkUtf8(bytes), csvOptions(input));
    else yield* lines(bytes);
  } catch (error) {
    throw error instanceof CsvFault
      ? new Failure(exitCode.file, ...told(input, [error], 1))
      : error;
  }
}

/** Looks through a file, so that what is wrong with it is known before anything is sent. */
export async function survey(input: Input, signal: AbortSignal): Promise<Survey> {
  const hash = createHash("sha256");
  const faults: CsvFault[] = [];
  let count = 0;
  let line = 0;
  const onFault = (fault: CsvFault) => {
    // What follows in a line that is damaged may well be taken for damage too.
    if (fault.line === line) return;
    line = fault.line;
    count += 1;
    if (faults.length < mostShown) faults.push(fault);
  };
  async function* hashed() {
    for await (const chunk of bytesOf(input.file, signal)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  let rows = 0;
  try {
    const found =
      input.format === "csv"
        ? csvRecords(checkUtf8(hashed()), { ...csvOptions(input), onFault })
        : lines(hashed());
    for await (const _ of found) rows += 1;
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    onFault(error);
  }
  if (count > 0 && !signal.aborted) {
    throw new Failure(exitCode.file, ...told(input, faults, count), "Nothing was sent.");
  }
  return { rows, hash: hash.digest("hex") };
}

const mostShown = 10;

function csvOptions({ delimiter, columns = [] }: Input) {
  return { delimiter, columns, longest: longestEvent };
}

function told({ file }: Input, faults: readonly CsvFault[], count: number): string[] {
  const source = sourceOf(file);
  const shown = faults.map(({ line, reason }) => `${source}, line ${line}: ${reason}`);
  const more = count - faults.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const splitter = new LineSplitter(longestEvent);
  let first = true;
  for await (const chunk of bytes) {
    yield* splitter.push(first ? withoutByteOrderMark(chunk) : chunk);
    first = false;
  }
  yield* splitter.end();
}

async function* bytesOf(
  file: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = file === undefined ? process.stdin : createReadStream(file);
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop);
  try {
    yield* stream;
  } catch (error) {
    if (signal.aborted) return;
    throw new Failure(exitCode.file, `${sourceOf(file)} cannot be read: ${systemReason(error)}`);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function sourceOf(file: string | undefined): string {
  return file === undefined ? "standard input" : `\`${file}\``;
}
