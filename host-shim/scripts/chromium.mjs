// Finds Chromium for the tests that need a browser, or installs Debian's package where it may.

import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, say, script, seconds, started } from "./tools.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const macApplications = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * Resolves to `{ path }`, or to `{ reason }` if there is no browser and none may be installed.
 * `CHROMIUM_PATH` names one and is then the only one looked at.
 */
export async function chromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    return isProgram(named)
      ? { path: named }
      : { reason: `CHROMIUM_PATH names no program: ${named}` };
  }
  const found = find();
  if (found !== undefined) return { path: found };
  const obstacle = await install();
  const installed = find();
  if (installed !== undefined) return { path: installed };
  return { reason: `Chromium was not found, and ${obstacle}. Install it or set CHROMIUM_PATH.` };
}

function find() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...macApplications].find(isProgram);
}

/** Tries Debian's package and says what stood in the way, if anything did. */
async function install() {
  if (!existsSync("/etc/debian_version")) return "it is installed by itself only on Debian";
  if (process.getuid?.() !== 0) return "installing it needs root";
  say("  installing Debian's chromium package");
  const start = performance.now();
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], { quiet: true, env });
  const args = ["install", "--yes", "--no-install-recommends", "chromium"];
  const { code, output } = await run("apt-get", args, { quiet: true, env });
  if (code !== 0) return `apt-get failed: ${output.trimEnd().split("\n").at(-1)}`;
  say(`  installed in ${seconds(start)}`);
  return "its package brought no program of a known name";
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (started(import.meta.url)) {
  await script(async () => {
    const { path, reason } = await chromium();
    say(path ?? reason);
    if (path === undefined) process.exitCode = 1;
  });
}
