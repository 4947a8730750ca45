// Reads the files of the vectors, in Node.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Vector } from "./vectors.js";

const folder = fileURLToPath(new URL("../vectors/", import.meta.url));

/** Every vector by its name, `area/case`, in the order of the names. */
export function readVectors(): [name: string, vector: Vector][] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const names = paths.filter((path) => path.endsWith(".json")).sort();
  return names.map((name) => [
    name.slice(0, -".json".length).replaceAll("\\", "/"),
    JSON.parse(readFileSync(folder + name, "utf8")) as Vector,
  ]);
}
