// JSON values, and how they are walked.

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [name: string]: Json;
}

/** Whether a value is an object, and neither a list nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A copy of a value with every text, number and member name replaced.
 *
 * `name` is the nearest member name above the value, or empty. `member` may answer for a member as
 * a whole; a member whose new name is `undefined` is left out. Nothing is assigned by name, so that
 * a member `__proto__` stays one.
 */
export function replaceIn(
  value: Json,
  replace: {
    readonly text: (text: string, name: string) => Json;
    readonly number?: (number: number, name: string) => Json;
    readonly member?: (member: Json, name: string) => Json | undefined;
    readonly key?: (key: string) => string | undefined;
  },
  name = "",
): Json {
  if (typeof value === "string") return replace.text(value, name);
  if (typeof value === "number") return replace.number?.(value, name) ?? value;
  if (Array.isArray(value)) return value.map((item) => replaceIn(item, replace, name));
  if (!isObject(value)) return value;
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    const renamed = replace.key === undefined ? key : replace.key(key);
    if (renamed === undefined) continue;
    const replaced = replace.member?.(member as Json, key);
    members.push([renamed, replaced ?? replaceIn(member as Json, replace, key)]);
  }
  return Object.fromEntries(members);
}

/** How deep a value nests: 0 for one that is neither a list nor an object. */
export function depthOf(value: unknown, most = Infinity): number {
  if (typeof value !== "object" || value === null) return 0;
  if (most <= 0) return 1;
  let deepest = 0;
  for (const member of Object.values(value)) {
    deepest = Math.max(deepest, depthOf(member, most - 1));
    if (deepest >= most) break;
  }
  return deepest + 1;
}
