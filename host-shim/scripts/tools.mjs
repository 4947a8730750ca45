// What the scripts share: where the project lies, how a command is run, how a step is announced.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's top folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where cargo builds, which its own environment variable may move. */
export const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");

/** The triple of the core's wasm build. */
export const wasmTriple = "wasm32-unknown-unknown";

/** A failure whose message is all that the reader needs: no stack trace is printed for it. */
export class Stop extends Error {}

/** Prints one line about what is being done. */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Seconds since `start` (a `performance.now()`), for people. */
export function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** The environment for child processes: rustup's folder is added if the shell lacks it. */
export function environment(extra = {}) {
  const rustup = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin");
  const path = process.env.PATH ?? "";
  const known = path.split(delimiter).includes(rustup);
  return { ...process.env, PATH: known ? path : path + delimiter + rustup, ...extra };
}

/**
 * Runs a command to its end and resolves to `{ code, output }`; its output is shown as it comes
 * unless `quiet`. A command that cannot be started has code 127, one ended for taking longer than
 * `minutes` has 128.
 */
export function run(command, args, { quiet = false, env = {}, minutes } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      timeout: minutes === undefined ? undefined : minutes * 60_000,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const parts = [];
    for (const [stream, shown] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.on("data", (part) => {
        parts.push(part);
        if (!quiet) shown.write(part);
      });
    }
    const finish = (code) => done({ code, output: Buffer.concat(parts).toString("utf8") });
    child.on("error", () => finish(127));
    child.on("close", (code, signal) => finish(signal === null ? code : 128));
  });
}

/**
 * Hands the terminal to one of the project's TypeScript programs, so that it can ask and be
 * interrupted, and resolves to its exit code.
 */
export function handOver(main, args) {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    cwd: root,
    env: environment(),
    stdio: "inherit",
  });
  // Ctrl-C reaches both; the program decides how it ends.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => done(signal === null ? code : 1));
  });
}

/** Runs a command that must succeed: quietly, but its output is shown if it fails. */
export async function must(command, args, what, options = {}) {
  const { code, output } = await run(command, args, { quiet: true, ...options });
  if (code !== 0) throw new Stop(`${output.trimEnd()}\n\n${what} failed (exit code ${code}).`);
  return output;
}

/** Runs a step only if its inputs differ from those of its last success, and says which it was. */
export async function step(name, { inputs, outputs }, work) {
  const stamp = join(target, "stamps", `${name.replaceAll(/\W+/g, "-")}.sha256`);
  const hash = hashOf(inputs);
  const fresh = existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  if (fresh && outputs.every((path) => existsSync(path))) {
    say(`  ${name}: unchanged`);
    return;
  }
  const start = performance.now();
  await work();
  mkdirSync(join(target, "stamps"), { recursive: true });
  writeFileSync(stamp, hashOf(inputs));
  say(`  ${name}: done in ${seconds(start)}`);
}

/** Every file below `folder` whose path relative to it passes `keep`, sorted. */
export function files(folder, keep) {
  const found = [];
  const visit = (place) => {
    for (const entry of readdirSync(place, { withFileTypes: true })) {
      const path = join(place, entry.name);
      if (entry.isDirectory()) {
        const skipped = ["node_modules", "dist", "target", "output"].includes(entry.name);
        if (!skipped && !entry.name.startsWith(".")) visit(path);
      } else if (keep(relative(folder, path).replaceAll("\\", "/"))) found.push(path);
    }
  };
  if (existsSync(folder)) visit(folder);
  return found.sort();
}

/** Runs a script's work: a `Stop` ends it with its message, anything else is a bug and throws. */
export async function script(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}

/** Whether the script at this `import.meta.url` is the one that was started, not imported. */
export function started(url) {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(url);
}

function hashOf(inputs) {
  const hash = createHash("sha256");
  for (const input of inputs) {
    hash.update(`${relative(root, input)}\0`);
    hash.update(existsSync(input) ? readFileSync(input) : "absent");
    hash.update("\0");
  }
  return hash.digest("hex");
}
