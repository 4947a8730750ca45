// Makes a fresh clone ready: checks for Node and Rust, adds the wasm target, installs npm packages.
// It runs before any dependency exists, so it imports nothing but Node's own modules.

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { must, root, run, Stop, say, script, seconds, started, wasmTriple } from "./tools.mjs";

const oldestNode = 20;

/** Does what is missing and stops, with a sentence that says how to get it, at what it cannot do. */
export async function setup() {
  say("Set-up");
  checkNode();
  await checkRust();
  await addWasmTarget();
  await installPackages();
}

function checkNode() {
  const version = process.versions.node;
  if (Number.parseInt(version, 10) < oldestNode) {
    throw new Stop(
      `Node ${oldestNode} or newer is needed; this is ${version}. Get it from https://nodejs.org.`,
    );
  }
  say(`  node ${version}`);
}

async function checkRust() {
  const { code, output } = await run("cargo", ["--version"], { quiet: true });
  if (code !== 0) {
    throw new Stop(
      code === 127
        ? "Rust is missing: no `cargo` was found. Install it from https://rustup.rs, then run this again."
        : `\`cargo --version\` failed:\n${output.trimEnd()}\nReinstall Rust from https://rustup.rs.`,
    );
  }
  const found = /\d+\.\d+(?:\.\d+)?/.exec(output)?.[0] ?? "";
  const wanted = oldestRust();
  if (isOlder(found, wanted)) {
    throw new Stop(
      `Rust ${wanted} or newer is needed; this is ${found}. Run: rustup update stable`,
    );
  }
  say(`  rust ${found}`);
}

async function addWasmTarget() {
  const folder = await must(
    "rustc",
    ["--print", "target-libdir", "--target", wasmTriple],
    "Asking rustc for its wasm target",
  );
  if (existsSync(folder.trim())) {
    say(`  ${wasmTriple}: present`);
    return;
  }
  const start = performance.now();
  const { code, output } = await run("rustup", ["target", "add", wasmTriple], { quiet: true });
  if (code === 127) {
    throw new Stop(
      `Rust's ${wasmTriple} target is missing, and so is rustup, which would add it. ` +
        "Install Rust from https://rustup.rs, or the target by the system's package manager.",
    );
  }
  if (code !== 0) {
    throw new Stop(`${output.trimEnd()}\n\n\`rustup target add ${wasmTriple}\` failed.`);
  }
  say(`  ${wasmTriple}: added in ${seconds(start)}`);
}

async function installPackages() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) {
    say("  npm packages: present");
    return;
  }
  const start = performance.now();
  // npm names its own program to the scripts it runs; that one needs no look-up on the PATH.
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith(".js") ? [process.execPath, [npm, "ci"]] : ["npm", ["ci"]];
  await must(command, args, "`npm ci`");
  say(`  npm packages: installed in ${seconds(start)}`);
}

function oldestRust() {
  const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
  return /^rust-version = "([\d.]+)"$/m.exec(manifest)?.[1] ?? "1.95";
}

function isOlder(found, wanted) {
  const [a, b] = [found, wanted].map((version) => version.split(".").map(Number));
  for (let place = 0; place < b.length; place += 1) {
    if ((a[place] ?? 0) !== b[place]) return (a[place] ?? 0) < b[place];
  }
  return false;
}

if (started(import.meta.url)) await script(setup);
