// A Worker made of a source text, bundled with the published package and run in real workerd.

import assert from "node:assert/strict";
import { build } from "esbuild";
import { Miniflare, type MiniflareOptions } from "miniflare";

/** Starts a Worker. `source` is its main module; the wasm comes by importing it, as in production. */
export async function startWorker(
  source: string,
  options: Partial<MiniflareOptions> = {},
): Promise<Miniflare> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: "." },
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    outdir: "out",
    write: false,
  });
  const script = outputFiles.find(({ path }) => path.endsWith(".js"));
  const wasm = outputFiles.find(({ path }) => path.endsWith(".wasm"));
  assert.ok(script !== undefined && wasm !== undefined);
  return new Miniflare({
    modules: [
      { type: "ESModule", path: "worker.js", contents: script.text },
      { type: "CompiledWasm", path: "twilio_destination_bg.wasm", contents: wasm.contents },
    ],
    compatibilityDate: "2026-04-01",
    cf: false,
    ...options,
  } as MiniflareOptions);
}
