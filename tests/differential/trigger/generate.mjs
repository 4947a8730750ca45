// Random events, and random filters that have something to do with them.

const TEXTS = [
  "Order Completed",
  "Order Refunded",
  "Product Viewed",
  "Signed Up",
  "gold",
  "Gold",
  "GOLD plan",
  "Really? Yes",
  "[VIP] Order",
  "a*b",
  "back\\slash",
  "null",
  "true",
  "false",
  "5",
  "100",
  "",
  " ",
  "ΟΔΟΣ",
  "İstanbul",
  "Größe",
  "ア",
  "it's",
  "x@example.com",
  "x@example.org",
  "track",
  "and",
  "or",
];
const NUMBERS = [0, 1, 5, 100, 99.5, -1, -2.5, 1e21, 1e-7, 7];
const TYPES = ["track", "track", "track", "identify", "page", "screen", "group", "alias"];

/** Paths that the events may hold: names, and indices of lists. */
const PATHS = [
  ["type"],
  ["event"],
  ["name"],
  ["userId"],
  ["properties", "total"],
  ["properties", "plan"],
  ["properties", "vip"],
  ["properties", "tags"],
  ["properties", "product 1", "price"],
  ["properties", "order-id"],
  ["properties", "items", 0, "sku"],
  ["properties", "items", 1, "qty"],
  ["properties", "nested", "a", "b"],
  ["properties", "größe"],
  ["traits", "phone"],
  ["traits", "email"],
  ["traits", "opted_out"],
  ["traits", "n1"],
  ["context", "app", "version"],
  ["context", "ip"],
  ["context", "traits", "plan"],
];

export function scalar(random) {
  const kind = random.below(10);
  if (kind < 5) return random.pick(TEXTS);
  if (kind < 8) return random.pick(NUMBERS);
  return kind === 8 ? random.chance(0.5) : null;
}

function anything(random) {
  const kind = random.below(12);
  if (kind === 0) return Array.from({ length: random.below(4) }, () => scalar(random));
  if (kind === 1) return { a: scalar(random) };
  return scalar(random);
}

export function event(random) {
  const event = { type: random.pick(TYPES), messageId: `m${random.below(1000)}` };
  if (random.chance(0.02)) event.type = anything(random);
  for (const path of PATHS.slice(1)) {
    if (random.chance(0.75)) put(event, path, anything(random));
  }
  if (random.chance(0.05)) put(event, ["properties", "nested"], anything(random));
  if (random.chance(0.03))
    event[random.pick(["properties", "traits", "context"])] = anything(random);
  return event;
}

/** The same event with one field changed, so that a filter meets both sides of its line. */
export function changed(random, original) {
  const copy = JSON.parse(JSON.stringify(original));
  put(copy, random.pick(PATHS), anything(random));
  return copy;
}

function put(event, path, value) {
  let at = event;
  path.slice(0, -1).forEach((key, depth) => {
    const isIndex = typeof path[depth + 1] === "number";
    const isFit =
      typeof at[key] === "object" && at[key] !== null && Array.isArray(at[key]) === isIndex;
    if (!isFit) at[key] = isIndex ? [] : {};
    at = at[key];
    if (isIndex && path[depth + 1] > at.length) at.push(null);
  });
  at[path.at(-1)] = value;
}

