// Runs the comparison with Twilio's calculator (compare.mjs) as one of the project's tests.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL(".", import.meta.url));

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

test("segments are those of Twilio's own calculator", () => {
  const args = ["build", "--locked", "--quiet", "--example", "segments-answers"];
  const messages = run("cargo", [...args, "--message-format=json"])
    .trimEnd()
    .split("\n");
  const built = messages.map((line) => JSON.parse(line)).findLast(({ executable }) => executable);
  console.log(run(process.execPath, ["compare.mjs", built.executable]).trimEnd());
});
