// `npm start`: set-up, build, then the playground and the demonstration, which gets the arguments
// after `--`. `npm run playground` serves the playground alone.

import { join } from "node:path";
import { build } from "./build.mjs";
import { setup } from "./setup.mjs";
import { serve } from "./static-server.mjs";
import { handOver, root, say, script } from "./tools.mjs";
import { wwwDist } from "./www.mjs";

const port = 8642;

await script(async () => {
  const args = process.argv.slice(2);
  const alone = args.includes("--playground");
  await setup();
  await build();
  say("");
  // What ends by itself serves nothing.
  const stays = !["--once", "--live", "--help"].some((flag) => args.includes(flag));
  const playground = stays ? await serve(wwwDist, port) : undefined;
  if (playground !== undefined) say(`The mapping playground is at ${playground.url}\n`);
  if (alone) return;
  process.exitCode = await handOver(join(root, "host-shim", "demo", "main.ts"), args);
  playground?.close();
});
