// Every vector through the published package in workerd. They go over in a few requests, and what
// comes back is what was not as it should be.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { readVectors } from "./vector-files.js";

const worker = `
  import * as library from "twilio-destination";
  import { faultsOf } from ${JSON.stringify(fileURLToPath(new URL("vectors.ts", import.meta.url)))};
  export default {
    async fetch(call) {
      const vectors = await call.json();
      const faults = [];
      for (const [name, vector] of vectors) {
        for (const fault of await faultsOf(vector, library)) faults.push(name + ": " + fault);
      }
      return Response.json({ count: vectors.length, faults });
    },
  };
`;

const perRequest = 250;

describe("vectors in workerd", () => {
  it("each of them, as in Node", async (test) => {
    const vectors = readVectors();
    const miniflare = await start();
    const faults: string[] = [];
    let count = 0;
    try {
      for (let at = 0; at < vectors.length; at += perRequest) {
        const body = JSON.stringify(vectors.slice(at, at + perRequest));
        const answer = await miniflare.dispatchFetch("http://worker/", { method: "POST", body });
        const seen = (await answer.json()) as { count: number; faults: string[] };
        count += seen.count;
        faults.push(...seen.faults);
      }
    } finally {
      await miniflare.dispose();
    }
    test.diagnostic(`${count} vectors`);
    assert.deepEqual(faults, []);
    assert.equal(count, vectors.length);
    assert.ok(count >= 300);
  });
});

async function start(): Promise<Miniflare> {
  const { outputFiles } = await build({
    stdin: { contents: worker, resolveDir: "." },
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
  });
}
