// What the program writes: in large pieces, no faster than it is read, and nothing that a terminal
// would act upon.

import { exitCode, Failure, systemReason } from "./exit.js";

/** Whoever read the output has left, as `head` does: a reason to stop, but no failure. */
export class OutputClosed extends Error {}

/** Text on its way to a stream. */
export class Output {
  readonly #stream: NodeJS.WritableStream;
  #pending = "";

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    // Every failure also reaches the callback of the write that met it.
    stream.on("error", () => {});
  }

  /** Adds text; it goes out at the next `flush`. */
  write(text: string): void {
    this.#pending += text;
  }

  /** Whether enough has gathered to be worth a system call. */
  get full(): boolean {
    return this.#pending.length >= pieceLength;
  }

  /** Writes what has gathered and waits until it has been taken. */
  async flush(): Promise<void> {
    const text = this.#pending;
    if (text === "") return;
    this.#pending = "";
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(refused(error)) : resolve()));
    });
  }
}

const pieceLength = 1 << 16;

/** Shows control characters, which a hostile settings file could hold, instead of sending them. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `\\u{${point.toString(16)}}`;
  });
}

function refused(error: NodeJS.ErrnoException): Error {
  const gone = error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED";
  if (gone) return new OutputClosed();
  return new Failure(exitCode.file, `the output cannot be written: ${systemReason(error)}`);
}
