// Draws templates of the supported Liquid subset, and data for them, from a seeded generator.
//
// A template is a list of pieces. Each is a string, or { ours, plain, strict } where the way to
// write it differs: `ours` has the forms that liquidjs lacks (`$.`, triple braces), `plain` is the
// same for liquidjs, and `strict` asks liquidjs for what our rules on indices say it should read.

export const FILTERS = [
  "append",
  "capitalize",
  "date",
  "default",
  "divided_by",
  "downcase",
  "first",
  "join",
  "last",
  "minus",
  "plus",
  "prepend",
  "remove",
  "replace",
  "round",
  "size",
  "split",
  "strip",
  "times",
  "truncate",
  "truncatewords",
  "upcase",
  "url_encode",
];
export const TAGS = ["if", "elsif", "else", "unless", "case", "when", "comment"];
export const OPERATORS = ["==", "!=", "<", ">", "<=", ">=", "contains", "and", "or"];
export const MARKS = [
  "{{",
  "{{{",
  "{{-",
  "-}}",
  "{%-",
  "-%}",
  "$.",
  "brackets",
  "index",
  "computed",
];

/** A 32-bit generator (mulberry32): the same seed draws the same cases everywhere. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    chance: (share) => next() < share,
    int: (below) => Math.floor(next() * below),
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}

export const text = (pieces, which) =>
  pieces.map((piece) => (typeof piece === "string" ? piece : piece[which])).join("");

/**
 * One case: the pieces of a template, the data, and what of the language it uses. `odd` asks for
 * a few variables that liquidjs reads by rules that are not ours.
 */
export function draw(r, { odd = true } = {}) {
  const used = new Set();
  used.odd = odd;
  const pieces = body(r, used, 0);
  return { pieces, data: data(r), used };
}

const WORDS = [
  "Ada",
  "grace hopper",
  "O'Neil",
  "MÜLLER",
  "straße",
  "ΟΔΟΣ",
  "Łódź",
  "İstanbul",
  "ﬁne",
  "日本語",
  "naïve café",
  "a,b,c",
  "a, b , c,,",
  "x|y",
  "one two  three\tfour\nfive",
  "  padded\u00a0 ",
  "{{ plan }}",
  "{% if %}",
  "<b>&\"'</b>",
  "100% of 5 + 2",
  "+447700900123",
  "ab-cd_ef.gh~",
  "back\\slash",
  "true",
  "nil",
  "12",
  "12.50",
  "-3",
  " 7 ",
  "0x1F",
  "1e3",
  "Infinity",
  "1,234.5",
  "abcabcabc",
  "aaaa",
];
const ASTRAL = ["👍 ok", "a😀b", "😀", "𐐨𐐀x"];
const NUMBERS = [
  0, 1, 2, 3, 5, 10, 42, 100, -1, -7, 0.5, -0.5, 1.005, 2.5, 3.14285, 19.99, 1234567.891, 1e21,
  1e-7, 123456789012, 1700000000, 1767323045.678, 86399,
];
const DATES = [
  "2026-01-02",
  "2026-01-02T03:04:05Z",
  "2024-02-29T23:59:59.999Z",
  "1999-12-31T00:00:00.5+01:00",
  "2026-07-04T12:30:00-0700",
  "2026-11-01T00:07:00",
  "2000-01-01 13:14:15",
  "1970-01-01T00:00:00Z",
  "1767323045",
  "now",
  "today",
  "0",
  "no date",
  "",
  "2026-13-01",
  "1966-06-06",
];
/** What `Date` reads and ISO 8601 does not have. */
const OTHER_DATES = [
  "Jan 2, 2026",
  "2026/01/02",
  "02 Jan 2026 10:00 GMT",
  "2026-1-2",
  "2026-02-30",
];

function scalar(r) {
  const kind = r.int(100);
  if (kind < 50) return r.pick(WORDS);
  if (kind < 52) return r.pick(ASTRAL);
  if (kind < 57) return r.pick(["", "", " ", "\u2003\n"]);
  if (kind < 80) return r.pick(NUMBERS);
  if (kind < 90) return r.pick(DATES);
  if (kind < 99) return r.chance(0.5);
  return null;
}

function list(r, item) {
  return Array.from({ length: r.int(5) }, item);
}

