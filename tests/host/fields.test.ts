// The size of an event is found without writing its JSON where that is possible. The answer is that
// of the JSON all the same.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { packFields } from "../../host-shim/fields.js";

const limits = { reads: [], shapes: [], maxDepth: 32 };

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("\ud800", "a\u001fb", "é☃😀", '"\\\n', "type"),
);
const leaf = fc.oneof(
  text,
  fc.integer(),
  fc.double(),
  fc.constantFrom(null, undefined, true, false, new Date(0), new Map(), new Number(1.5)),
);
const event = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie("value")), tie("object")),
  object: fc.dictionary(text, tie("value")),
})).object as fc.Arbitrary<object>;

describe("packFields", () => {
  it("takes an event of as many bytes as it may have, and none of one more", () => {
    fc.assert(
      fc.property(event, (event) => {
        const bytes = Buffer.byteLength(JSON.stringify(event));
        for (const [maxBytes, expected] of [
          [bytes + 1, "-"],
          [bytes, "-"],
          [bytes - 1, "l"],
        ] as const) {
          assert.equal(packFields(event, { ...limits, maxBytes }), expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("ends soon with an object that holds the same objects many times over", () => {
    let shared: object = { leaf: 1 };
    for (let level = 0; level < 30; level += 1) shared = { left: shared, right: shared };
    const start = performance.now();
    assert.equal(packFields(shared, { ...limits, maxBytes: 32_768 }), "l");
    // Walked to its end, it takes 2,147,483,647 steps.
    assert.ok(performance.now() - start < 2_000);
  });
});
