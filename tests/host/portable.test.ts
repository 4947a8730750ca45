// The lint that keeps Node's globals and modules, and the console, out of what runs everywhere:
// it must hold where it should and let go where it should.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");

const nodeBound = `import { readFileSync } from "node:fs";
export const read = readFileSync;
export const home = process.env;
export const bytes = Buffer.from("x");
export const later = setImmediate;
export const here = __dirname;
console.log("x");
`;
const linesThatNeedNode = [1, 3, 4, 5, 6, 7];

const portable = [
  "index.ts",
  "perform.ts",
  "adapters/worker.ts",
  "load/inline.ts",
  "load/workerd.ts",
  "stores/memory.ts",
];
const nodeOnly = [
  "adapters/node.ts",
  "cli/main.ts",
  "demo/main.ts",
  "load/node.ts",
  "stand-in/server.ts",
  "stores/journal/journal.ts",
];

interface Diagnostic {
  location: { path: string; start: { line: number } };
}

it("what needs Node is refused in every file but those for Node", (test) => {
  const place = join(root, "tests", "output", "portable");
  rmSync(place, { recursive: true, force: true });
  test.after(() => rmSync(place, { recursive: true, force: true }));
  for (const path of [...portable, ...nodeOnly].map((name) => join(place, "host-shim", name))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, nodeBound);
  }
  copyFileSync(join(root, ".biome.json"), join(place, ".biome.json"));
  const { stdout } = spawnSync(process.execPath, [biome, "lint", "--reporter=json"], {
    cwd: place,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
  const refused = (name: string) => {
    const found = diagnostics.filter(({ location }) => location.path === `host-shim/${name}`);
    return [...new Set(found.map(({ location }) => location.start.line))].sort();
  };
  for (const name of portable) assert.deepEqual(refused(name), linesThatNeedNode, name);
  for (const name of nodeOnly) assert.deepEqual(refused(name), [], name);
});
