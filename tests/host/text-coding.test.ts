// The stand-ins for TextDecoder and TextEncoder give what the real ones give.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Utf8Decoder, Utf8Encoder } from "../../host-shim/load/text-coding.js";

const runs = { numRuns: 20_000 };

/** Bytes that are often nearly UTF-8: only such reach the rules about overlong forms and the like. */
const nearlyUtf8 = fc
  .array(
    fc.oneof(
      fc.constantFrom(0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2),
      fc.constantFrom(0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xbb, 0xf0, 0xf3, 0xf4, 0xf5, 0xff),
    ),
    { maxLength: 12 },
  )
  .map((bytes) => Uint8Array.from(bytes));

describe("text coding", () => {
  it("decodes like TextDecoder", () => {
    fc.assert(
      fc.property(nearlyUtf8, fc.boolean(), (bytes, ignoreBOM) => {
        const real = new TextDecoder("utf-8", { ignoreBOM });
        assert.equal(new Utf8Decoder("utf-8", { ignoreBOM }).decode(bytes), real.decode(bytes));
      }),
      runs,
    );
  });

  it("decodes in parts, and again after the last, like TextDecoder", () => {
    fc.assert(
      fc.property(fc.array(nearlyUtf8, { maxLength: 4 }), (parts) => {
        const [ours, real] = [new Utf8Decoder(), new TextDecoder()];
        for (const round of [1, 2]) {
          for (const part of parts) {
            const [found, expected] = [ours, real].map((one) => one.decode(part, { stream: true }));
            assert.equal(found, expected, `round ${round}`);
          }
          assert.equal(ours.decode(), real.decode());
        }
      }),
      runs,
    );
  });

  it("encodes like TextEncoder", () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }));
    const loose = units.map((list) => String.fromCharCode(...list));
    const text = fc.oneof(fc.string({ unit: "binary" }), loose);
    fc.assert(
      fc.property(text, (value) => {
        assert.deepEqual(new Utf8Encoder().encode(value), new TextEncoder().encode(value));
      }),
      runs,
    );
  });

  it("carries a long text both ways", () => {
    const text = "aé☃😀".repeat(20_000);
    assert.equal(new Utf8Decoder().decode(new Utf8Encoder().encode(text)), text);
  });
});
