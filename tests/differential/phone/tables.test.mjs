// The phone tables are those that their generator makes, and the generator notices what it must.
// Answers are compared in tests/phone.rs, pinned; tests/phone has the programs for more of them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

test("the phone tables are fresh", { timeout: 900_000 }, () => {
  const args = ["test", "--locked", "--package", "phone-oracle"];
  const { status, stdout, stderr } = spawnSync("cargo", args, { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
});
