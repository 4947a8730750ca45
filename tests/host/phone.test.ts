// Phone numbers from JavaScript: the package's own export.

import assert from "node:assert/strict";
import { it } from "node:test";
import { type PhoneOptions, parsePhoneNumber } from "twilio-destination";

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

it("refuses a policy that there is not, since any other could accept too much", () => {
  for (const accept of ["Mobile", "", "toString", null, 1]) {
    const options = { accept } as unknown as PhoneOptions;
    assert.throws(() => parsePhoneNumber("+447700900123", options), TypeError);
  }
});

it("reads national numbers by the default region, in either case, and only if there is one", () => {
  const read = (defaultRegion?: string) => {
    const options = defaultRegion === undefined ? {} : { defaultRegion };
    const { e164, refusal } = parsePhoneNumber("07911 123456", options);
    return e164 ?? refusal?.code;
  };
  assert.equal(read("GB"), "+447911123456");
  assert.equal(read("gb"), "+447911123456");
  for (const none of [undefined, "", "UK", "XX", "GBR", " GB", "G\u001f", "\u001fvalid", "Ñ"]) {
    assert.ok(["no_country_code", "not_text"].includes(read(none) ?? ""), none);
  }
});

it("tells what a number is also where the policy refuses it", () => {
  const { accepted, e164, kind, valid, refusal } = parsePhoneNumber("+442079460958", {
    accept: "mobile",
  });
  assert.deepEqual([accepted, e164, kind, valid], [false, "+442079460958", "fixed_line", true]);
  assert.equal(refusal?.code, "not_mobile");
});

it("answers any text, and no text", () => {
  const odd = ["", " ", "\0", "\u001e\u001f", "+44\u001f7911123456", "\ud800+447911123456"];
  for (const text of [...odd, "\ud83d\ude00".repeat(200), `+44${"\ud83d".repeat(253)}`]) {
    const { accepted, refusal } = parsePhoneNumber(text, { defaultRegion: "GB" });
    assert.equal(accepted, refusal === null, text);
    assert.ok(refusal === null || /^[a-z_]+$/.test(refusal.code), text);
  }
  for (const value of [undefined, true, 447911123456n, Symbol("+447911123456"), {}, () => "+44"]) {
    assert.equal(parsePhoneNumber(value).refusal?.code, "not_text");
  }
  assert.equal(parsePhoneNumber("+٤٤٧٩١١١٢٣٤٥٦").e164, "+447911123456");
  assert.equal(parsePhoneNumber("＋４４７９１１１２３４５６").e164, "+447911123456");
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
