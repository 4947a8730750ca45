// Our templates against liquidjs: the same text for every drawn template and data, but for the
// intended differences that the documentation of the template module lists by the same names.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

import { defaultOperators, Liquid, filters as liquidFilters } from "liquidjs";

import { draw, FILTERS, MARKS, OPERATORS, random, TAGS, text } from "./generate.mjs";

process.env.TZ = "UTC";
const NOW = Date.parse("2026-03-01T07:05:09.042Z");
Date.now = () => NOW;

const CASES = 106_000;
const MUTATIONS = 12_000;
const SEED = 20_260_301;
const OPTIONS = { timezoneOffset: 0, locale: "en-US", ownPropertyOnly: true };

/** Our answers to `cases`, in order. */
async function ask(cases) {
  const cargo = spawn("cargo", ["run", "--quiet", "--example", "template-answers"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(cargo, "close");
  cargo.stdin.on("error", () => {}); // The exit code tells.
  cargo.stdin.end(cases.map((one) => `${JSON.stringify({ now: NOW, ...one })}\n`).join(""));
  const chunks = [];
  for await (const chunk of cargo.stdout) chunks.push(chunk);
  const [code] = await closed;
  assert.equal(code, 0, "the program that answers failed");
  const answers = Buffer.concat(chunks)
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(answers.length, cases.length);
  return answers;
}

const plain = new Liquid(OPTIONS);

function render(engine, template, data) {
  try {
    return { text: engine.parseAndRenderSync(template, data) };
  } catch (error) {
    return { refused: error.message };
  }
}

// The intended differences. Each renders the case as liquidjs would if it kept our rule, so that a
// difference counts as intended only if the rule explains our text to the letter.

const isObject = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !("equals" in value);
const holdsObject = (value) => isObject(value) || (Array.isArray(value) && value.some(holdsObject));

const withoutNull = (value) => {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutNull);
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, withoutNull(member)]),
    );
  return value;
};

// Each character outside of the Basic Multilingual Plane stands as one private-use character.
const ASTRAL = /[\u{10000}-\u{10ffff}]/gu;
const ENCODED = /%F[0-4](%[89AB][0-9A-F]){3}/g;
const packed = (string) =>
  string
    .replace(ASTRAL, (c) => String.fromCharCode(0xe000 + (c.codePointAt(0) & 0xfff)))
    .replace(ENCODED, (encoded) => encodeURIComponent(packed(decodeURIComponent(encoded))));

const isoDate =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const rollsOver = (date) =>
  new Date(date.slice(0, 10)).toISOString().slice(0, 10) !== date.slice(0, 10);
const isDate = (value) =>
  typeof value === "number" ||
  (typeof value === "string" &&
    (/^\d+$|^now$|^today$/.test(value) || (isoDate.test(value) && !rollsOver(value))));

function engine(change) {
  const operators = { ...defaultOperators };
  if (change.has("object-order")) {
    for (const name of ["<", ">", "<=", ">="]) {
      operators[name] = function* (left, right, context) {
        if (holdsObject(left) || holdsObject(right)) return false;
        return yield* defaultOperators[name](left, right, context);
      };
    }
  }
  operators.contains = function* (left, right, context) {
    if (
      change.has("null") &&
      typeof left === "string" &&
      (right === undefined || right === null || right?.valueOf() === null)
    )
      return false;
    if (change.has("object-order") && typeof left === "string" && holdsObject(right)) return false;
    return yield* defaultOperators.contains(left, right, context);
  };
  const changed = new Liquid({ ...OPTIONS, operators });
  if (change.has("array-like")) {
    for (const name of ["size", "first", "last"]) {
      const none = name === "size" ? 0 : "";
      changed.registerFilter(name, function (value) {
        return isObject(value) ? none : liquidFilters[name].call(this, value);
      });
    }
  }
  if (change.has("half-character")) {
    const size = changed.filters.size;
    changed.registerFilter("size", function (value) {
      const halves = typeof value === "string" ? (value.match(/[\ue000-\uefff]/g) ?? []).length : 0;
      return size.call(this, value) + halves;
    });
  }
  if (change.has("date-input")) {
    changed.registerFilter("date", function (value, ...rest) {
      return isDate(value) ? liquidFilters.date.call(this, value, ...rest) : value;
    });
  }
  return changed;
}

