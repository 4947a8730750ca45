// Lines of JSON in parts.

/** A line that is not blank. */
export interface Line {
  /** Counted from 1; blank lines count too. */
  readonly line: number;
  /** The line, or its beginning if it is longer than it may be. */
  readonly text: string;
}

/** Cuts a text that comes in parts into lines, and keeps no more than one of them. */
export class LineReader {
  readonly #most: number;
  #text = "";
  #line = 1;

  /** Of a line longer than `most` characters, only one character more than that is kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a part in, and gives every line that it completes. */
  *push(part: string): Generator<Line> {
    let start = 0;
    for (;;) {
      const end = part.indexOf("\n", start);
      if (end < 0) break;
      this.#keep(part.slice(start, end));
      yield* this.end();
      start = end + 1;
    }
    this.#keep(part.slice(start));
  }

  /** Gives the last line, which may end without a line break. */
  *end(): Generator<Line> {
    const line = { line: this.#line, text: this.#text };
    this.#text = "";
    this.#line += 1;
    if (line.text.trim() !== "") yield line;
  }

  #keep(part: string): void {
    const room = this.#most + 1 - this.#text.length;
    if (room > 0) this.#text += part.slice(0, room);
  }
}
