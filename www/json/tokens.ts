// The words of one line of JSON, for colouring. A JSON string never spans lines, so each line can
// be read alone.

/** What a word is. */
export type TokenKind = "name" | "string" | "number" | "literal" | "mark" | "fault" | "space";

/** A word and where it begins in its line. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

const words =
  /(?<name>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*"?)|(?<number>-?\d[\d.eE+-]*)|(?<literal>true|false|null)\b|(?<mark>[{}[\],:]+)|(?<space>\s+)|(?<fault>[^\s"{}[\],:]+)/g;

/** Reads one line. The texts of the tokens together are the line. */
export function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  for (const found of line.matchAll(words)) {
    tokens.push({ kind: kindOf(found.groups ?? {}), text: found[0], at: found.index });
  }
  return tokens;
}

function kindOf(groups: Record<string, string | undefined>): TokenKind {
  if (groups.name !== undefined) return "name";
  if (groups.string !== undefined) return "string";
  if (groups.number !== undefined) return "number";
  if (groups.literal !== undefined) return "literal";
  if (groups.mark !== undefined) return "mark";
  return groups.space !== undefined ? "space" : "fault";
}
