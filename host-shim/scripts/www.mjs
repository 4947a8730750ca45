// Builds the playground to static files in www/dist, each beside its compressed forms.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { generateGallery } from "../../www/lib/gallery/generate.mjs";
import { files, root, say, step } from "./tools.mjs";

const www = join(root, "www");
const core = join(www, "wasm");

/** What the page takes from the host shim speaks to the page's core. */
const pageCore = {
  name: "page's core",
  setup(build) {
    const glue = { path: join(core, "twilio_destination.js") };
    build.onResolve({ filter: /\/wasm\/twilio_destination\.js$/ }, () => glue);
  },
};

/** Where the static files are. */
export const wwwDist = join(www, "dist");

/** Brings `www/dist` up to date. The core must be built. */
export async function buildWww() {
  const inputs = [
    ...files(www, () => true),
    ...files(join(root, "tests", "vectors"), (path) => path.endsWith(".json")),
    ...files(join(root, "tests", "data", "gallery"), (path) => path.endsWith(".json")),
    ...files(join(root, "host-shim"), (path) => /\.(ts|wasm|js|json|mjs)$/.test(path)),
    join(root, "package-lock.json"),
  ];
  await step("playground", { inputs, outputs: [join(wwwDist, "index.html")] }, write);
  const page = transferred();
  const sizes = [page.first, page.core, page.total].map(kilobytes);
  say(
    `  playground: ${sizes[0]} until it can be used, of which the core ${sizes[1]}; ${sizes[2]} kept for offline use`,
  );
}

/**
 * What a first visit transfers, compressed by brotli, in bytes: what the page needs before it can be
 * used, the core in it, and all with what is then kept for offline use.
 */
export function transferred() {
  const compressed = files(wwwDist, (path) => path.endsWith(".br") && !/LICENSE/.test(path));
  const sizes = compressed.map((path) => [path, readFileSync(path).length]);
  const sum = (list) => list.reduce((total, [, size]) => total + size, 0);
  const html = readFileSync(join(wwwDist, "index.html"), "utf8");
  const tags = html.match(/<(?:script|link)[^>]*>/g).filter((tag) => !tag.includes("alternate"));
  const names = ["index.html", ...tags.map((tag) => /(?:src|href)="([^"]+)"/.exec(tag)?.[1])];
  const first = sizes.filter(([path]) => names.includes(basename(path, ".br")));
  const core = sizes.filter(([path]) => path.endsWith(".wasm.br"));
  return { first: sum(first), core: sum(core), total: sum(sizes) };
}

/** The page's script and its worker, which share what both need. */
const entries = ["main.tsx", join("lib", "batch-worker.ts")];

async function write() {
  // Not above: this file is read before the set-up that installs it.
  const { build: bundle } = await import("esbuild");
  const common = {
    bundle: true,
    charset: "utf8",
    format: "esm",
    legalComments: "none",
    minify: true,
    target: ["es2022", "chrome123", "firefox121", "safari17.5"],
    write: false,
    absWorkingDir: root,
    plugins: [pageCore],
  };
  const page = await bundle({
    ...common,
    entryPoints: entries.map((path) => join(www, path)),
    jsx: "automatic",
    jsxImportSource: "preact",
    metafile: true,
    outdir: wwwDist,
    splitting: true,
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
  });
  const style = await bundle({ ...common, entryPoints: [join(www, "playground.css")] });

  rmSync(wwwDist, { recursive: true, force: true });
  mkdirSync(wwwDist, { recursive: true });
  const code = (result) => result.outputFiles[0].contents;
  const gallery = JSON.stringify(generateGallery(join(root, "tests")));
  const scripts = putScripts(page);
  const names = {
    ...scripts.names,
    "playground.css": put("playground.css", code(style)),
    "gallery.json": put("gallery.json", gallery),
    "core.wasm": put("core.wasm", readFileSync(join(core, "twilio_destination_bg.wasm"))),
    "icon.svg": put("icon.svg", readFileSync(join(www, "icon.svg"))),
  };
  const preloads = scripts.needed.map(
    (name) => `<link rel="modulepreload" href="${name}" />\n    `,
  );
  const html = Object.entries(names).reduce(
    (text, [name, hashed]) => text.replaceAll(`"${name}"`, `"${hashed}"`),
    readFileSync(join(www, "index.html"), "utf8").replace(
      '<script type="module"',
      `${preloads.join("")}$&`,
    ),
  );
  putAs("index.html", Buffer.from(html));
  const kept = ["./", ...Object.values(names)];
  const worker = await bundle({
    ...common,
    format: "iife",
    entryPoints: [join(www, "service-worker.ts")],
    define: { FILES: JSON.stringify(kept), VERSION: JSON.stringify(hash(html)) },
  });
  putAs("service-worker.js", code(worker));
  for (const [name, path] of [
    ["LICENSE", join(root, "LICENSE")],
    ["LICENSE-preact", join(root, "node_modules", "preact", "LICENSE")],
    ["LICENSE-libphonenumber", join(root, "src", "phone", "LICENSE-libphonenumber")],
  ]) {
    putAs(name, readFileSync(path));
  }
}

/**
 * Writes the page's script, its worker and their parts, whose names hold their hashes already, and
 * tells their names and which parts the script needs to start.
 */
function putScripts({ outputFiles, metafile }) {
  const scripts = Object.fromEntries(outputFiles.map((file) => [basename(file.path), file]));
  const outputs = Object.entries(metafile.outputs);
  const imports = new Map(outputs.map(([path, output]) => [basename(path), output.imports]));
  const needed = new Set(["main.js"]);
  for (const name of needed) {
    for (const { kind, path } of imports.get(name)) {
      if (kind === "import-statement") needed.add(basename(path));
    }
  }
  needed.delete("main.js");
  const names = {};
  for (const [name, { contents }] of Object.entries(scripts)) {
    const isEntry = name === "main.js" || name === "batch-worker.js";
    if (!isEntry) putAs(name, contents);
    names[name] = isEntry ? put(name, contents) : name;
  }
  return { names, needed: [...needed] };
}

/** Writes a file under a name that holds its hash, so that it can be kept forever. */
function put(name, contents) {
  const hashed = name.replace(/(\.\w+)$/, `-${hash(contents)}$1`);
  putAs(hashed, contents);
  return hashed;
}

function putAs(name, contents) {
  const path = join(wwwDist, name);
  writeFileSync(path, contents);
  writeFileSync(`${path}.gz`, gzipSync(contents, { level: 9 }));
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(`${path}.br`, brotliCompressSync(contents, best));
}

function hash(contents) {
  return createHash("sha256").update(contents).digest("hex").slice(0, 10);
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
