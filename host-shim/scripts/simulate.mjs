// `npm run simulate`: builds the simulator and hands it the arguments after `--`.

import { spawnSync } from "node:child_process";
import { buildSimulator } from "./simulator.mjs";
import { environment, root, Stop, say, script } from "./tools.mjs";

await script(async () => {
  say("building the simulator");
  const program = await buildSimulator();
  const { status, error } = spawnSync(program, process.argv.slice(2), {
    cwd: root,
    env: environment(),
    stdio: "inherit",
  });
  if (error !== undefined) throw new Stop(`${program}: ${error.message}`);
  process.exitCode = status ?? 1;
});
