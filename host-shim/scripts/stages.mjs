// The stages of `npm test`: how each is run and how its tests are counted.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "./chromium.mjs";
import { hunt, nativeTraces, sweep } from "./simulator.mjs";
import { files, must, root, run, say, target, wasmTriple } from "./tools.mjs";

const inCi = ["true", "1"].includes(process.env.CI ?? "");

const isWorkerdTest = (path) => path.endsWith(".workerd.test.ts");
const isChromiumTest = (path) => path.endsWith(".chromium.test.ts");
const isDifferentialTest = (path) => /^tests\/differential\/.*\.test\.mjs$/.test(path);
const isNodeTest = (path) =>
  path.endsWith(".test.ts") && !isWorkerdTest(path) && !isChromiumTest(path);

/**
 * In the order in which they run. `run` resolves to `{ passed, failed }`, counts of tests, or to
 * `{ skipped }`, the reason why the stage could not run.
 */
export const stages = [
  { name: "fmt", what: "Rust is formatted", run: fmt },
  { name: "clippy", what: "Rust without warnings, native and wasm", run: clippy },
  { name: "rust", what: "Rust tests", run: () => cargoTest(["test", "--locked"]) },
  { name: "wasm", what: "Rust tests inside wasm", run: wasmTests },
  { name: "simulation", what: "Simulated schedules of faults", run: () => sweep(20_000) },
  { name: "traces", what: "The same schedules inside wasm", run: traces },
  { name: "mutants", what: "Broken cores, which schedules must show", run: hunt },
  { name: "types", what: "TypeScript compiles, strict", run: types },
  { name: "lint", what: "TypeScript and JavaScript without warnings, formatted", run: lint },
  { name: "node", what: "The host shim in Node", run: () => nodeTests(isNodeTest) },
  {
    name: "differential",
    what: "The core against other implementations",
    run: () => nodeTests(isDifferentialTest),
  },
  { name: "workerd", what: "The host shim in workerd", run: () => nodeTests(isWorkerdTest) },
  { name: "chromium", what: "The host shim in Chromium", run: chromiumTests },
];

function fmt() {
  return check([["cargo", ["fmt", "--all", "--check"]]]);
}

function clippy() {
  const deny = ["--", "--deny", "warnings"];
  const wasm = ["--target", wasmTriple, "--features", "wasm", "--lib", ...wasmTestTarget()];
  const page = ["--target", wasmTriple, "--features", "page", "--lib"];
  return check([
    ["cargo", ["clippy", "--locked", "--workspace", "--all-targets", ...deny]],
    ["cargo", ["clippy", "--locked", ...wasm, ...deny]],
    ["cargo", ["clippy", "--locked", ...page, ...deny]],
  ]);
}

async function wasmTests() {
  const test = wasmTestTarget();
  if (test.length === 0) return { skipped: "there is no tests/wasm.rs" };
  return cargoTestInWasm(["--features", "wasm", ...test]);
}

async function traces() {
  const native = await nativeTraces(200);
  const test = ["--package", "twilio-destination-simulation", "--test", "wasm"];
  return cargoTestInWasm(test, { NATIVE_TRACES: native.trim().replaceAll("\n", " ") });
}

async function cargoTestInWasm(args, env = {}) {
  say("building the test runner");
  const bin = ["--package", "twilio-destination-build", "--bin", "wasm-test-runner"];
  const feature = ["--features", "twilio-destination-build/test-runner"];
  await must("cargo", ["build", "--locked", ...bin, ...feature], "Building the test runner");
  const variable = `CARGO_TARGET_${wasmTriple.toUpperCase().replaceAll("-", "_")}_RUNNER`;
  const runner = join(target, "debug", "wasm-test-runner");
  const test = ["test", "--locked", "--target", wasmTriple, ...args];
  return cargoTest(test, { ...env, [variable]: runner });
}

function wasmTestTarget() {
  return existsSync(join(root, "tests", "wasm.rs")) ? ["--test", "wasm"] : [];
}

function types() {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const projects = ["host-shim", "tests", "www"].map((folder) => join(root, folder));
  return check(
    projects.map((project) => [process.execPath, [compiler, "--noEmit", "--project", project]]),
  );
}

function lint() {
  const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  return check([[process.execPath, [biome, "check", "--error-on-warnings"]]]);
}

async function chromiumTests() {
  if (files(root, isChromiumTest).length === 0) return nodeTests(isChromiumTest);
  const { path, reason } = await chromium();
  if (path !== undefined) return nodeTests(isChromiumTest, { CHROMIUM_PATH: path });
  say(reason);
  return inCi ? { passed: 0, failed: 1 } : { skipped: reason };
}

/** Runs every command, even after one fails; each counts as one test. */
async function check(commands) {
  const counts = { passed: 0, failed: 0 };
  for (const [command, args] of commands) {
    const { code } = await run(command, args);
    counts[code === 0 ? "passed" : "failed"] += 1;
  }
  return counts;
}

async function cargoTest(args, env = {}) {
  const { code, output } = await run("cargo", args, { env: { ...env, ...uncoloured } });
  return counted(code, {
    passed: numbers(output, /^test result: .*?(\d+) passed;/gm),
    failed: numbers(output, /^test result: .*?(\d+) failed;/gm),
  });
}

async function nodeTests(keep, env = {}) {
  const paths = files(root, keep);
  if (paths.length === 0) return { skipped: "there is no such test file" };
  const args = ["--import", "tsx", "--test", "--test-reporter=spec", ...paths];
  // A test that never ends must fail, not hold up the rest.
  const options = { env: { ...env, ...uncoloured }, minutes: 15 };
  const { code, output } = await run(process.execPath, args, options);
  return counted(code, {
    passed: numbers(output, /^\S+ pass (\d+)$/gm),
    failed: numbers(output, /^\S+ (?:fail|cancelled) (\d+)$/gm),
  });
}

/** The runners' own sums are read from their output, where colours would stand between. */
const uncoloured = { CARGO_TERM_COLOR: "never", FORCE_COLOR: "0", NO_COLOR: "1" };

function numbers(output, pattern) {
  return [...output.matchAll(pattern)].map(([, number]) => Number(number));
}

/** A run that failed or said no sum, as after a compile error, counts as a failed test at least. */
function counted(code, { passed, failed }) {
  const sum = (list) => list.reduce((total, number) => total + number, 0);
  const broken = code !== 0 || passed.length === 0;
  return { passed: sum(passed), failed: broken ? Math.max(sum(failed), 1) : sum(failed) };
}
