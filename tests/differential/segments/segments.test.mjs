// Runs the comparison with Twilio's calculator (compare.mjs) as one of the project's tests.

import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build, run } from "../answers.mjs";

const compare = fileURLToPath(new URL("compare.mjs", import.meta.url));

test("segments are those of Twilio's own calculator", () => {
  console.log(run(process.execPath, [compare, build("segments-answers")]));
});
