// Where a text stops being JSON. `JSON.parse` does not always say, and quotes the text around the
// place, in which a credential may stand; it also takes the last of two members of one name without
// a word, when one of them may be what keeps people from being texted.

/** The first thing that is wrong with a text. Lines and columns count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** What is wrong, in one sentence without a value of the text. */
  readonly cause: string;
  readonly fix: string;
}

/** Looks for the first fault of a text; a text without one is JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    const before = text.slice(0, error.at).split("\n");
    return {
      line: before.length,
      column: [...(before.at(-1) ?? "")].length + 1,
      cause: error.cause,
      fix: error.fix,
    };
  }
}

class Found extends Error {
  constructor(
    readonly at: number,
    override readonly cause: string,
    readonly fix: string,
  ) {
    super();
  }
}

const space = /[ \t\r\n]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** An object or array that is still open; an object knows its members so far. */
interface Open {
  readonly closing: "}" | "]";
  readonly names: Set<string> | undefined;
  empty: boolean;
}

/** Walks through the text without recursion, so that no depth can overflow the stack. */
function read(text: string): void {
  const open: Open[] = [];
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const takeString = (): boolean => {
    const end = endOfString(text, at);
    if (end !== undefined) at = end;
    return end !== undefined;
  };
  for (;;) {
    take(space);
    const inside = open.at(-1);
    if (inside?.empty && text[at] === inside.closing) {
      inside.empty = false;
      at += 1;
      open.pop();
    } else {
      if (inside !== undefined) inside.empty = false;
      if (inside?.names !== undefined) {
        const start = at;
        if (!takeString()) throw unexpected(text, at, "a member's name in double quotes");
        checkName(text.slice(start, at), inside.names, start);
        take(space);
        if (text[at] !== ":") throw unexpected(text, at, "`:`");
        at += 1;
        take(space);
      }
      const opening = text[at];
      if (opening === "{" || opening === "[") {
        at += 1;
        const object = opening === "{";
        const names = object ? new Set<string>() : undefined;
        open.push({ closing: object ? "}" : "]", names, empty: true });
        continue;
      }
      if (!takeString() && !take(scalar)) throw unexpected(text, at, "a value");
    }
    for (;;) {
      take(space);
      const around = open.at(-1);
      if (around === undefined) {
        if (at < text.length) throw unexpected(text, at, "the end of the file");
        return;
      }
      if (text[at] === ",") break;
      if (text[at] !== around.closing) throw unexpected(text, at, `\`,\` or \`${around.closing}\``);
      at += 1;
      open.pop();
    }
    at += 1;
  }
}

/** Where the string that begins here ends. A pattern would overflow on a long one. */
function endOfString(text: string, start: number): number | undefined {
  if (text[start] !== '"') return undefined;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') return at + 1;
    if (character < " ") return undefined;
    if (character !== "\\") continue;
    escaped.lastIndex = at;
    if (!escaped.test(text)) return undefined;
    at = escaped.lastIndex - 1;
  }
  return undefined;
}

function checkName(quoted: string, names: Set<string>, at: number): void {
  const name = JSON.parse(quoted) as string;
  if (names.has(name)) {
    throw new Found(
      at,
      "This member stands twice in its object.",
      "Remove one of the two: only the last would count.",
    );
  }
  names.add(name);
}

function unexpected(text: string, at: number, expected: string): Found {
  return new Found(at, `Expected ${expected}.`, remedy(text, at));
}

/** The usual mistakes have their own words. */
function remedy(text: string, at: number): string {
  const next = text[at];
  if (next === undefined) return "Close what is still open; the text may be incomplete.";
  if (next === "/" || next === "#") return "Remove the comment: JSON has none.";
  if (next === "'" || next === "“" || next === "”") return "Use plain double quotes.";
  if ((next === "}" || next === "]") && /,\s*$/.test(text.slice(Math.max(0, at - 200), at))) {
    return "Remove the comma before it.";
  }
  if (next === '"') {
    return endOfString(text, at) !== undefined
      ? "Put a comma between the two."
      : "Close the string on its own line, and write `\\` in it as `\\\\`.";
  }
  return "Correct the text at that place.";
}
