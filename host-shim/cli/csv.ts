// Rows of a CSV file. The parser is bundled into this file when the package is built.

import { pipeline, Readable } from "node:stream";
import { CsvError, type Options, parse } from "csv-parse";

/** How a CSV file is read. */
export interface CsvOptions {
  readonly delimiter: string;
  /** The columns that are read, of which the file must have one; it may have any if there are none. */
  readonly columns?: readonly string[];
  /** The longest record, in bytes. */
  readonly longest: number;
  /** Is told of each record that is none, which is then left out. Without it, the first one throws. */
  readonly onFault?: (fault: RowFault) => void;
}

/** Something that is wrong with a file of rows. It holds no value of it. */
export class RowFault extends Error {
  /** The line, counted from 1. */
  readonly line: number;
  /** What is wrong, as the end of a sentence. */
  readonly reason: string;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.line = line;
    this.reason = reason;
  }
}

/** The records of a CSV file whose first one names the columns: objects of texts. */
export async function* csvRecords(
  bytes: AsyncIterable<Uint8Array>,
  { delimiter, columns = [], longest, onFault }: CsvOptions,
): AsyncGenerator<Record<string, string>, void, undefined> {
  let lastLine = 0;
  const options: Options = {
    bom: true,
    columns: (header: readonly string[]) => columnsOf(header, columns),
    delimiter,
    max_record_size: longest,
    on_record: (record, { lines }) => {
      lastLine = lines;
      return record;
    },
    skip_empty_lines: true,
    ...(onFault && {
      skip_records_with_error: true,
      on_skip: (error) => void onFault(faultOf(error, lastLine)),
    }),
  };
  const parser = parse(options);
  // What fails is thrown by the loop below.
  pipeline(Readable.from(bytes), parser, () => {});
  try {
    for await (const record of parser) yield record as Record<string, string>;
  } catch (error) {
    throw error instanceof CsvError ? faultOf(error, lastLine) : error;
  }
}

/** Two columns of one name would be one column, and one of them lost. */
function columnsOf(header: readonly string[], known: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  const unnamed = names.indexOf("");
  if (unnamed >= 0) throw new RowFault(1, `column ${unnamed + 1} has no name`);
  const again = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (again >= 0) {
    const first = names.indexOf(names[again] ?? "") + 1;
    throw new RowFault(1, `columns ${first} and ${again + 1} have the same name`);
  }
  if (known.length > 0 && !known.some((name) => names.includes(name))) {
    const read = known.map((name) => `\`${name}\``).join(", ");
    const why = "the first line names the columns, and --delimiter says what stands between them";
    throw new RowFault(1, `it has none of the columns that the settings read, ${read}; ${why}`);
  }
  return names;
}

/** `lastLine` is where the last row ended that was read. */
function faultOf(error: unknown, lastLine: number): RowFault {
  const { code = "", lines } = (error ?? {}) as { code?: string; lines?: unknown };
  const told = typeof lines === "number" ? lines : 1;
  // The parser finds out at the end of the file; people look for where the row begins.
  const line = code === "CSV_QUOTE_NOT_CLOSED" ? Math.min(lastLine + 1, told) : told;
  return new RowFault(line, reasons[code] ?? `it is no CSV (${code})`);
}

/** The parser's own words hold values of the file. */
const reasons: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: "a quote is followed by something other than the end of its value",
  CSV_MAX_RECORD_SIZE: "it is longer than any row can be, perhaps for want of a closing quote",
  CSV_QUOTE_NOT_CLOSED: "in this row or one after it, a quote is never closed",
  CSV_RECORD_INCONSISTENT_COLUMNS: "it has more or fewer values than there are columns",
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "it has more or fewer values than there are columns",
  INVALID_OPENING_QUOTE: "there is a quote within a value that does not begin with one",
};
