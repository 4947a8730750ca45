// The published package's entry for workerd, where wasm comes only by importing it.

import assert from "node:assert/strict";
import { it } from "node:test";
import { runInThisContext } from "node:vm";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import * as inNode from "twilio-destination";
import { decide } from "./first-decision.js";

it("decides in workerd", async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import * as core from "twilio-destination";
        export default { fetch: () => new Response(${decide}(core)) };
      `,
      resolveDir: ".",
    },
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
  const miniflare = new Miniflare({
    modules: [
      { type: "ESModule", path: "worker.js", contents: script.text },
      { type: "CompiledWasm", path: "twilio_destination_bg.wasm", contents: wasm.contents },
    ],
    compatibilityDate: "2026-04-01",
    cf: false,
  });
  try {
    const answer = await miniflare.dispatchFetch("http://worker/");
    assert.equal(await answer.text(), runInThisContext(decide)(inNode));
  } finally {
    await miniflare.dispose();
  }
});
