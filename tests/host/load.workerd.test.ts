// The published package's entry for workerd, where wasm comes only by importing it.

import assert from "node:assert/strict";
import { it } from "node:test";
import { runInThisContext } from "node:vm";
import * as inNode from "twilio-destination";
import { decide } from "./first-decision.js";
import { startWorker } from "./in-workerd.js";

it("decides in workerd", async () => {
  const worker = await startWorker(`
    import * as core from "twilio-destination";
    export default { fetch: () => new Response(${decide}(core)) };
  `);
  try {
    const answer = await worker.dispatchFetch("http://worker/");
    assert.equal(await answer.text(), runInThisContext(decide)(inNode));
  } finally {
    await worker.dispose();
  }
});
