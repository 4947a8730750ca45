// Comma-separated values in parts, as RFC 4180 has them and as spreadsheets write them: any of four
// delimiters, any line break, quotes around what holds either.
//
// Own code, because whoever repairs a file needs the line that each row begins at, which no small
// parser tells; one of them would also need `unsafe-eval`.

/** A row of cells. */
export interface CsvRow {
  /** The line of the text that it begins at, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Whether something other than a delimiter follows a closing quote, or a quote is never closed. */
  readonly misquoted: boolean;
}

const delimiters = [",", ";", "\t", "|"];

/** The delimiter that occurs most often outside quotes in the first line; a comma if none does. */
export function detectDelimiter(start: string): string {
  const counts = new Map(delimiters.map((delimiter) => [delimiter, 0]));
  let quoted = false;
  for (const character of start) {
    if (character === '"') quoted = !quoted;
    if (quoted) continue;
    if (character === "\n" || character === "\r") break;
    const count = counts.get(character);
    if (count !== undefined) counts.set(character, count + 1);
  }
  const [best] = [...counts].sort(([, left], [, right]) => right - left);
  return best !== undefined && best[1] > 0 ? best[0] : ",";
}

/** Where in a cell the reader is. */
type Place =
  | "start"
  | "plain"
  | "quoted"
  /** Behind a quote that may close the cell, or be the first of two that stand for one. */
  | "quote";

/** Reads rows from a text that comes in parts. Blank lines are left out. */
export class CsvReader {
  readonly #delimiter: string;
  #place: Place = "start";
  #cells: string[] = [];
  #cell = "";
  #length = 0;
  #line = 1;
  #rowLine = 1;
  #rowIsQuoted = false;
  #misquoted = false;
  #afterReturn = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** How many characters of a row that is not yet complete are kept. */
  get pending(): number {
    return this.#length;
  }

  /** The line that the incomplete row begins at. */
  get line(): number {
    return this.#rowLine;
  }

  /** Takes a part in, and gives every row that it completes. */
  *push(part: string): Generator<CsvRow> {
    let kept = 0;
    const keep = (end: number) => {
      this.#cell += part.slice(kept, end);
      this.#length += end - kept;
    };
    for (let at = 0; at < part.length; at += 1) {
      const character = part[at] as string;
      const afterReturn = this.#afterReturn;
      this.#afterReturn = character === "\r";
      const isBreak = character === "\n" || character === "\r";
      // Both characters of a line break count once.
      if (isBreak && !(character === "\n" && afterReturn)) this.#line += 1;
      if (this.#place === "quoted") {
        if (character !== '"') continue;
        keep(at);
        kept = at + 1;
        this.#place = "quote";
      } else if (character === '"' && this.#place === "start") {
        this.#rowIsQuoted = true;
        this.#place = "quoted";
        kept = at + 1;
      } else if (character === '"' && this.#place === "quote") {
        // The second of two is kept with what follows.
        this.#place = "quoted";
        kept = at;
      } else if (character === this.#delimiter) {
        if (this.#place !== "quote") keep(at);
        kept = at + 1;
        this.#endCell();
      } else if (isBreak) {
        if (character === "\n" && afterReturn && this.#isFresh()) {
          kept = at + 1;
          this.#rowLine = this.#line;
          continue;
        }
        if (this.#place !== "quote") keep(at);
        kept = at + 1;
        yield* this.#endRow();
      } else {
        if (this.#place === "quote") this.#misquoted = true;
        this.#place = "plain";
      }
    }
    if (this.#place !== "quote") keep(part.length);
  }

  /** Gives the last row, which may end without a line break. */
  *end(): Generator<CsvRow> {
    if (this.#place === "quoted") this.#misquoted = true;
    if (!this.#isFresh()) yield* this.#endRow();
  }

  #isFresh(): boolean {
    return this.#place === "start" && this.#cells.length === 0 && this.#cell === "";
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#place = "start";
  }

  *#endRow(): Generator<CsvRow> {
    this.#endCell();
    const row = { line: this.#rowLine, cells: this.#cells, misquoted: this.#misquoted };
    const isBlank = row.cells.length === 1 && row.cells[0]?.trim() === "" && !this.#rowIsQuoted;
    this.#cells = [];
    this.#length = 0;
    this.#rowIsQuoted = false;
    this.#misquoted = false;
    this.#rowLine = this.#line;
    if (!isBlank) yield row;
  }
}
