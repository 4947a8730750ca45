// Where each value of a JSON text stands, so that a path can be shown in it.

import { holds, join } from "./paths.js";

/** A value and its place in the text, in UTF-16 code units. */
export interface Place {
  /** Its path, as the core writes it; the whole is "". */
  readonly path: string;
  /** Where its name begins, or the value itself where it has none. */
  readonly start: number;
  /** Where the value begins. */
  readonly from: number;
  /** Where the value ends. */
  readonly to: number;
}

interface Open {
  readonly at: number;
  readonly list: boolean;
  index: number;
}

const token = /[\s,:]*("(?:[^"\\]|\\.)*"|[{}[\]]|[^\s,:{}[\]"]+)/y;
/** Nothing deeper is read, and paths would grow with each level. */
const deepest = 100;

const colon = /\s*:/y;

/** The places of every value, outer before inner. In a text with a fault, those before the fault. */
export function placesOf(text: string): Place[] {
  const places: { path: string; start: number; from: number; to: number }[] = [];
  const open: Open[] = [];
  let name: { text: string; start: number } | undefined;
  token.lastIndex = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const word = found[1] ?? "";
    const to = token.lastIndex;
    const from = to - word.length;
    const inside = open.at(-1);
    if (word === "}" || word === "]") {
      const closed = open.pop();
      const place = closed && places[closed.at];
      if (place === undefined) break;
      place.to = to;
      continue;
    }
    if (inside !== undefined && !inside.list && name === undefined) {
      colon.lastIndex = to;
      if (!word.startsWith('"') || !colon.test(text)) break;
      name = { text: unquote(word), start: from };
      continue;
    }
    const around = inside === undefined ? "" : (places[inside.at]?.path ?? "");
    let path = "";
    if (inside?.list) {
      path = join(around, inside.index);
      inside.index += 1;
    } else if (name !== undefined) path = join(around, name.text);
    places.push({ path, start: name?.start ?? from, from, to });
    name = undefined;
    if (word === "{" || word === "[") {
      if (open.length === deepest) break;
      open.push({ at: places.length - 1, list: word === "[", index: 0 });
    }
  }
  for (const { at } of open) {
    const place = places[at];
    if (place !== undefined) place.to = text.length;
  }
  return places;
}

/** The innermost value whose name or value holds the offset. */
export function placeAt(places: readonly Place[], offset: number): Place | undefined {
  return places.findLast(({ start, to }) => start <= offset && offset <= to);
}

/** The place of a path, or of the closest value around it that is there. */
export function nearestPlace(places: readonly Place[], path: string): Place | undefined {
  let best: Place | undefined;
  for (const place of places) {
    if (holds(place.path, path) && (best === undefined || place.path.length >= best.path.length)) {
      best = place;
    }
  }
  return best;
}

function unquote(word: string): string {
  try {
    return JSON.parse(word) as string;
  } catch {
    return word;
  }
}