function data(r) {
  const maybe = (object, key, make, share = 0.85) => {
    if (r.chance(share)) object[key] = make();
  };
  const top = {};
  for (const key of [
    "name",
    "plan",
    "größe",
    "2nd",
    "a-b",
    "order",
    "First name",
    'say "hi"',
    "__proto",
  ]) {
    maybe(top, key, () => scalar(r), 0.75);
  }
  maybe(top, "count", () => r.pick(NUMBERS));
  maybe(top, "price", () => r.pick(NUMBERS));
  maybe(top, "when", () => (r.chance(0.02) ? r.pick(OTHER_DATES) : r.pick(DATES)));
  maybe(top, "flag", () => r.chance(0.5));
  maybe(top, "tags", () => list(r, () => (r.chance(0.1) ? scalar(r) : r.pick(WORDS))));
  maybe(top, "matrix", () => list(r, () => list(r, () => r.pick(NUMBERS))), 0.5);
  maybe(top, "items", () =>
    list(r, () => {
      const item = { sku: r.pick(WORDS), n: r.pick(NUMBERS) };
      maybe(item, "size", () => "XL", 0.2);
      return item;
    }),
  );
  maybe(top, "traits", () => {
    const traits = { first_name: scalar(r), "unit.price": r.pick(NUMBERS) };
    maybe(traits, "address", () => ({ city: r.pick(WORDS), lines: list(r, () => r.pick(WORDS)) }));
    maybe(traits, "size", () => scalar(r), 0.1);
    maybe(traits, "first", () => scalar(r), 0.1);
    return traits;
  });
  maybe(top, "box", () => ({ length: 2, 0: "x" }));
  maybe(top, "size", () => scalar(r), 0.5);
  return top;
}

const NAMES = [
  "name",
  "name",
  "plan",
  "größe",
  "2nd",
  "a-b",
  "order",
  "absent",
  "__proto__",
  "constructor",
];

/** A variable, as one piece. */
function variable(r, used) {
  const root = (name) => {
    const quoted = r.chance(0.5) ? JSON.stringify(name) : `'${name}'`;
    const bare = /^[\w-]+$/.test(name) || name === "größe";
    if (bare && !r.chance(0.1)) {
      if (r.chance(0.25)) {
        used.add("$.");
        return { ours: `$.${name}`, plain: name };
      }
      return { ours: name, plain: name };
    }
    used.add("brackets");
    const key = bare ? `[${quoted}]` : `[${JSON.stringify(name)}]`;
    return { ours: r.chance(0.5) ? `$${key}` : key, plain: key };
  };
  const step = (name) => {
    if (/^\w+$/.test(name) && !r.chance(0.15)) return `.${name}`;
    used.add("brackets");
    return `[ "${name}"]`;
  };
  const make = (name, ...steps) => {
    const { ours, plain } = root(name);
    const rest = steps.join("");
    return { ours: ours + rest, plain: plain + rest, strict: plain + rest };
  };
  const kind = r.int(100);
  if (used.odd && kind < 2) return oddVariable(r);
  if (kind < 40) return make(r.pick(NAMES));
  if (kind < 45) return make(r.pick(["First name", 'say "hi"']));
  if (kind < 55) return make(r.pick(["count", "price", "flag"]));
  if (kind < 62) return make("when");
  if (kind < 69) return make("tags");
  if (kind < 71) return make(r.pick(["items", "matrix", "traits"]));
  if (kind < 80)
    return make("traits", step(r.pick(["first_name", "unit.price", "absent", "address"])));
  if (kind < 83) return make("traits", step("address"), step(r.pick(["city", "lines", "absent"])));
  if (kind < 91) {
    used.add("index");
    const index = r.int(4);
    const at = r.chance(0.5) ? `[${index}]` : `[ ${index} ]`;
    if (r.chance(0.3)) return make("tags", at);
    if (r.chance(0.3)) return make("tags", `.${index}`);
    return make(r.pick(["items"]), at, step(r.pick(["sku", "n", "absent"])));
  }
  used.add("computed");
  if (kind < 95) return make("tags", step(r.pick(["first", "last", "size"])));
  if (kind < 97)
    return make("items", step(r.pick(["first", "last"])), step(r.pick(["sku", "n", "size"])));
  if (kind < 99)
    return make(
      r.pick(["name", "traits", "matrix", "absent"]),
      step(r.pick(["size", "first", "last"])),
    );
  return make("traits", step("address"), step("lines"), step("first"), step("size"));
}

