// Events or rows from a text that comes in parts: lines of JSON, or CSV with a line of names.

import { CsvReader, type CsvRow, detectDelimiter } from "./csv.js";
import { LineReader } from "./ndjson.js";

/** How the text is written. */
export type BatchFormat = "csv" | "ndjson";

/** One event or row: its JSON, or why it could not be read. */
export type BatchRecord =
  | { readonly line: number; readonly json: string }
  | { readonly line: number; readonly fault: RecordFault };

/** Why a part of a text was not read. */
export interface RecordFault {
  /** Which fault: stable, for programs. */
  readonly code:
    | "column_repeated"
    | "column_unnamed"
    | "quote_misplaced"
    | "row_too_long"
    | "too_many_cells";
  /** What is wrong, in one sentence. It never holds what stands in the text. */
  readonly cause: string;
  /** What to do about it, in one sentence. */
  readonly fix: string;
}

/** The most characters that one event or row may have: no settings take a larger one. */
export const longestRecord = 1 << 20;

/** Lines of JSON if the text begins like an object, else CSV. */
export function detectFormat(start: string): BatchFormat {
  return /^\ufeff?\s*[{[]/.test(start) ? "ndjson" : "csv";
}

/** Reads records from a text that comes in parts. */
export interface RecordReader {
  /** Takes a part in, and gives every record that it completes. */
  push(part: string): Iterable<BatchRecord>;
  /** Gives the last record, if it was not complete. */
  end(): Iterable<BatchRecord>;
}

/** A reader for a text that begins so. `start` should hold the whole first line. */
export function recordReader(start: string, format: BatchFormat): RecordReader {
  return format === "csv" ? new CsvRecords(detectDelimiter(start)) : new JsonRecords();
}

class JsonRecords implements RecordReader {
  readonly #lines = new LineReader(longestRecord);

  *push(part: string): Generator<BatchRecord> {
    for (const { line, text } of this.#lines.push(part)) yield { line, json: text };
  }

  *end(): Generator<BatchRecord> {
    for (const { line, text } of this.#lines.end()) yield { line, json: text };
  }
}

class CsvRecords implements RecordReader {
  readonly #rows: CsvReader;
  #names: readonly string[] | undefined;
  #stopped = false;

  constructor(delimiter: string) {
    this.#rows = new CsvReader(delimiter);
  }

  *push(part: string): Generator<BatchRecord> {
    if (this.#stopped) return;
    for (const row of this.#rows.push(part)) yield* this.#read(row);
    if (this.#rows.pending <= longestRecord) return;
    // A quote that is never closed would take the rest of the text in.
    this.#stopped = true;
    yield { line: this.#rows.line, fault: faults.row_too_long };
  }

  *end(): Generator<BatchRecord> {
    if (this.#stopped) return;
    for (const row of this.#rows.end()) yield* this.#read(row);
  }

  *#read({ line, cells, misquoted }: CsvRow): Generator<BatchRecord> {
    if (misquoted) {
      yield { line, fault: faults.quote_misplaced };
    } else if (this.#names === undefined) {
      this.#names = cells.map((cell) => cell.trim());
      for (const fault of faultsOfNames(this.#names)) yield { line, fault };
    } else if (cells.length > this.#names.length) {
      yield { line, fault: faults.too_many_cells };
    } else {
      const members = this.#names
        .slice(0, cells.length)
        .map((name, at) => [name, cells[at]] as const);
      const row = Object.fromEntries(members.filter(([name]) => name !== ""));
      yield { line, json: JSON.stringify(row) };
    }
  }
}

function faultsOfNames(names: readonly string[]): RecordFault[] {
  const named = names.filter((name) => name !== "");
  const found: RecordFault[] = [];
  if (new Set(named).size < named.length) found.push(faults.column_repeated);
  if (named.length < names.length) found.push(faults.column_unnamed);
  return found;
}

const faults = {
  column_repeated: {
    code: "column_repeated",
    cause: "Several columns have the same name, and only the last of them is read.",
    fix: "Give each column a name of its own.",
  },
  column_unnamed: {
    code: "column_unnamed",
    cause: "A column has no name, and is not read.",
    fix: "Name it in the first line, or take it out.",
  },
  quote_misplaced: {
    code: "quote_misplaced",
    cause: "A quote is not closed, or something follows the closing quote.",
    fix: "Write a quote within quotes twice.",
  },
  row_too_long: {
    code: "row_too_long",
    cause: "The row is longer than any row may be, and nothing after it is read.",
    fix: "Look for a quote that is not closed.",
  },
  too_many_cells: {
    code: "too_many_cells",
    cause: "The row has more cells than there are names in the first line.",
    fix: "Put quotes around cells that hold a delimiter.",
  },
} as const satisfies Record<RecordFault["code"], RecordFault>;
