// Every vector through the published package in workerd. They go over in a few requests, and what
// comes back is what was not as it should be.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorker } from "./in-workerd.js";
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
    const running = await startWorker(worker);
    const faults: string[] = [];
    let count = 0;
    try {
      for (let at = 0; at < vectors.length; at += perRequest) {
        const body = JSON.stringify(vectors.slice(at, at + perRequest));
        const answer = await running.dispatchFetch("http://worker/", { method: "POST", body });
        const seen = (await answer.json()) as { count: number; faults: string[] };
        count += seen.count;
        faults.push(...seen.faults);
      }
    } finally {
      await running.dispose();
    }
    test.diagnostic(`${count} vectors`);
    assert.deepEqual(faults, []);
    assert.equal(count, vectors.length);
    assert.ok(count >= 300);
  });
});
