// Compares our triggers with Segment's own evaluators over generated filters and events:
// `@segment/destination-subscriptions`, which decides for its destination actions, and
// `@segment/tsub`, which decides for its destination filters and knows the rest of the language.

import assert from "node:assert/strict";
import { test } from "node:test";

import actions from "@segment/destination-subscriptions";
import engine from "@segment/tsub";

import { ask, build } from "../answers.mjs";
import { actionCondition, changed, engineCondition, event, tree } from "./generate.mjs";
import { Random } from "./random.mjs";
import { isSound, lexes } from "./sound.mjs";
import { engineCode, features, leaves, subscription, text } from "./write.mjs";

const AT_LEAST = 500;

const helper = build("trigger-answers");

/** Our verdict on each case: `{ matches }`, one for each event, or `{ error, column }`. */
function answers(cases) {
  const questions = cases.map(({ filter, events }) => JSON.stringify({ filter, events }));
  return ask(helper, questions).map((line) => JSON.parse(line));
}

/** The event a filter is made for, and others near it. */
function eventsAround(random) {
  const first = event(random);
  const second = changed(random, first);
  return [first, second, changed(random, second), event(random)];
}

/** Counts pairs, matches and features, and fails below what the comparison must cover. */
class Tally {
  pairs = 0;
  matches = 0;
  skipped = 0;
  #counts = new Map();