const CHANGES = ["null", "index", "half-character", "date-input", "array-like", "object-order"];
const DIFFERENCES = ["object", "not-finite", "root-size", ...CHANGES];
const engines = new Map(CHANGES.map((name) => [name, engine(new Set([name]))]));
engines.set("several", engine(new Set(CHANGES)));

function explain(one, answer, theirs) {
  if (answer.error === "object")
    return holdsObject(reach(one.data, answer.path)) ? "object" : undefined;
  if (answer.error === "not-finite") {
    const mayArise =
      one.used.has("divided_by") || /Infinity/.test(JSON.stringify(one.data) + one.plain);
    return mayArise || /infinity|nan/i.test(theirs.text) ? "not-finite" : undefined;
  }
  for (const [name, changed] of engines) {
    const has = (change) => name === change || name === "several";
    let template = has("index") ? text(one.pieces, "strict") : one.plain;
    let data = has("index") ? { ...one.data, _: { size_: one.data.size } } : one.data;
    if (has("null")) {
      template = template.replace(/([:,]\s*|case\s+)(nil|null)\b/g, "$1absent_");
      data = withoutNull(data);
    }
    if (has("half-character")) {
      template = packed(template);
      data = data && JSON.parse(packed(JSON.stringify(data)));
    }
    const expected = has("half-character") ? packed(answer.text ?? "") : answer.text;
    if (render(changed, template, data).text === expected) {
      return name === "index" && /\bsize_\b/.test(template) ? "root-size" : name;
    }
  }
  return undefined;
}