/** The value that our rules find: own properties, indices of lists only. */
export function find(event, path) {
  let at = event;
  for (const key of path) {
    if (at === null || typeof at !== "object" || Array.isArray(at) !== (typeof key === "number")) {
      return undefined;
    }
    if (!Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

export const ORDERS = ["<", "<=", ">", ">="];

/** A condition that Segment's action evaluator knows, about a value that `event` may have. */
export function actionCondition(random, event) {
  const path = random.pick(PATHS);
  const actual = find(event, path);
  const isKnown = actual !== undefined && (actual === null || typeof actual !== "object");
  const likely = isKnown && random.chance(0.85) ? actual : scalar(random);
  switch (isKnown && random.chance(0.3) ? 3 : random.below(9)) {
    case 0:
      return equality(path, random.chance(0.3) ? "=" : "!=", null);
    case 1: {
      const near = typeof likely === "number" ? likely + random.pick([0, 0, 1, -1]) : null;
      const value = near ?? random.pick(NUMBERS);
      return { op: random.pick(ORDERS), path, value, quoted: random.chance(0.2) };
    }
    case 2:
      // A field that holds text is compared as text with anything.
      return equality(path, "=", path.length === 1 ? random.pick([likely, 5, true]) : likely);
    case 3:
      return equality(path, "=", likely);
    case 4:
      return equality(path, random.chance(0.3) ? "=" : "!=", likely);
    case 5:
      return equality(path, random.chance(0.8) ? "=" : "!=", random.chance(0.7));
    default: {
      const isText = typeof likely === "string";
      const text = isText && random.chance(0.8) ? likely : random.pick(TEXTS);
      const from = random.below(text.length + 1);
      const part = text.slice(from, from + 1 + random.below(6));
      const negated = random.chance(0.4);
      // Segment's parser drops functions of `type`.
      const subject = path[0] === "type" ? ["event"] : path;
      if (random.chance(0.5)) return { op: "contains", path: subject, value: part, negated };
      const edge = random.chance(0.5) ? `${text.slice(0, from)}*` : `*${text.slice(from)}`;
      const isPlain = !edge.includes("\\") && edge.indexOf("*") === edge.lastIndexOf("*");
      return { op: "match", path: subject, value: isPlain ? edge : "Order*", negated };
    }
  }
}

/** `=` or `!=`, kept off what we mean to do otherwise than Segment's action evaluator. */
function equality(path, op, value) {
  const isText = path[0] === "type" || path[0] === "event" || path[0] === "name";
  if (value === null && (path[0] === "type" || path[0] === "event")) return { op, path, value: "" };
  if (typeof value === "boolean" && op === "!=" && !isText) return { op: "=", path, value };
  return { op, path, value };
}

/** A condition that only Segment's filter engine knows, or knows otherwise. */
export function engineCondition(random, event) {
  const path = random.pick(PATHS);
  const actual = find(event, path);
  const likely = random.chance(0.75) && actual !== undefined ? actual : scalar(random);
  const text = typeof likely === "string" ? likely : random.pick(TEXTS);
  switch (random.below(9)) {
    case 0:
    case 1: {
      const size = Array.isArray(likely) ? likely.length : text.length;
      const value = Math.max(0, size + random.pick([0, 0, 1, -1]));
      return { op: "length", path, comparison: random.pick(["=", "!=", ...ORDERS]), value };
    }
    case 2:
      return {
        op: "typeof",
        path,
        comparison: random.pick(["=", "!="]),
        value: random.pick(["string", "number", "bool"]),
      };
    case 3:
      return {
        op: "lowercase",
        path,
        comparison: random.pick(["=", "!="]),
        value: random.chance(0.8) ? text.toLowerCase() : text,
      };
    case 4: {
      const values = Array.from({ length: 1 + random.below(3) }, () => scalar(random));
      if (typeof likely !== "object") values[random.below(values.length)] = likely;
      return { op: "in", path, values };
    }
    case 5:
      return {
        op: "bare",
        path: random.pick([["properties", "vip"], ["traits", "opted_out"], path]),
      };
    case 6: {
      const lower = text.toLowerCase();
      const from = random.below(lower.length + 1);
      return random.chance(0.5)
        ? { op: "contains", lowercase: true, path, value: lower.slice(from, from + 4) }
        : { op: "match", lowercase: true, path, value: glob(random, lower) };
    }
    default:
      return { op: "match", path, value: glob(random, text) };
  }
}

/** A pattern made by loosening `text` in places. */
function glob(random, text) {
  let pattern = "";
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    const escaped = "*?[]\\-".includes(c) ? `\\${c}` : c;
    switch (random.below(12)) {
      case 0:
        pattern += "*";
        at += random.below(4);
        break;
      case 1:
        pattern += "?";
        break;
      case 2:
        pattern += `[${random.pick(["", "^"])}${escaped}${random.pick(["", "x", "0-9", "a-z"])}]`;
        break;
      case 3:
        pattern += c === '"' ? c : `\\${c}`;
        break;
      default:
        pattern += escaped;
    }
  }
  return random.chance(0.2) ? `${pattern}*` : pattern;
}

/** A tree of conditions joined by `and`, `or` and (if `negations`) `!( … )`. */
export function tree(random, condition, depth, negations = false) {
  if (negations && depth > 0 && random.chance(0.15)) {
    return { op: "not", child: tree(random, condition, depth - 1, negations) };
  }
  if (depth === 0 || random.chance(0.3)) return condition();
  const op = random.chance(0.55) ? "or" : "and";
  const children = Array.from({ length: 2 + random.below(2) }, () =>
    tree(random, condition, depth - 1, negations),
  );
  return { op, children };
}
