// Paths into JSON, as the core writes them: `properties.items[0]["unit.price"]` into an event,
// `$.mappings[0].body` into settings.

/** A property's name, or an array's index. */
export type Step = string | number;

const step = /\.?(?:\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]"]+))/y;

/** The steps of a path that the core wrote. */
export function parsePath(path: string): Step[] {
  const steps: Step[] = [];
  step.lastIndex = path.startsWith("$") ? 1 : 0;
  for (let found = step.exec(path); found !== null; found = step.exec(path)) {
    const [, index, quoted, name] = found;
    steps.push(index !== undefined ? Number(index) : (name ?? unescaped(quoted ?? "")));
  }
  return steps;
}

/** The path in its shortest form, without the leading `$.`: as the core writes paths of events. */
export function formatPath(steps: readonly Step[]): string {
  return steps.reduce<string>((path, next) => join(path, next), "");
}

/** A path, one step longer. */
export function join(path: string, next: Step): string {
  if (typeof next === "number") return `${path}[${next}]`;
  if (next === "" || /[.[\]"'\\]|^\s|\s$/.test(next)) {
    return `${path}["${next.replaceAll(/["\\]/g, "\\$&")}"]`;
  }
  return path === "" ? next : `${path}.${next}`;
}

/** The value at a path, if there is one. */
export function getAt(root: unknown, steps: readonly Step[]): unknown {
  let value = root;
  for (const next of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, next))
      return undefined;
    value = (value as Record<Step, unknown>)[next];
  }
  return value;
}

/** A copy of `root` with another value at a path; `undefined` takes the value away. */
export function setAt(root: unknown, steps: readonly Step[], value: unknown): unknown {
  const [first, ...rest] = steps;
  if (first === undefined) return value;
  if (typeof first === "number") {
    const list = Array.isArray(root) ? [...root] : [];
    const inside = setAt(list[first], rest, value);
    if (inside === undefined) list.splice(first, 1);
    else list[first] = inside;
    return list;
  }
  const object = typeof root === "object" && root !== null && !Array.isArray(root) ? root : {};
  const entries = new Map<string, unknown>(Object.entries(object));
  const inside = setAt(entries.get(first), rest, value);
  if (inside === undefined) entries.delete(first);
  else entries.set(first, inside);
  return Object.fromEntries(entries);
}

/** Whether the value at `outer` is, or holds, the value at `inner`. */
export function holds(outer: string, inner: string): boolean {
  if (outer === "" || outer === inner) return true;
  return inner.startsWith(outer) && (inner[outer.length] === "." || inner[outer.length] === "[");
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}
