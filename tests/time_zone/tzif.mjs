// Reads what is needed of a TZif file (RFC 9636): the changes of its offset, and the rule that
// holds after the last of them.

/** The 64-bit part: `changes` as `[second, offset]` pairs, offsets in seconds, and the POSIX rule. */
export function readTzif(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.toString("latin1", 0, 4) !== "TZif") throw new Error("no TZif file");
  if (bytes[4] < 0x32) throw new Error("a TZif file of version 1 has no rule");
  const first = counts(view, 0);
  const second = 44 + bodyLength(first, 4);
  const { times, types } = counts(view, second);
  const at = second + 44;
  const typesAt = at + times * 8 + times;
  const offset = (type) => view.getInt32(typesAt + type * 6);
  const changes = [[Number.NEGATIVE_INFINITY, types === 0 ? 0 : offset(0)]];
  for (let index = 0; index < times; index += 1) {
    const second = Number(view.getBigInt64(at + index * 8));
    changes.push([second, offset(bytes[at + times * 8 + index])]);
  }
  const footer = bytes.toString("latin1", at + bodyLength(counts(view, second), 8));
  return { changes, rule: footer.trim() };
}

function counts(view, at) {
  const number = (index) => view.getUint32(at + 20 + index * 4);
  return {
    utc: number(0),
    standard: number(1),
    leaps: number(2),
    times: number(3),
    types: number(4),
    letters: number(5),
  };
}

function bodyLength({ utc, standard, leaps, times, types, letters }, size) {
  return times * (size + 1) + types * 6 + letters + leaps * (size + 4) + standard + utc;
}
