// Takes from an event what the core asked for, and packs it into one text: texts cross into wasm at
// a fraction of an object's cost. The format is described in src/event/fields.rs.

import type { ReadStep } from "./types.js";

/** What the core says may be read, and how large an event may be. */
export interface ReadPlan {
  readonly reads: readonly (readonly ReadStep[])[];
  readonly shapes: readonly (readonly ReadStep[])[];
  readonly maxBytes: number;
  readonly maxDepth: number;
}

const separator = "\u001f";

// Every value begins with the separator: each concatenation less is measurable.
const absent = separator;
const asNull = `${separator}z`;
const asTrue = `${separator}t`;
const asFalse = `${separator}f`;
const asNumber = `${separator}n`;
const asString = `${separator}s`;
const asJson = `${separator}j`;
const notUnicode = `${separator}x`;
const unreadable = `${separator}!`;

/** Packs an event. It never throws: an event that cannot be read is reported as such. */
export function packFields(event: unknown, plan: ReadPlan): string {
  try {
    if (!isObject(event) || Array.isArray(event)) return "o";
    let packed = size(event, plan.maxBytes, plan.maxDepth);
    if (packed !== "-") return packed;
    for (const steps of plan.reads) packed += field(find(event, steps));
    for (const steps of plan.shapes) packed += separator + shape(find(event, steps));
    return packed;
  } catch {
    return "!";
  }
}

/** The value at a path, by own properties and array indices only. */
function find(root: object, steps: readonly ReadStep[]): unknown {
  let value: unknown = root;
  for (const step of steps) {
    if (!isObject(value) || Array.isArray(value) !== (typeof step === "number")) return undefined;
    if (!Object.hasOwn(value, step)) return undefined;
    value = (value as Record<ReadStep, unknown>)[step];
  }
  return value;
}

function shape(value: unknown): "" | "o" | "v" {
  if (value === undefined || value === null) return "";
  return typeof value === "object" && !Array.isArray(value) ? "o" : "v";
}

function field(value: unknown): string {
  switch (typeof value) {
    case "string":
      if (!isWellFormed(value)) return notUnicode;
      return value.includes(separator) ? asJson + JSON.stringify(value) : asString + value;
    case "number":
      return Number.isFinite(value) ? asNumber + value : asNull;
    case "boolean":
      return value ? asTrue : asFalse;
    case "object": {
      if (value === null) return asNull;
      const json: string | undefined = JSON.stringify(value);
      return json === undefined ? absent : asJson + json;
    }
    case "bigint":
      return unreadable;
    default:
      return absent;
  }
}

/** One character takes 1 to 6 bytes in JSON, so most events are known to be small by their length. */
const longestCharacter = 6;

/** `-` if the event is within its limits as JSON text, `l`, `d` or `!` if it is not. */
function size(event: object, maxBytes: number, maxDepth: number): "-" | "l" | "d" | "!" {
  const most = maxBytes * longestCharacter;
  const characters = count(event, maxDepth, most);
  if (characters * longestCharacter <= maxBytes) return "-";
  const isDeep = characters === Infinity;
  if (!isDeep && characters > most) return "l";
  if (!isDeep && mostBytes(event) <= maxBytes) return "-";
  let json: string;
  try {
    // What nests too deep was not counted to its end, and may have none.
    json = JSON.stringify(event, isDeep ? limited(most) : undefined);
  } catch (error) {
    if (error === tooLarge) return "l";
    // It nests deeper than the stack, or else it refers to itself or holds what JSON cannot.
    return error instanceof RangeError ? "d" : "!";
  }
  if (byteLength(json) > maxBytes) return "l";
  return isDeep ? "d" : "-";
}

const tooLarge = Symbol("too large");

/** A replacer that replaces nothing, but gives up after so many values. */
function limited(most: number): (name: string, value: unknown) => unknown {
  let left = most;
  return (_, value) => {
    left -= 1;
    if (left < 0) throw tooLarge;
    return value;
  };
}

/**
 * About how many characters the JSON has; infinite if it nests too deep. Once it is more than
 * `most`, the rest is not counted: an object that is shared on every level has no end to speak of.
 */
function count(value: object, depth: number, most: number): number {
  if (depth === 0) return Infinity;
  let characters = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      characters +=
        1 + (isObject(item) ? count(item, depth - 1, most - characters) : lengthOf(item));
      if (characters > most) break;
    }
    return characters;
  }
  for (const name in value) {
    const member: unknown = (value as Record<string, unknown>)[name];
    // JSON leaves it out.
    if (member === undefined) continue;
    characters +=
      name.length +
      4 +
      (isObject(member) ? count(member, depth - 1, most - characters) : lengthOf(member));
    if (characters > most) break;
  }
  return characters;
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length + 2 : 4;
}

/**
 * How many bytes the JSON has at most: hardly more than it has, at a third of the cost of writing
 * it. Infinite for what writes itself in its own way, as a date does.
 */
function mostBytes(value: unknown): number {
  if (typeof value === "string") return mostTextBytes(value);
  if (!isObject(value)) return typeof value === "number" ? `${value}`.length : 5;
  if ("toJSON" in value) return Infinity;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += 1 + mostBytes(item);
    return bytes;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return Infinity;
  for (const name in value) {
    bytes += 2 + mostTextBytes(name) + mostBytes((value as Record<string, unknown>)[name]);
  }
  return bytes;
}

function mostTextBytes(text: string): number {
  let bytes = text.length + 2;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80 && unit < 0x800) bytes += 1;
    else if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) bytes += 2;
    else if (unit < 0x20 || unit >= 0x80 || unit === 0x22 || unit === 0x5c) {
      bytes += longestCharacter - 1;
    }
  }
  return bytes;
}

/** The bytes of a text in UTF-8. */
function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // Both halves of a surrogate pair together take four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Half of a surrogate pair is no character. */
export function isWellFormed(text: string): boolean {
  const own = (text as { isWellFormed?: () => boolean }).isWellFormed;
  return own === undefined ? !/\p{Surrogate}/u.test(text) : own.call(text);
}
