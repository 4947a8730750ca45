// Phone numbers from JavaScript: the package's own export.

import assert from "node:assert/strict";
import { it } from "node:test";
import { parsePhoneNumber } from "twilio-destination";

it("reads a number and tells all that is known of it", () => {
  assert.deepEqual(parsePhoneNumber("07911 123456 ext. 7", { defaultRegion: "GB" }), {
    accepted: true,
    e164: "+447911123456",
    extension: "7",
    region: "GG",
    mainRegion: "GB",
    kind: "mobile",
    valid: true,
    mobile: true,
    refusal: null,
  });
});

it("accepts by policy", () => {
  const accepted = (accept: "possible" | "valid" | "mobile") =>
    parsePhoneNumber("+447700900123", { accept }).accepted;
  assert.deepEqual(
    [accepted("possible"), accepted("valid"), accepted("mobile")],
    [true, false, false],
  );
});

it("refuses with a reason", () => {
  const reason = (text: unknown) => parsePhoneNumber(text).refusal?.code;
  assert.equal(reason("07911 123456"), "no_country_code");
  assert.equal(reason(447911123456), "not_text");
  assert.equal(reason(null), "not_text");
  assert.equal(reason(["+447911123456"]), "not_text");
  assert.equal(reason("4.477E11"), "scientific_notation");
  assert.equal(reason("+44".padEnd(100_000, "7")), "input_too_long");
});
