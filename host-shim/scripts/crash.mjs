// `npm run crash`: set-up, build, then the crash test, which gets the arguments after `--`.

import { join } from "node:path";
import { build } from "./build.mjs";
import { setup } from "./setup.mjs";
import { handOver, root, say, script } from "./tools.mjs";

await script(async () => {
  await setup();
  await build();
  say("");
  process.exitCode = await handOver(join(root, "tests", "crash", "main.ts"), process.argv.slice(2));
});
