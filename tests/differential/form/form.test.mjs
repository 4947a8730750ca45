// Our form bodies against WHATWG's URLSearchParams, over generated names and values.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, build } from "../answers.mjs";
import { randomFrom } from "../random.mjs";

const forms = 40_000;

const awkward = [
  "+",
  " ",
  "%",
  "&",
  "=",
  "!",
  "*",
  "-",
  ".",
  "_",
  "~",
  "'",
  "(",
  ")",
  "\n",
  "\r\n",
];

function character(random) {
  switch (random(6)) {
    case 0:
      return awkward[random(awkward.length)];
    case 1:
      return String.fromCodePoint(random(0x80));
    case 2:
      return String.fromCodePoint(random(0x800));
    case 3:
      return String.fromCodePoint(0xe000 + random(0x2000));
    case 4:
      return String.fromCodePoint(0x10000 + random(0x100000));
    default:
      return String.fromCodePoint(0x61 + random(26));
  }
}

const text = (random) => Array.from({ length: random(24) }, () => character(random)).join("");

test("form bodies equal URLSearchParams", () => {
  const random = randomFrom(20_260_101);
  const cases = Array.from({ length: forms }, () =>
    Array.from({ length: 1 + random(3) }, () => [text(random), text(random)]),
  );
  const strings = cases.reduce((count, pairs) => count + 2 * pairs.length, 0);
  assert.ok(strings >= 100_000, `${strings} strings`);

  const program = build("form-answers");
  const answers = ask(
    program,
    cases.map((pairs) => JSON.stringify(pairs)),
  );
  for (const [index, pairs] of cases.entries()) {
    assert.equal(answers[index], new URLSearchParams(pairs).toString(), JSON.stringify(pairs));
  }
});
