// Our form bodies against WHATWG's URLSearchParams, over generated names and values.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const forms = 40_000;

/** Mulberry32: small, and the same numbers everywhere. */
function randomFrom(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

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

  const args = ["run", "--quiet", "--locked", "--example", "form-answers"];
  const input = cases.map((pairs) => JSON.stringify(pairs)).join("\n");
  const run = spawnSync("cargo", args, { cwd: root, input, encoding: "utf8", maxBuffer: 2 ** 28 });
  assert.equal(run.status, 0, run.stderr);
  const answers = run.stdout.trimEnd().split("\n");
  assert.equal(answers.length, cases.length);
  for (const [index, pairs] of cases.entries()) {
    assert.equal(answers[index], new URLSearchParams(pairs).toString(), JSON.stringify(pairs));
  }
});
