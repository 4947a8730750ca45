// Every vector through the published package in Node: as an object, as text and as bytes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as library from "twilio-destination";
import { readVectors } from "./vector-files.js";
import { faultsOf } from "./vectors.js";

describe("vectors in Node", () => {
  const vectors = readVectors();
  for (const [name, vector] of vectors) {
    it(name, async () => assert.deepEqual(await faultsOf(vector, library), []));
  }

  it("there are at least 300 of them", (test) => {
    test.diagnostic(`${vectors.length} vectors`);
    assert.ok(vectors.length >= 300);
  });

  it("bytes that are no text are no event", () => {
    const [, vector] = vectors.find(([name]) => name === "request/datafly_example") ?? [];
    const host = { fetch, now: () => 0 };
    const destination = library.createDestination(vector?.settings as never, host);
    const [decision] = destination.decide(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d));
    assert.ok(decision?.type === "drop");
    assert.equal(decision.reason.code, "event_not_json");
    assert.equal(decision.reason.cause, "The event is not JSON: expected UTF-8 at byte 2.");
  });

  it("a vector that is wrong fails", async () => {
    const [, vector] = vectors.find(([name]) => name === "request/datafly_example") ?? [];
    assert.ok(vector !== undefined);
    const [decision] = vector.expect.decisions ?? [];
    const other = { ...decision, body: `${decision?.body}x` } as typeof decision;
    assert.ok(other !== undefined);
    const wrong = { ...vector, expect: { ...vector.expect, decisions: [other] } };
    const faults = await faultsOf(wrong, library);
    assert.equal(faults.length, 3, faults.join("\n"));
    assert.ok(faults.every((fault) => fault.includes("body: expected")));
  });
});
