// `npm run bench:www`: set-up, build, then the measurements of the playground in Chromium.

import { join } from "node:path";
import { build } from "./build.mjs";
import { chromium } from "./chromium.mjs";
import { setup } from "./setup.mjs";
import { handOver, root, Stop, say, script } from "./tools.mjs";

await script(async () => {
  await setup();
  await build();
  const { path, reason } = await chromium();
  if (path === undefined) throw new Stop(reason);
  process.env.CHROMIUM_PATH = path;
  say("");
  process.exitCode = await handOver(join(root, "tests", "bench", "www.ts"), []);
});