/** One that liquidjs reads where our rules find nothing. */
function oddVariable(r) {
  const written = r.pick([
    "name[0]",
    "traits[0]",
    "name.length",
    "tags.length",
    'tags["0"]',
    'tags["1"]',
    "size",
    "size.size",
  ]);
  return {
    ours: written,
    plain: written,
    strict: written.startsWith("size")
      ? written.replace("size", "_.size_")
      : `absent_.${written.replace(/\W/g, "")}`,
  };
}

// A tag ends at the first `%}`, even one in quotes.
const LITERALS = WORDS.filter((word) => !word.includes("%}"));

function string(r, of = LITERALS) {
  const value = r.pick(of);
  if (!value.includes("'") && !value.includes("\\") && !/\n/.test(value) && r.chance(0.4))
    return `'${value}'`;
  const escaped = value.replace(/[\\"]/g, "\\$&");
  return `"${r.chance(0.5) ? escaped.replace(/\n/g, "\\n").replace(/\t/g, "\\t") : escaped}"`;
}

const number = (r) =>
  r.pick(["0", "1", "2", "3", "5", "10", "20", "-1", "2.5", "0.1", "+4", "7.", "1000", "-12.75"]);

/** Any operand, as one piece. */
function operand(r, used) {
  const kind = r.int(10);
  if (kind < 6) return variable(r, used);
  if (kind < 8) return string(r);
  if (kind < 9) return number(r);
  return r.pick(["true", "false", "nil", "null", "blank", "empty"]);
}

const FORMATS = [
  "%Y-%m-%d",
  "%d.%m.%y",
  "%A, %B %-d",
  "%a %b %e %H:%M:%S",
  "%I:%M %p",
  "%-l:%M%P",
  "%j %U %W %u %w",
  "%s",
  "%L %N %3N",
  "%C %h %q",
  "%^a %^B %#p %#b",
  "%_d %_m %05d %10Y %-H",
  "%z %:z %Z",
  "%%%n%t",
  "plain",
  "100%",
  "%",
  "%k|%l|%5%",
  "%EY %Od",
  "%12N",
];

/** The filter's name and arguments, as pieces. */
function filter(r, used, name) {
  const small = (share = 0.85) => (r.chance(share) ? number(r) : operand(r, used));
  const words = (of, share = 0.75) => (r.chance(share) ? string(r, of) : operand(r, used));
  const seps = [",", " ", "", "-", ", ", "ab", "\n", "|", "a"];
  const args = () => {
    switch (name) {
      case "append":
      case "prepend":
        return [words(LITERALS)];
      case "default":
        return [words(["there", "", "friend", " "])];
      case "remove":
      case "split":
        return [words(seps)];
      case "join":
        return r.chance(0.2) ? [] : [words(seps)];
      case "replace":
        return [words([...seps, "b", "ü", "c"]), words(["", "x", "-", "aa", "$1", "{{ plan }}"])];
      case "plus":
      case "minus":
      case "times":
      case "divided_by":
        return [small()];
      case "round":
        return r.chance(0.5) ? [] : [small()];
      case "truncate":
      case "truncatewords":
        return r.pick([[], [small()], [small(), words(["...", "…", "", ", and so on"])]]);
      case "date":
        return r.chance(0.15) ? [] : [r.chance(0.92) ? string(r, FORMATS) : variable(r, used)];
      default:
        return [];
    }
  };
  used.add(name);
  const list = args();
  const out = [r.pick(["|", " |", " | ", "| "]), name];
  for (const [at, argument] of list.entries())
    out.push(at === 0 ? r.pick([":", ": "]) : r.pick([",", ", "]), argument);
  return out;
}

function filtered(r, used) {
  const out = [];
  const count = r.pick([0, 1, 1, 1, 2, 2, 3, 4]);
  const names = Array.from({ length: count }, () => r.pick(FILTERS));
  if (names[0] === "date" && r.chance(0.7)) {
    out.push(
      r.pick([
        "when",
        "count",
        string(
          r,
          DATES.filter((date) => date !== ""),
        ),
      ]),
    );
  } else if (["first", "last", "size"].includes(names[0]) && r.chance(0.02)) {
    out.push("box");
  } else if (["join", "first", "last"].includes(names[0]) && r.chance(0.6)) {
    out.push(r.pick(["tags", "matrix", "traits.address.lines"]));
  } else {
    out.push(r.chance(0.85) ? variable(r, used) : operand(r, used));
  }
  for (const name of names) out.push(...filter(r, used, name));
  return out;
}

function output(r, used) {
  const inner = filtered(r, used);
  if (r.chance(0.1)) {
    used.add("{{{");
    return [
      { ours: "{{{", plain: "{{", strict: "{{" },
      " ",
      ...inner,
      " ",
      { ours: "}}}", plain: "}}", strict: "}}" },
    ];
  }
  const open = r.chance(0.1) ? "{{-" : "{{";
  const close = r.chance(0.1) ? "-}}" : "}}";
  used.add(open);
  if (close !== "}}") used.add(close);
  // `{{--1}}` and `{{ a-}}` would read otherwise.
  const gap = r.chance(0.9) || open === "{{-" || close === "-}}" ? " " : "";
  const first = typeof inner[0] === "string" && /^[-+]/.test(inner[0]);
  return [open, first ? " " : gap, ...inner, gap, close];
}

function tag(r, used, name, inner = []) {
  used.add(name);
  const open = r.chance(0.1) ? "{%-" : "{%";
  const close = r.chance(0.1) ? "-%}" : "%}";
  if (open !== "{%") used.add(open);
  if (close !== "%}") used.add(close);
  return [
    open,
    r.chance(0.9) ? " " : "",
    name,
    ...(inner.length > 0 ? [" ", ...inner] : []),
    " ",
    close,
  ];
}

function condition(r, used) {
  const out = [];
  const count = r.pick([1, 1, 1, 2, 2, 3]);
  for (let at = 0; at < count; at++) {
    if (at > 0) {
      const join = r.pick(["and", "or"]);
      used.add(join);
      out.push(` ${join} `);
    }
    out.push(r.chance(0.75) ? variable(r, used) : operand(r, used));
    if (r.chance(0.75)) {
      const operator = r.pick(["==", "==", "!=", "<", ">", "<=", ">=", "contains", "contains"]);
      used.add(operator);
      const gap = operator === "contains" || r.chance(0.8) ? " " : "";
      out.push(gap, operator, gap);
      const kind = r.int(4);
      if (operator === "contains" && kind < 2)
        out.push(string(r, ["a", "b", "1", " ", "ü", "Ada", "true", "12"]));
      else if (kind === 0) out.push(number(r));
      else out.push(operand(r, used));
    }
  }
  return out;
}

const PLAIN = [
  "Hi ",
  ", ",
  "! ",
  "\n",
  "  \n ",
  " ",
  "Your order ",
  "{ not a tag }",
  "50% off",
  "}} ",
  "%} ",
  "\u00a0\u3000x\u2003",
  "ß😀",
  "a{b",
  "",
];

function body(r, used, depth) {
  const out = [];
  const count = depth === 0 ? r.pick([1, 1, 2]) : 1;
  for (let at = 0; at < count; at++) {
    if (r.chance(0.6)) out.push(r.pick(PLAIN));
    const kind = r.int(depth > 1 ? 7 : 12);
    if (kind < 7) out.push(...output(r, used));
    else if (kind < 9) out.push(...branches(r, used, depth, "if"));
    else if (kind < 10) out.push(...branches(r, used, depth, "unless"));
    else if (kind < 11) out.push(...cases(r, used, depth));
    else
      out.push(
        ...tag(r, used, "comment"),
        "note {{ x | nothing }} {% if %}",
        ...tag(r, used, "endcomment"),
      );
  }
  if (r.chance(0.4)) out.push(r.pick(PLAIN));
  return out;
}

function branches(r, used, depth, name) {
  const out = [...tag(r, used, name, condition(r, used)), ...body(r, used, depth + 1)];
  while (r.chance(0.3))
    out.push(...tag(r, used, "elsif", condition(r, used)), ...body(r, used, depth + 1));
  if (r.chance(0.5)) out.push(...tag(r, used, "else"), ...body(r, used, depth + 1));
  return [...out, ...tag(r, used, `end${name}`)];
}

function cases(r, used, depth) {
  const out = [...tag(r, used, "case", filtered(r, used)), r.pick(["", "\n", "  "])];
  const count = 1 + r.int(3);
  for (let at = 0; at < count; at++) {
    const values = [operand(r, used)];
    while (r.chance(0.4)) values.push(r.pick([",", ", ", " or "]), operand(r, used));
    out.push(...tag(r, used, "when", values), ...body(r, used, depth + 1));
  }
  if (r.chance(0.5)) out.push(...tag(r, used, "else"), ...body(r, used, depth + 1));
  return [...out, ...tag(r, used, "endcase")];
}
