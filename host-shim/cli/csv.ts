// Rows of a CSV file. The parser is bundled into this file when the package is built.

import { pipeline, Readable } from "node:stream";
import { CsvError, type Options, parse } from "csv-parse";

/** How a CSV file is read. */
export interface CsvOptions {
  readonly delimiter: string;
  /** The longest record, in bytes. */
  readonly longest: number;
  /** Is told of each record that is none, which is then left out. Without it, the first one throws. */
  readonly onFault?: (fault: CsvFault) => void;
}

/** Something that is wrong with a CSV file. It holds no value of it. */
export class CsvFault extends Error {
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
  { delimiter, longest, onFault }: CsvOptions,
): AsyncGenerator<Record<string, string>, void, undefined> {
  const options: Options = {
    bom: true,
    columns: columnsOf,
    delimiter,
    max_record_size: longest,
    skip_empty_lines: true,
    ...(onFault && {
      skip_records_with_error: true,
      on_skip: (error) => void onFault(faultOf(error)),
    }),
  };
  const parser = parse(options);
  // What fails is thrown by the loop below.
  pipeline(Readable.from(bytes), parser, () => {});
  try {
    for await (const record of parser) yield record as Record<string, string>;
  } catch (error) {
    throw error instanceof CsvError ? faultOf(error) : error;
  }
}

/** Two columns of one name would be one column, and one of them lost. */
function columnsOf(header: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  const unnamed = names.indexOf("");
  if (unnamed >= 0) throw new CsvFault(1, `column ${unnamed + 1} has no name`);
  const again = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (again >= 0) throw new CsvFault(1, `column ${again + 1} has the name of another one`);
  return names;
}

function faultOf(error: unknown): CsvFault {
  const { code = "", lines } = (error ?? {}) as { code?: string; lines?: unknown };
  return new CsvFault(
    typeof lines === "number" ? lines : 1,
    reasons[code] ?? `it is no CSV (${code})`,
  );
}

/** The parser's own words hold values of the file. */
const reasons: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: "a quote is followed by something other than the end of its value",
  CSV_MAX_RECORD_SIZE: "it is longer than any row can be, perhaps for want of a closing quote",
  CSV_QUOTE_NOT_CLOSED: "a quote is never closed",
  CSV_RECORD_INCONSISTENT_COLUMNS: "it has more or fewer values than there are columns",
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "it has more or fewer values than there are columns",
  INVALID_OPENING_QUOTE: "there is a quote within a value that does not begin with one",
};
