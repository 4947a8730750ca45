// The rows that `send` reads: where from, in which form, and what can be said of them before any is
// sent.

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { EventInput } from "../index.js";
import { csvRecords, RowFault } from "./csv.js";
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

/** Rows of a file, which can be read twice. */
export interface FileInput extends Input {
  readonly file: string;
}

/** What a look through a whole file tells. */
export interface Survey {
  /** How many rows there are. */
  readonly rows: number;
  /** The SHA-256 of its bytes. */
  readonly hash: string;
  /** What tells the file, as it was, from another, or from the same after a change. */
  readonly stamp: string;
}

/** The rows. Once the signal aborts, no more come. They are those that were surveyed under `stamp`. */
export async function* readRows(
  input: Input,
  signal: AbortSignal,
  stamp?: string,
): AsyncGenerator<EventInput, void, undefined> {
  const { file } = input;
  const read = bytesOf(file, signal);
  const bytes = file === undefined || stamp === undefined ? read : unchanged(read, file, stamp);
  try {
    if (input.format === "csv") yield* csvRecords(checkUtf8(bytes), csvOptions(input));
    else for await (const { line } of lines(bytes)) yield line;
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    // What was cut off is not damaged.
    if (signal.aborted) return;
    throw new Failure(exitCode.file, ...told(input, [error], 1));
  }
}

/** Looks through a file, so that what is wrong with it is known before anything is sent. */
export async function survey(input: FileInput, signal: AbortSignal): Promise<Survey> {
  const { file } = input;
  const stamp = await stampOf(file);
  const hash = createHash("sha256");
  const faults: RowFault[] = [];
  let count = 0;
  let line = 0;
  const onFault = (fault: RowFault) => {
    // What follows in a line that is damaged may well be taken for damage too.
    if (fault.line === line) return;
    line = fault.line;
    count += 1;
    if (faults.length < mostShown) faults.push(fault);
  };
  async function* hashed() {
    for await (const chunk of unchanged(bytesOf(file, signal), file, stamp)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  let rows = 0;
  try {
    const found =
      input.format === "csv"
        ? csvRecords(checkUtf8(hashed()), { ...csvOptions(input), onFault })
        : goodLines(hashed(), onFault);
    for await (const _ of found) rows += 1;
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    onFault(error);
  }
  if (count > 0 && !signal.aborted) {
    throw new Failure(exitCode.file, ...told(input, faults, count), "Nothing was sent.");
  }
  return { rows, hash: hash.digest("hex"), stamp };
}

const mostShown = 10;

function csvOptions({ delimiter, columns = [] }: Input) {
  return { delimiter, columns, longest: longestEvent };
}

function told({ file }: Input, faults: readonly RowFault[], count: number): string[] {
  const source = sourceOf(file);
  const shown = faults.map(({ line, reason }) => `${source}, line ${line}: ${reason}`);
  const more = count - faults.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

interface NumberedLine {
  readonly line: Uint8Array;
  readonly number: number;
}

async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedLine> {
  const splitter = new LineSplitter(longestEvent);
  const numbered = function* (found: Iterable<Uint8Array>): Generator<NumberedLine> {
    for (const line of found) yield { line, number: splitter.number };
  };
  let first = true;
  for await (const chunk of bytes) {
    yield* numbered(splitter.push(first ? withoutByteOrderMark(chunk) : chunk));
    first = false;
  }
  yield* numbered(splitter.end());
}

/** The lines that can be rows; of the others, `onFault` is told. */
async function* goodLines(
  bytes: AsyncIterable<Uint8Array>,
  onFault: (fault: RowFault) => void,
): AsyncGenerator<Uint8Array> {
  for await (const { line, number } of lines(bytes)) {
    const reason = faultOf(line);
    if (reason === undefined) yield line;
    else onFault(new RowFault(number, reason));
  }
}

/** Whether it can be a row at all. A line that was cut off is none. */
export function canBeRow(row: EventInput): boolean {
  return !(row instanceof Uint8Array) || faultOf(row) === undefined;
}

function faultOf(line: Uint8Array): string | undefined {
  if (line.length > longestEvent) return "it is longer than any row can be";
  if (!isUtf8(line)) return "it is not text in UTF-8; save the file as UTF-8";
  try {
    const found: unknown = JSON.parse(Buffer.from(line).toString("utf8"));
    const isObject = typeof found === "object" && found !== null && !Array.isArray(found);
    return isObject ? undefined : "it is JSON, but no object";
  } catch {
    return "it is not JSON";
  }
}

/** Hands bytes on for as long as the file is the one that was looked through. */
async function* unchanged(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  stamp: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const check = async () => {
    if ((await stampOf(file)) === stamp) return;
    const why = "and rows are known by their numbers; bring it back as it was to go on";
    throw new Failure(exitCode.file, `\`${file}\` has changed while it was being read, ${why}`);
  };
  await check();
  for await (const chunk of bytes) {
    await check();
    yield chunk;
  }
  await check();
}

async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (found.isFile() || found.isDirectory()) {
    return [found.dev, found.ino, found.size, found.mtimeNs].join();
  }
  const fix = "hand it over on standard input, in place of FILE";
  throw new Failure(exitCode.file, `\`${file}\` is no file that can be read twice; ${fix}`);
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
    throw unreadable(file, error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function unreadable(file: string | undefined, error: unknown): Failure {
  return new Failure(exitCode.file, `${sourceOf(file)} cannot be read: ${systemReason(error)}`);
}

function sourceOf(file: string | undefined): string {
  return file === undefined ? "standard input" : `\`${file}\``;
}
