// The lines that are in view: only these are coloured, so that a long text costs no more than a
// short one.

import { type Token, tokensOf } from "../json/tokens.js";

/** A part of a text that is marked. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly kind: "lit" | "problem" | "warning";
}

/** A piece of a line that looks the same throughout. */
export interface Piece {
  readonly text: string;
  readonly kind: Token["kind"];
  readonly marks: readonly Mark["kind"][];
}

/** Where each line begins. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The pieces of the line that begins at `start`. */
export function piecesOf(line: string, start: number, marks: readonly Mark[]): Piece[] {
  const inLine = marks.filter(({ from, to }) => from <= start + line.length && to > start);
  const pieces: Piece[] = [];
  for (const { kind, text, at } of tokensOf(line)) {
    const begin = start + at;
    const end = begin + text.length;
    const cuts = new Set([begin, end]);
    for (const { from, to } of inLine) {
      if (from > begin && from < end) cuts.add(from);
      if (to > begin && to < end) cuts.add(to);
    }
    const sorted = [...cuts].sort((a, b) => a - b);
    for (const [index, from] of sorted.slice(0, -1).entries()) {
      const to = sorted[index + 1] ?? end;
      const over = inLine.filter((mark) => mark.from < to && mark.to > from);
      pieces.push({
        text: text.slice(from - begin, to - begin),
        kind,
        marks: over.map((mark) => mark.kind),
      });
    }
  }
  return pieces;
}
