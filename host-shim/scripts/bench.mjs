// `npm run bench`: set-up, build, then the benchmark, which gets the arguments after `--`.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { setup } from "./setup.mjs";
import { handOver, root, Stop, say, script } from "./tools.mjs";

await script(async () => {
  await setup();
  await build();
  const main = join(root, "tests", "bench", "main.ts");
  if (!existsSync(main)) throw new Stop("There is no benchmark yet: tests/bench/main.ts.");
  say("");
  process.exitCode = await handOver(main, process.argv.slice(2));
});
