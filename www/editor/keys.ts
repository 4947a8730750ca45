// What the editor does by itself while JSON is typed: it closes brackets and quotes, types over
// what it closed, and keeps the indentation. Every change goes through the browser's own editing,
// so that it can be undone.

const closing: Record<string, string> = { "{": "}", "[": "]", '"': '"' };

/** A change to a text: what replaces the selection, and where the caret stands then. */
export interface Edit {
  /** What is inserted in place of the range. */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
  /** The caret afterwards. */
  readonly caret: number;
}

/** Whether a key can do anything beyond the browser's own. */
export function mayEdit(key: string): boolean {
  return key === "Enter" || key === "Backspace" || '{}[]"'.includes(key);
}

/** What a key does beyond the browser's own; nothing if the browser's own is right. */
export function editFor(key: string, text: string, from: number, to: number): Edit | undefined {
  const before = text[from - 1] ?? "";
  const after = text[to] ?? "";
  if (key === "Enter") return newLine(text, from, to);
  if (from === to && Object.values(closing).includes(key) && after === key) {
    if (key !== '"' || before !== "\\") return { insert: "", from, to, caret: from + 1 };
  }
  if (key === '"' && inString(text, from)) return undefined;
  const close = closing[key];
  if (close !== undefined && from === to && /^[\s,:}\]]?$/.test(after) && !inString(text, from)) {
    return { insert: key + close, from, to, caret: from + 1 };
  }
  if (key === "Backspace" && from === to && from > 0 && closing[before] === after) {
    if (before !== '"' || !inString(text, from - 1)) {
      return { insert: "", from: from - 1, to: to + 1, caret: from - 1 };
    }
  }
  return undefined;
}

function newLine(text: string, from: number, to: number): Edit {
  const lineStart = text.lastIndexOf("\n", from - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, from))?.[0] ?? "";
  const opens = /[{[]$/.test(text.slice(lineStart, from).trimEnd());
  const closes = /^[ \t]*[}\]]/.test(text.slice(to, to + 80));
  const inner = opens ? `${indent}  ` : indent;
  const tail = opens && closes ? `\n${indent}` : "";
  return { insert: `\n${inner}${tail}`, from, to, caret: from + 1 + inner.length };
}

/** Whether the offset lies inside a string; strings never span lines. */
function inString(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return (line.replaceAll(/\\./g, "").match(/"/g) ?? []).length % 2 === 1;
}
