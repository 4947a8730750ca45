// JavaScript source for plain data.

import { isObject, type Json } from "../json.js";

/** Code that stands in the place of a value, by where the value stands: see {@link placeOf}. */
export type Holes = ReadonlyMap<string, string>;

/** The key of a place in {@link Holes}. */
export function placeOf(path: readonly (string | number)[]): string {
  return JSON.stringify(path);
}

/** A value as an expression, indented by so many spaces from its second line on. */
export function sourceOf(
  value: Json,
  indent = 0,
  holes: Holes = new Map(),
  path: readonly (string | number)[] = [],
): string {
  const hole = holes.get(placeOf(path));
  if (hole !== undefined) return hole;
  const inside = (member: Json, step: string | number) =>
    sourceOf(member, indent + 2, holes, [...path, step]);
  if (Array.isArray(value)) {
    return block(
      "[",
      value.map((item, at) => inside(item, at)),
      "]",
      indent,
    );
  }
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value as Record<string, Json>);
  return block(
    "{",
    members.map(([name, member]) => `${keyOf(name)}: ${inside(member, name)}`),
    "}",
    indent,
  );
}

const width = 80;

function block(open: string, items: readonly string[], close: string, indent: number): string {
  const space = open === "{" && items.length > 0 ? " " : "";
  const line = open + space + items.join(", ") + space + close;
  if (!line.includes("\n") && line.length + indent <= width) return line;
  const pad = " ".repeat(indent);
  return `${open}\n${items.map((item) => `${pad}  ${item},\n`).join("")}${pad}${close}`;
}

function keyOf(name: string): string {
  // Written plainly, it would set the object's prototype.
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
