// The worker in real Chromium, under the page's policy.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { build } from "esbuild";
import type { FromBatchWorker } from "../../www/lib/batch/protocol.js";
import { openPage } from "../host/in-chromium.js";
import { event, settings } from "./support.js";

it("ten thousand events are decided beside the page", async (test) => {
  const { outputFiles } = await build({
    entryPoints: [new URL("../../www/lib/batch-worker.ts", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    write: false,
  });
  const script = outputFiles[0]?.text ?? "";
  assert.ok(!script.includes("api.twilio.com"), "the worker knows where to send");
  const wasm = readFileSync(new URL("../../www/wasm/twilio_destination_bg.wasm", import.meta.url));
  const page = await openPage(test, { "/worker.js": script, "/core.wasm": wasm });
  const line = `${JSON.stringify(event)}\n`;
  const said: FromBatchWorker = await page.evaluate(
    ([line = "", settings = ""]) =>
      new Promise((done, fail) => {
        const name = new URL("/core.wasm", location.href).href;
        const worker = new Worker("/worker.js", { type: "module", name });
        worker.onerror = (error) => fail(new Error(error.message));
        worker.onmessage = ({ data }) => {
          if (data.type !== "progress") done(data);
        };
        const work = { source: new Blob([line.repeat(10_000)]) };
        worker.postMessage({ type: "start", run: 1, work, settings: JSON.parse(settings), now: 0 });
      }),
    [line, JSON.stringify(settings)],
  );
  assert.ok(said.type === "end", JSON.stringify(said));
  assert.deepEqual([said.run, said.counts.sends, said.counts.segments], [1, 10_000, 10_000]);
});
