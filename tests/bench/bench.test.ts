// The benchmark runs and prints every row. Its figures are not looked at: they are the machine's.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const inCi = ["true", "1"].includes(process.env.CI ?? "");

const tables = {
  "Event object, 0.5 KB": ["decide", "preview", "send, fetch stubbed"],
  "Event object, 1.6 KB": ["decide", "preview", "send, fetch stubbed"],
  "Event object, 32.0 KB": ["decide", "preview", "send, fetch stubbed"],
  "Event bytes, 0.5 KB": ["decide"],
  "Event bytes, 1.6 KB": ["decide"],
  "Event bytes, 32.0 KB": ["decide"],
  "Event object that no trigger matches, 1.6 KB": ["decide"],
};
const compared = ["bare function", "Segment's onEvent"];
const ratios = ["decide ÷ bare function", "Segment's onEvent ÷ decide"];

test("the benchmark prints every row", (t) => {
  const args = ["--import", "tsx", main, "--quick"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const reason = /^Segment's destination is left out: .*$/m.exec(stdout)?.[0];
  // In CI the registry can be reached, and a comparison without Segment's destination is none.
  if (reason !== undefined && !inCi) return t.skip(reason);

  const sections = stdout.split("\n\n");
  for (const [title, names] of Object.entries(tables)) {
    const section = sections.find((text) => text.startsWith(title));
    assert.ok(section, `no table: ${title}`);
    for (const name of [...names, ...compared]) assertRow(section, name, "µs");
    for (const name of ratios) assertRow(section, name, "×");
  }
  const first = sections.find((text) => text.startsWith("First decision in a fresh process")) ?? "";
  assertRow(first, "import to decide", "ms");
  assertRow(first, "import to Segment's request", "ms");
  assertRow(first, "import to Segment's request ÷ import to decide", "×");
  assert.match(stdout, /^ {2}raw +[\d.]+ KB\n {2}gzip -9 +[\d.]+ KB\n {2}brotli +[\d.]+ KB$/m);
});

function assertRow(section: string, name: string, unit: string) {
  const row = section.split("\n").find((line) => line.startsWith(`  ${name}  `));
  assert.match(row ?? "", new RegExp(`  [\\d.]+ ${unit}   [\\d.]+ – [\\d.]+$`), `${name}: ${row}`);
}
