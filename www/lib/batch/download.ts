// The table of decisions as a file, in parts, so that a long one need not be one text.

import type { BatchRow } from "./rows.js";

const columns = [
  "line",
  "type",
  "code",
  "cause",
  "fix",
  "mapping",
  "to",
  "country",
  "body",
  "segments",
  "warnings",
] as const satisfies readonly (keyof BatchRow)[];

/** The table as CSV (RFC 4180), a line at a time. */
export function* csvLines(rows: Iterable<BatchRow>): Generator<string> {
  yield `${columns.join(",")}\r\n`;
  for (const row of rows) yield `${columns.map((name) => cell(row[name])).join(",")}\r\n`;
}

/** The table as lines of JSON. */
export function* jsonLines(rows: Iterable<BatchRow>): Generator<string> {
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
}

function cell(value: BatchRow[keyof BatchRow]): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = guarded(typeof value === "string" ? value : value.join(" "));
  return /["\r\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets take a cell that begins so for a formula, and run it. */
function guarded(text: string): string {
  return /^[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
}
