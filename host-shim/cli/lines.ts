// Lines from a stream of bytes, with no more than one of them in memory.

const newline = 0x0a;
const blanks = [0x09, 0x0d, 0x20];

/** Cuts bytes into lines. Blank lines are left out. */
export class LineSplitter {
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #blank = true;
  #number = 0;

  /** Of a line longer than `limit` bytes, only one byte more than that is kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of the line given last, counted from 1; those left out count too. */
  get number(): number {
    return this.#number;
  }

  /** Takes bytes in, and gives every line that they complete. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end < 0) break;
      this.#keep(chunk.subarray(start, end));
      yield* this.end();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** Gives the last line, which may end without a line break. */
  *end(): Generator<Uint8Array> {
    const line = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    const blank = this.#blank;
    this.#parts = [];
    this.#length = 0;
    this.#blank = true;
    this.#number += 1;
    if (line !== undefined && !blank) yield line;
  }

  #keep(part: Uint8Array): void {
    if (this.#blank) this.#blank = part.every((byte) => blanks.includes(byte));
    const room = this.#limit + 1 - this.#length;
    if (room <= 0 || part.length === 0) return;
    const kept = part.subarray(0, room);
    this.#parts.push(kept);
    this.#length += kept.length;
  }
}

/** The bytes without the mark that some Windows programs put before UTF-8. */
export function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return marked ? bytes.subarray(3) : bytes;
}
