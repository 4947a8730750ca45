// The journal's file: a line that names the format, then one line for each time cells were saved.
//
//     {"format":"twilio-destination-journal","version":1}
//     {"sum":"0f1e2d3c4b5a6978","cells":[[key,at,expiresAt,cell],…]}
//     {"sum":"8796a5b4c3d2e1f0","cells":[]}
//
// A line without cells ends what was written as a whole, when the file was last written anew: no
// crash can have cut that short. What is added since stands behind it.
//
// Cells that are saved together share a line, so that a line cut short takes nothing that was
// answered for. A later cell replaces an earlier one of its key; `null` removes it. Each sum is
// over the line's other bytes and the sum before it, so that a line cannot be lost unnoticed.

import { createHash } from "node:crypto";
import type { Kept } from "../shelf.js";

/** A cell with its key; `undefined` for one that was removed. */
export type Entry = readonly [key: string, cell: Kept | undefined];

/** Where in a line an entry stands. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/** A line of cells. */
export interface Line {
  readonly sum: string;
  readonly bytes: Uint8Array;
  readonly entries: readonly Entry[];
  /** Where each of them stands. */
  readonly spans: readonly Span[];
}

/** A line of cells, with its end. */
export type Written = Omit<Line, "entries">;

/** The first line's verdict on a file. */
export type Header = { readonly version: number } | "foreign";

/** The version that this code writes, and the newest that it reads. */
export const version = 1;

const format = "twilio-destination-journal";
const opening = bytesOf('"cells":[');
const comma = bytesOf(",");
const closing = bytesOf("]}");
const lineEnd = bytesOf("\n");
const headerText = JSON.stringify({ format, version });

/** The first line, as it is written. */
export const header = bytesOf(`${headerText}\n`);

/** What the sum of the first line of cells goes on from. */
export const firstSum = digest("", bytesOf(headerText));

/** No first line is longer than this. */
export const longestHeader = 256;

/** Reads the first line, without its end. */
export function readHeader(bytes: Uint8Array): Header {
  const found = parse(bytes) as { format?: unknown; version?: unknown } | undefined;
  const number = found?.version;
  const known = found?.format === format && typeof number === "number" && number >= 1;
  return known ? { version: number } : "foreign";
}

/** Writes a cell. */
export function writeEntry([key, cell]: Entry): Buffer {
  const times = `${cell?.at ?? 0},${cell?.expiresAt ?? null}`;
  return bytesOf(`[${JSON.stringify(key)},${times},${cell?.text ?? null}]`);
}

/** Reads a cell. */
export function readEntry(bytes: Uint8Array): Entry | undefined {
  return entryOf(parse(bytes));
}

/** Writes a line of entries that follows the one with the sum `previous`. */
export function writeLine(entries: readonly Uint8Array[], previous: string): Written {
  const commas = entries.flatMap((entry, at) => (at === 0 ? [entry] : [comma, entry]));
  const rest = Buffer.concat([opening, ...commas, closing]);
  const sum = digest(previous, rest);
  const bytes = Buffer.concat([bytesOf(start(sum)), rest, lineEnd]);
  return { sum, bytes, spans: spansOf(entries.map(({ length }) => length)) };
}

/** The line that ends what is written as a whole. */
export function seal(previous: string): Written {
  return writeLine([], previous);
}

/** Reads a line of cells, without its end. Whether its sum is right is another question. */
export function readLine(bytes: Uint8Array): Line | undefined {
  const found = parse(bytes) as { sum?: unknown; cells?: unknown } | undefined;
  if (typeof found?.sum !== "string" || !Array.isArray(found.cells)) return undefined;
  const entries: Entry[] = [];
  for (const cell of found.cells as unknown[]) {
    const entry = entryOf(cell);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  const around = start(found.sum).length + opening.length + closing.length;
  // What one entry leaves over is all its own; of more, each is as long as it was written.
  const lengths =
    entries.length === 1
      ? [bytes.length - around]
      : entries.map((entry) => writeEntry(entry).length);
  const commas = Math.max(entries.length - 1, 0);
  const all = lengths.reduce((sum, length) => sum + length, around + commas);
  if (all !== bytes.length) return undefined;
  return { sum: found.sum, bytes, entries, spans: spansOf(lengths) };
}

/** Whether a line of cells begins somewhere in what is no line, at this byte or later. */
export function beginsLine(bytes: Uint8Array, from: number): boolean {
  const text = Buffer.from(bytes).toString("latin1", from);
  return /\{"sum":"[0-9a-f]{16}","cells":\[/.test(text);
}

/** Whether a line is as it was written, and follows the one with the sum `previous`. */
export function follows({ sum, bytes }: Line, previous: string): boolean {
  const head = bytesOf(start(sum));
  const rest = bytes.subarray(head.length);
  return head.equals(bytes.subarray(0, head.length)) && digest(previous, rest) === sum;
}

function start(sum: string): string {
  return `{"sum":"${sum}",`;
}

function spansOf(lengths: readonly number[]): Span[] {
  let at = start(firstSum).length + opening.length;
  return lengths.map((length) => {
    const span = { start: at, length };
    at += length + comma.length;
    return span;
  });
}

function entryOf(value: unknown): Entry | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [key, at, expiresAt, cell] = value as unknown[];
  if (typeof key !== "string" || typeof at !== "number") return undefined;
  if (cell === null) return [key, undefined];
  if (typeof cell !== "object") return undefined;
  if (expiresAt !== null && typeof expiresAt !== "number") return undefined;
  return [key, { text: JSON.stringify(cell), at, expiresAt }];
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Half of a SHA-256 would do against chance; a quarter is short to read. */
function digest(previous: string, bytes: Uint8Array): string {
  return createHash("sha256").update(previous).update(bytes).digest("hex").slice(0, 16);
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, "utf8");
}
