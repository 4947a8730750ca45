import { createReadStream } from "node:fs";
import { exitCode, Failure, systemReason } from "./exit.js";
import { LineSplitter, withoutByteOrderMark } from "./lines.js";
import type { Output } from "./output.js";

/** The most that `max_event_bytes` can be: any longer line is too large, whatever it holds. */
export const longestEvent = 1 << 20;

/** What to do with the lines of an input. */
export interface LineWork {
  /** Of a longer line, only one byte more than that is handed on. */
  readonly longest: number;
  /** What to write for a line, if anything. Lines are counted from 1, blank ones too. */
  readonly answer: (line: Uint8Array, number: number) => string | undefined;
}

/**
 * Answers each line of a file, or of standard input, with a line, without waiting for the next.
 * Blank lines are skipped.
 */
export async function eachLine(
  name: string | undefined,
  out: Output,
  { longest, answer }: LineWork,
): Promise<void> {
  const splitter = new LineSplitter(longest);
  const answerAll = async (lines: Iterable<Uint8Array>) => {
    for (const line of lines) {
      const text = answer(line, splitter.number);
      if (text === undefined) continue;
      out.write(`${text}\n`);
      if (out.full) await out.flush();
    }
    await out.flush();
  };
  let first = true;
  for await (const chunk of bytes(name)) {
    await answerAll(splitter.push(first ? withoutByteOrderMark(chunk) : chunk));
    first = false;
  }
  await answerAll(splitter.end());
}

async function* bytes(name: string | undefined): AsyncGenerator<Uint8Array> {
  const standardInput = name === undefined || name === "-";
  try {
    yield* standardInput ? process.stdin : createReadStream(name);
  } catch (error) {
    const source = standardInput ? "standard input" : `\`${name}\``;
    throw new Failure(exitCode.file, `${source} cannot be read: ${systemReason(error)}`);
  }
}
