// Builds the package: Rust → wasm → its JavaScript glue → a smaller wasm → host-shim/dist; and the
// playground, from a wasm of its own → www/dist.
// cargo knows by itself what is unchanged; the steps after it are skipped by the hash of what they read.

import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const dist = join(shim, "dist");

/** The core, once for speed with all of its boundary, once for size with what the page needs. */
const packageCore = {
  name: "core",
  profile: "release",
  feature: "wasm",
  optimise: ["-O3"],
  folder: join(shim, "wasm"),
};
const pageCore = {
  name: "page's core",
  profile: "small",
  feature: "page",
  // A function that is called once is larger alone than in its caller, but compresses better; so do
  // functions that lie beside those of their module.
  optimise: ["-Oz", "--one-caller-inline-max-function-size=0", "--reorder-functions-by-name"],
  folder: join(root, "www", "wasm"),
};

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

const base64File = join(packageCore.folder, "base64.js");

/** Brings `host-shim/wasm`, `host-shim/dist`, `www/wasm` and `www/dist` up to date. */
export async function build() {
  say("Build");
  // Each is compiled as a whole, by one thread: two take hardly longer than one.
  await Promise.all([packageCore, pageCore].map(buildCore));
  const bindgen = await buildBindgen();
  for (const core of [packageCore, pageCore]) await generate(core, bindgen);
  await step("inline wasm", { inputs: [wasmOf(packageCore)], outputs: [base64File] }, writeBase64);
  await step(
    "TypeScript",
    { inputs: compiled(), outputs: [join(dist, "load", "node.js")] },
    compile,
  );
  await buildWww();
}

async function buildCore({ name, profile, feature }) {
  const start = performance.now();
  const options = ["--profile", profile, "--target", wasmTriple, "--features", feature];
  await must("cargo", ["build", "--locked", ...options], `Building the ${name}`);
  say(`  ${name}, by cargo: done in ${seconds(start)}`);
}

async function buildBindgen() {
  const start = performance.now();
  const args = ["build", "--locked", "--package", "twilio-destination-build", "--bin", "bindgen"];
  await must("cargo", args, "Building the glue generator");
  say(`  glue generator, by cargo: done in ${seconds(start)}`);
  return join(target, "debug", process.platform === "win32" ? "bindgen.exe" : "bindgen");
}

async function generate(core, bindgen) {
  const { name, profile, folder } = core;
  const compiled = join(target, wasmTriple, profile, "twilio_destination.wasm");
  const wasm = wasmOf(core);
  const script = join(shim, "scripts", "build.mjs");
  const inputs = [compiled, bindgen, script, join(root, "package-lock.json")];
  const outputs = [wasm, join(folder, "twilio_destination.js")];
  await step(`${name}: glue and wasm-opt`, { inputs, outputs }, async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await must(bindgen, [compiled, folder], "Generating the glue");

    const optimiser = join(root, "node_modules", "binaryen", "bin", "wasm-opt");
    const args = [...wasmFeatures, ...core.optimise, ...wasmStrip, wasm, "-o", wasm];
    await must(process.execPath, [optimiser, ...args], "wasm-opt");

    // Importing the file gives a module in the runtimes that allow it, not the exports that the
    // generator declares.
    rmSync(`${wasm}.d.ts`);
    writeFileSync(
      join(folder, "twilio_destination_bg.d.wasm.ts"),
      "declare const module: WebAssembly.Module;\nexport default module;\n",
    );
  });
  saySize(core);
}

function wasmOf({ folder }) {
  return join(folder, "twilio_destination_bg.wasm");
}

/** For hosts with neither files nor imports of wasm. */
function writeBase64() {
  const base64 = readFileSync(wasmOf(packageCore)).toString("base64");
  writeFileSync(base64File, `export default "${base64}";\n`);
  writeFileSync(
    base64File.replace(/js$/, "d.ts"),
    "/** The core's wasm file in base64. */\ndeclare const base64: string;\nexport default base64;\n",
  );
}

function saySize(core) {
  const contents = readFileSync(wasmOf(core));
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const gzipped = gzipSync(contents, { level: 9 }).length;
  say(`  ${core.name}: ${kilobytes(contents.length)}, ${kilobytes(gzipped)} gzipped`);
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
  cpSync(packageCore.folder, join(dist, "wasm"), { recursive: true });
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
