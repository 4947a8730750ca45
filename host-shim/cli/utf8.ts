// Whether bytes are text in UTF-8, and in which line they cease to be.

import { RowFault } from "./csv.js";

/** Hands bytes on; throws where they are no UTF-8, which would reach people as replacement characters. */
export async function* checkUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let ended = 0;
  /** The line that has no end yet. */
  let open: Uint8Array[] = [];
  const check = (chunk: Uint8Array | undefined) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw fault(Buffer.concat(chunk === undefined ? open : [...open, chunk]), ended);
    }
  };
  for await (const chunk of bytes) {
    check(chunk);
    const last = chunk.lastIndexOf(lineFeed);
    if (last >= 0) open = [];
    open.push(chunk.subarray(last + 1));
    ended += linesEnded(chunk);
    yield chunk;
  }
  check(undefined);
}

const lineFeed = 0x0a;

function linesEnded(chunk: Uint8Array): number {
  let count = 0;
  for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) count += 1;
  return count;
}

/** No character's bytes hold a line's end, so each line can be looked at by itself. */
function fault(lines: Buffer, before: number): RowFault {
  const marked =
    before === 0 && [0xfeff, 0xfffe].includes(lines.length > 1 ? lines.readUInt16BE() : 0);
  if (marked) return new RowFault(1, "it is text in UTF-16; save it as UTF-8");
  let number = before;
  for (let from = 0; ; number += 1) {
    const end = lines.indexOf(lineFeed, from);
    const line = lines.subarray(from, end < 0 ? undefined : end);
    if (end < 0 || !isUtf8(line)) break;
    from = end + 1;
  }
  return new RowFault(number + 1, "it is not text in UTF-8; save the file as UTF-8");
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
