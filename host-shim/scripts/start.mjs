// `npm start`: set-up, build, then the demonstration, which gets the arguments after `--`.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { setup } from "./setup.mjs";
import { environment, root, Stop, say, script } from "./tools.mjs";

await script(async () => {
  await setup();
  await build();
  say("");
  process.exitCode = await demonstrate(process.argv.slice(2));
});

/** Runs the demonstration in the terminal itself, so that it can ask and be interrupted. */
function demonstrate(args) {
  const main = join(root, "host-shim", "demo", "main.ts");
  if (!existsSync(main)) throw new Stop("There is no demonstration yet: host-shim/demo/main.ts.");
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: root,
    env: environment(),
    stdio: "inherit",
  });
  // Ctrl-C reaches both; the demonstration decides how it ends.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => done(signal === null ? code : 1));
  });
}
