// Our side of a comparison: an example of the crate that reads a question a line and writes an
// answer a line.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("../..", import.meta.url));
const limit = 2 ** 30;

/** Builds the example of that name, and says where it is. */
export function build(example) {
  const args = ["build", "--quiet", "--locked", "--example", example, "--message-format=json"];
  const messages = run("cargo", args, { cwd }).split("\n");
  return messages.map((line) => JSON.parse(line)).findLast(({ executable }) => executable)
    .executable;
}

/** The program's answer to each question, in order. */
export function ask(program, questions) {
  const answers = run(program, [], { input: questions.join("\n") }).split("\n");
  assert.equal(answers.length, questions.length);
  return answers;
}

/** What a program prints, without the last line break. */
export function run(command, args, options) {
  const ended = spawnSync(command, args, { encoding: "utf8", maxBuffer: limit, ...options });
  assert.equal(ended.status, 0, ended.stderr || String(ended.error));
  return ended.stdout.replace(/\n$/, "");
}
