// Builds the package: Rust → wasm → its JavaScript glue → a smaller wasm → host-shim/dist; and the
// playground → www/dist.
// cargo knows by itself what is unchanged; the steps after it are skipped by the hash of what they read.

import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { setup } from "./setup.mjs";
import {
  files,
  must,
  root,
  say,
  script,
  seconds,
  started,
  step,
  target,
  wasmTriple,
} from "./tools.mjs";
import { buildWww } from "./www.mjs";

const shim = join(root, "host-shim");
const generated = join(shim, "wasm");
const dist = join(shim, "dist");
const wasm = join(generated, "twilio_destination_bg.wasm");

// Named one by one, these are what rustc emits for the target today and Node 20 reads.
// `--all-features` would let the optimiser use an import encoding that Node 20 refuses.
const wasmFeatures = [
  "--mvp-features",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-multivalue",
  "--enable-mutable-globals",
  "--enable-nontrapping-float-to-int",
  "--enable-reference-types",
  "--enable-sign-ext",
];
const wasmStrip = ["--strip-debug", "--strip-producers", "--strip-target-features"];

/** Brings `host-shim/wasm`, `host-shim/dist` and `www/dist` up to date. */
export async function build() {
  say("Build");
  const core = await buildCore();
  const bindgen = await buildBindgen();
  await step(
    "glue and wasm-opt",
    {
      inputs: [core, bindgen, join(shim, "scripts", "build.mjs"), join(root, "package-lock.json")],
      outputs: [wasm, join(generated, "twilio_destination.js"), join(generated, "base64.js")],
    },
    () => generate(bindgen, core),
  );
  sayWasmSize();
  await step(
    "TypeScript",
    { inputs: compiled(), outputs: [join(dist, "load", "node.js")] },
    compile,
  );
  await buildWww();
}

async function buildCore() {
  const start = performance.now();
  const args = ["build", "--locked", "--release", "--target", wasmTriple, "--features", "wasm"];
  await must("cargo", args, "Building the core");
  say(`  core, by cargo: done in ${seconds(start)}`);
  return join(target, wasmTriple, "release", "twilio_destination.wasm");
}

async function buildBindgen() {
  const start = performance.now();
  const args = ["build", "--locked", "--package", "twilio-destination-build", "--bin", "bindgen"];
  await must("cargo", args, "Building the glue generator");
  say(`  glue generator, by cargo: done in ${seconds(start)}`);
  return join(target, "debug", process.platform === "win32" ? "bindgen.exe" : "bindgen");
}

async function generate(bindgen, core) {
  rmSync(generated, { recursive: true, force: true });
  mkdirSync(generated, { recursive: true });
  await must(bindgen, [core, generated], "Generating the glue");

  const optimise = join(root, "node_modules", "binaryen", "bin", "wasm-opt");
  const args = [...wasmFeatures, "-O3", ...wasmStrip, wasm, "-o", wasm];
  await must(process.execPath, [optimise, ...args], "wasm-opt");

  // Importing the file gives a module in the runtimes that allow it, not the exports that the
  // generator declares.
  rmSync(`${wasm}.d.ts`);
  writeFileSync(
    join(generated, "twilio_destination_bg.d.wasm.ts"),
    "declare const module: WebAssembly.Module;\nexport default module;\n",
  );
  const base64 = readFileSync(wasm).toString("base64");
  writeFileSync(join(generated, "base64.js"), `export default "${base64}";\n`);
  writeFileSync(
    join(generated, "base64.d.ts"),
    "/** The core's wasm file in base64. */\ndeclare const base64: string;\nexport default base64;\n",
  );
}

function sayWasmSize() {
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const gzipped = gzipSync(readFileSync(wasm), { level: 9 }).length;
  say(`  wasm: ${kilobytes(statSync(wasm).size)}, ${kilobytes(gzipped)} gzipped`);
}

function compiled() {
  const sources = files(
    shim,
    (path) => /\.(ts|js|wasm|json)$/.test(path) && !/^(build|demo)\//.test(path),
  );
  return [...sources, join(root, "package-lock.json")];
}

async function compile() {
  rmSync(dist, { recursive: true, force: true });
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  await must(process.execPath, [compiler, "--project", shim], "Compiling the host shim");
  await bundleCsv();
  // Beside the compiled files, so that one relative import is right for sources and package alike.
  cpSync(generated, join(dist, "wasm"), { recursive: true });
  copyFileSync(join(root, "LICENSE"), join(dist, "LICENSE"));
  const notice = "LICENSE-libphonenumber";
  copyFileSync(join(root, "src", "phone", notice), join(dist, notice));
}

/** The package has no dependencies: what it uses of the CSV parser travels within the one file. */
async function bundleCsv() {
  const { build: bundle } = await import("esbuild");
  const file = join(dist, "cli", "csv.js");
  await bundle({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    logLevel: "error",
    platform: "node",
    sourcemap: true,
  });
  const license = join(root, "node_modules", "csv-parse", "LICENSE");
  copyFileSync(license, join(dist, "LICENSE-csv-parse"));
}

if (started(import.meta.url)) {
  await script(async () => {
    await setup();
    await build();
  });
}