/** The value at one of our paths, which here hold no dots but in brackets. */
function reach(data, path) {
  const steps = path.match(/[^.[\]"]+|\["(?:[^"\\]|\\.)*"\]/g) ?? [];
  return steps.reduce(
    (value, step) => value?.[step.startsWith("[") ? JSON.parse(step.slice(1, -1)) : step],
    data,
  );
}

// Half a character cannot be percent-encoded: there liquidjs fails while it renders.
const isRendered = (theirs) =>
  theirs.text !== undefined || theirs.refused.startsWith("URI malformed");

const byLength = (a, b) => a.template.length - b.template.length;

test(`${CASES} templates come out as in liquidjs`, async (t) => {
  const r = random(SEED);
  const cases = Array.from({ length: CASES }, () => {
    const { pieces, data, used } = draw(r);
    return { pieces, data, used, plain: text(pieces, "plain") };
  });
  const answers = await ask(
    cases.map(({ pieces, data }) => ({ template: text(pieces, "ours"), data })),
  );

  const uses = new Map([...FILTERS, ...TAGS, ...OPERATORS, ...MARKS].map((name) => [name, 0]));
  const differences = new Map();
  const unexplained = [];
  let equal = 0;
  for (const [at, one] of cases.entries()) {
    const answer = answers[at];
    const theirs = render(plain, one.plain, one.data);
    if (answer.text !== undefined && answer.text === theirs.text) {
      equal += 1;
      for (const name of uses.keys()) if (one.used.has(name)) uses.set(name, uses.get(name) + 1);
      continue;
    }
    const name = isRendered(theirs) && !answer.parse ? explain(one, answer, theirs) : undefined;
    if (name === undefined)
      unexplained.push({ template: text(one.pieces, "ours"), data: one.data, answer, theirs });
    else differences.set(name, (differences.get(name) ?? 0) + 1);
  }

  t.diagnostic(
    `${equal} equal; intended differences: ${JSON.stringify(Object.fromEntries(differences))}`,
  );
  for (const one of unexplained.sort(byLength).slice(0, 5)) t.diagnostic(JSON.stringify(one));
  assert.equal(unexplained.length, 0, `${unexplained.length} differences have no reason`);
  for (const [name, count] of uses) {
    assert.ok(count >= 500, `\`${name}\` was compared ${count} times only`);
  }
  for (const name of DIFFERENCES) {
    assert.ok(differences.get(name) >= 10, `the difference \`${name}\` was hardly met`);
  }
  assert.ok(equal >= 100_000, `only ${equal} were equal`);
});

// Both refuse.
const MALFORMED = [
  "{{ a",
  "{{ a }",
  "{% if a %}",
  "{% if a %}{% endunless %}",
  "{% if a",
  "{% endif %}",
  "{% else %}",
  "{% elsif a %}",
  "{% unless a %}",
  "{% case a %}",
  "{% case a %}{% when 1 %}",
  "{% comment %}",
  "{% endcomment %}",
  "{{ }}",
  "{{}}",
  "{{-}}",
  "{%%}",
  "{% %}",
  "{%}",
  "{% if %}x{% endif %}",
  "{{ | upcase }}",
  "{{ a | }}{{",
  "{{ a | upcase x }}",
  "{{ a | append 'x' }}",
  "{{ 'a }}",
  "{{ a | append: 'x }}",
  "{% nothing %}",
  "{% if a %}{% else x %}{% endif %}",
  "{% if a %}{% endif x %}",
  "{% if a %}{% else %}{% else %}{% endif %}",
  "{% if a %}{% else %}{% elsif b %}{% endif %}",
  "{% when 1 %}",
  "{{ (1 }}",
  "{{ a[ }}",
  "{{ a['b' }}",
  "{{ # }}",
  "{{ {a} }}",
  "{% case a %}{% when %%}{% endcase %}",
  "{{ a ! b }}",
  "{{ a | append: 'x' 'y' }}",
  "{% if a %}{% unless b %}{% endif %}{% endunless %}",
];

test("malformed templates are refused by both", async () => {
  const answers = await ask(MALFORMED.map((template) => ({ template, data: {} })));
  for (const [at, template] of MALFORMED.entries()) {
    assert.ok(answers[at].parse, `we read ${template}`);
    assert.ok(render(plain, template, {}).refused, `liquidjs reads ${template}`);
  }
});

test(`${MUTATIONS} templates with a slip are never read otherwise than liquidjs reads them`, async (t) => {
  const r = random(SEED + 1);
  const snippets = [
    "{",
    "}",
    "%",
    "-",
    "|",
    ":",
    ",",
    ".",
    "'",
    '"',
    "[",
    "]",
    " ",
    "a",
    "1",
    "=",
    "<",
    "or",
    "and",
    "{{",
    "}}",
    "{%",
    "%}",
  ];
  const cases = Array.from({ length: MUTATIONS }, () => {
    const { pieces, data, used } = draw(r, { odd: false });
    let template = text(pieces, "plain");
    for (let count = 1 + r.int(2); count > 0; count--) {
      const at = r.int(template.length + 1);
      const end = r.chance(0.5) ? at : at + 1 + r.int(3);
      template =
        template.slice(0, at) + (r.chance(0.6) ? r.pick(snippets) : "") + template.slice(end);
    }
    template = template.toWellFormed?.() ?? template;
    return { template, pieces: [template], plain: template, data: withoutNull(data), used };
  });
  const answers = await ask(cases.map(({ template, data }) => ({ template, data })));
  const counts = { equal: 0, refusedByBoth: 0, refusedByUs: 0, different: 0, tripleBrace: 0 };
  const wrong = [];
  for (const [at, one] of cases.entries()) {
    const answer = answers[at];
    const theirs = render(plain, one.template, one.data);
    if (answer.parse) counts[theirs.refused ? "refusedByBoth" : "refusedByUs"] += 1;
    else if (answer.text !== undefined && answer.text === theirs.text) counts.equal += 1;
    else if (isRendered(theirs) && explain(one, answer, theirs)) counts.different += 1;
    else if (one.template.includes("{{{") && theirs.refused) counts.tripleBrace += 1;
    else wrong.push({ template: one.template, data: one.data, answer, theirs });
  }
  t.diagnostic(JSON.stringify(counts));
  for (const one of wrong.sort(byLength).slice(0, 8)) t.diagnostic(JSON.stringify(one));
  assert.equal(wrong.length, 0, `${wrong.length} were read otherwise`);
});