  count(names) {
    for (const name of new Set(names)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  check(context, pairs, names) {
    const share = this.matches / this.pairs;
    const counts = [...this.#counts].sort().map(([name, count]) => `${name}: ${count}`);
    context.diagnostic(`${this.pairs} pairs, ${this.skipped} skipped, ${share.toFixed(3)} match`);
    context.diagnostic(counts.join(", "));
    assert.ok(this.pairs >= pairs, `${this.pairs} pairs are too few`);
    assert.ok(share >= 0.3 && share <= 0.7, `${share} of the pairs match`);
    assert.ok(this.skipped < this.pairs / 10, `${this.skipped} pairs were skipped`);
    for (const name of names) {
      assert.ok((this.#counts.get(name) ?? 0) >= AT_LEAST, `too few of \`${name}\``);
    }
  }
}

/**
 * Whether Segment's action evaluator finds something else at a path than we mean to: it stops
 * early at `0`, `""` and `false`, and reaches what a value inherits.
 */
function findsOtherwise(event, path) {
  let at = event[path[0]];
  for (const key of path.slice(1)) {
    if (at === undefined || at === null) return false;
    if (!at) return true;
    if (typeof at !== "object") return at[key] !== undefined;
    if (Array.isArray(at) !== (typeof key === "number")) return at[key] !== undefined;
    if (!Object.hasOwn(at, key)) return at[key] !== undefined;
    at = at[key];
  }
  return false;
}

function report(filter, event, ours, theirs) {
  return `${JSON.stringify({ filter, event })}\nours: ${ours}, Segment's: ${theirs}`;
}

const COMMON = ["=", "!=", "= null", "!= null", "= true", "= false", "<", "<=", ">", ">="].concat([
  "contains",
  "!contains",
  "match",
  "!match",
  "and",
  "or",
]);

test("every tree of conditions gets the verdict of Segment's action evaluator", (context) => {
  const random = new Random(20_240_917);
  const cases = Array.from({ length: 26_000 }, () => {
    const events = eventsAround(random);
    const root = tree(random, () => actionCondition(random, events[0]), random.below(4));
    return { root, events, filter: text(random, root) };
  });
  const tally = new Tally();
  answers(cases).forEach((answer, at) => {
    const { root, events, filter } = cases[at];
    assert.equal(answer.error, undefined, `${filter}\n${answer.error}`);
    const theirTree = subscription(root);
    events.forEach((event, index) => {
      if ([...leaves(root)].some(({ path }) => findsOtherwise(event, path))) {
        tally.skipped += 1;
        return;
      }
      const ours = answer.matches[index];
      const theirs = actions.validate(theirTree, event);
      if (ours !== theirs) assert.fail(report(filter, event, ours, theirs));
      tally.pairs += 1;
      tally.matches += Number(ours);
      tally.count(features(root));
    });
  });
  tally.check(context, 100_000, COMMON);
});

test("every text that Segment's action parser reads soundly gets its verdict", (context) => {
  const random = new Random(7);
  const cases = Array.from({ length: 10_000 }, () => {
    const events = eventsAround(random);
    const root = tree(random, () => actionCondition(random, events[0]), random.below(3));
    // Half of them as Segment's editor would write them.
    const asWritten = random.chance(0.5);
    const filter = asWritten ? text(random, root) : actions.generateFql(subscription(root));
    return { root, events, filter };
  }).filter(({ filter }) => isSound(filter));
  const tally = new Tally();
  answers(cases).forEach((answer, at) => {
    const { root, events, filter } = cases[at];
    assert.equal(answer.error, undefined, `${filter}\n${answer.error}`);
    events.forEach((event, index) => {
      if ([...leaves(root)].some(({ path }) => findsOtherwise(event, path))) {
        tally.skipped += 1;
        return;
      }
      const ours = answer.matches[index];
      const theirs = actions.validate(actions.parseFql(filter), event);
      if (ours !== theirs) assert.fail(report(filter, event, ours, theirs));
      tally.pairs += 1;
      tally.matches += Number(ours);
      tally.count(features(root));
    });
  });
  tally.check(context, 20_000, COMMON);
});

test("the rest of the language gets the verdict of Segment's filter engine", (context) => {
  const random = new Random(99);
  const condition = (event) =>
    random.chance(0.75) ? engineCondition(random, event) : actionCondition(random, event);
  const cases = Array.from({ length: 15_000 }, () => {
    const events = eventsAround(random);
    const root = tree(random, () => condition(events[0]), random.below(4), true);
    return { root, events, filter: text(random, root) };
  });
  const tally = new Tally();
  answers(cases).forEach((answer, at) => {
    const { root, events, filter } = cases[at];
    // A lone name that is also a field is taken for an event's name.
    if (root.op === "bare" && root.path.length === 1) return;
    assert.equal(answer.error, undefined, `${filter}\n${answer.error}`);
    const matcher = { type: "fql", ir: JSON.stringify(engineCode(root)) };
    events.forEach((event, index) => {
      const isMeasured = ({ op, path }) => op === "length" && countsOtherwise(event, path);
      if ([...leaves(root)].some(isMeasured)) {
        tally.skipped += 1;
        return;
      }
      const ours = answer.matches[index];
      const theirs = engine.matches({ ...event, lower: lowercased(event) }, matcher);
      if (ours !== theirs) assert.fail(report(filter, event, ours, theirs));
      tally.pairs += 1;
      tally.matches += Number(ours);
      tally.count(features(root));
    });
  });
  const comparisons = ["=", "!=", "<", "<=", ">", ">="];
  tally.check(context, 50_000, [
    ...["!( )", "and", "or", "bare", "in", "match", "lowercase inside", "contains"],
    ...comparisons.map((comparison) => `length ${comparison}`),
    ...["=", "!="].flatMap((comparison) => [`typeof ${comparison}`, `lowercase ${comparison}`]),
  ]);
});

/** Whether the length of a text differs in bytes and in UTF-16 units. */
function countsOtherwise(event, path) {
  const value = path.reduce((at, key) => at?.[key], event);
  return typeof value === "string" && Buffer.byteLength(value) !== value.length;
}

/** The event with every text in lower case: that engine has no functions within functions. */
function lowercased(value) {
  if (typeof value === "string") return value.toLowerCase();
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(lowercased);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lowercased(item)]));
}

test("damaged filters are refused wherever Segment's lexer refuses them", (context) => {
  const random = new Random(4242);
  const cases = Array.from({ length: 25_000 }, () => {
    const events = [event(random), event(random)];
    const root = tree(random, () => actionCondition(random, events[0]), random.below(2));
    return { events, filter: damaged(random, text(random, root)) };
  });
  const counts = { refused: 0, extension: 0, name: 0, sound: 0, stricter: 0, other: 0 };
  answers(cases).forEach((answer, at) => {
    const { events, filter } = cases[at];
    if (isSound(filter)) {
      counts.sound += 1;
      assert.equal(answer.error, undefined, `${filter}\n${answer.error}`);
      const theirs = actions.parseFql(filter);
      events.forEach((event, index) => {
        if (pathsOf(theirs).some((path) => findsOtherwise(event, path))) return;
        const ours = answer.matches[index];
        const verdict = actions.validate(theirs, event);
        if (ours !== verdict) assert.fail(report(filter, event, ours, verdict));
      });
    } else if (!lexes(filter)) {
      if (answer.error !== undefined) counts.refused += 1;
      else if (isName(filter)) counts.name += 1;
      else {
        assert.ok(isExtension(filter), `Segment cannot split ${JSON.stringify(filter)}`);
        counts.extension += 1;
      }
    } else if (answer.error !== undefined) counts.stricter += 1;
    else counts.other += 1;
  });
  context.diagnostic(JSON.stringify(counts));
  for (const kind of ["refused", "sound", "stricter"]) assert.ok(counts[kind] >= AT_LEAST, kind);
});

/** The filter with one or two characters or words gone, doubled, swapped or foreign. */
function damaged(random, filter) {
  let pieces = filter.match(/"[^"]*"|\w+|\s+|./gsu) ?? [];
  if (random.chance(0.3)) pieces = [...filter];
  const foreign = [
    "(",
    ")",
    "!",
    "=",
    "!=",
    "and",
    "or",
    '"',
    "'",
    ".",
    ",",
    "[",
    "]",
    "\\",
    "5",
    ";",
  ];
  for (let count = 1 + random.below(2); count > 0; count--) {
    const at = random.below(pieces.length);
    const other = random.below(pieces.length);
    switch (random.below(5)) {
      case 0:
        pieces.splice(at, 1);
        break;
      case 1:
        pieces.splice(at, 0, pieces[at] ?? "");
        break;
      case 2:
        [pieces[at], pieces[other]] = [pieces[other] ?? "", pieces[at] ?? ""];
        break;
      case 3:
        pieces[at] = random.pick(foreign);
        break;
      default:
        pieces.splice(at, 0, random.pick([" ", random.pick(foreign)]));
    }
  }
  return pieces.join("");
}

/** The paths that a tree of Segment's reads. */
function pathsOf(node) {
  if (node.children) return node.children.flatMap(pathsOf);
  if (!node.name) return [];
  const root = { "event-property": "properties", "event-trait": "traits" }[node.type] ?? "context";
  const steps = node.name.match(/\[\d+\]|[^.[\]]+/g);
  return [
    [root, ...steps.map((step) => (step.startsWith("[") ? Number(step.slice(1, -1)) : step))],
  ];
}

const isName = (filter) => !/[=!<>"'()]/.test(filter);

/**
 * What we read though Segment's lexer does not: an operator, a bracket or a word without a space
 * where it wants one, a name that begins with a digit, a letter beyond ASCII.
 */
function isExtension(filter) {
  const outside = filter.replace(/"[^"]*"|'[^']*'/g, '""');
  return /([\w\]-]|\\.)[<>[]|!=\S|""[^\s,\])]|\.\d|\p{L}/u.test(outside.replace(/[a-z]/gi, "_"));
}
