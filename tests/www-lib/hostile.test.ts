// What comes from a link may be meant to harm: it is refused with a sentence, or shown as what it
// is. Nothing in it makes the page fail.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { isObject } from "../../www/lib/json.js";
import { type Shared, writeLink } from "../../www/lib/share.js";
import { inputFrom } from "../../www/link.js";
import { created, readScript } from "../../www/rehearsal/script.js";
import { start } from "../../www/start.js";
import { Store } from "../../www/state.js";
import { initSync } from "../../www/wasm/twilio_destination.js";
import { schema, settings } from "./support.js";

before(() => {
  const wasm = new URL("../../www/wasm/twilio_destination_bg.wasm", import.meta.url);
  initSync({ module: readFileSync(wasm) });
});

const linkTo = (json: string) => `#v1.j${Buffer.from(json).toString("base64url")}`;
const shared = (more: object) => linkTo(JSON.stringify({ settings, events: [{}], ...more }));
const response = { type: "response", status: 201 };

describe("a script of replies from a link", () => {
  it("is taken as it was written, by this version and by older ones", () => {
    const written = {
      ...created,
      first: { ...response, status: 429 },
      after: "same",
      listed: true,
    };
    assert.deepEqual(readScript(written), written);
    assert.deepEqual(readScript({ first: response }), created);
    const { told: _, ...older } = written;
    assert.deepEqual(readScript(older), { ...written, told: false });
  });

  it("of a newer version keeps what is known, and nothing else", () => {
    const newer = { ...created, listed: true, weather: "sunny" };
    assert.deepEqual(readScript(newer), { ...created, listed: true });
  });

  it("is refused if anything in it has the wrong form", () => {
    const wrong: unknown[] = [
      null,
      [],
      "created",
      {},
      { first: null },
      { first: [] },
      { first: "201" },
      { first: { type: "run", code: "alert(1)" } },
      { first: { type: "__proto__" } },
      ...[99, 1000, 200.5, Number.NaN, "201", null].map((status) => ({
        first: { ...response, status },
      })),
      { first: { ...response, body: { toString: 1 } } },
      { first: { ...response, complete: "yes" } },
      { first: { ...response, headers: { "retry-after": "5" } } },
      { first: { ...response, headers: [["retry-after", 5]] } },
      { first: { ...response, headers: [["retry-after"]] } },
      { first: { type: "failure" } },
      { first: { type: "failure", name: "TypeError", code: 5 } },
      { first: response, after: "twice" },
      { first: response, listed: "yes" },
      { first: response, told: 1 },
    ];
    for (const value of wrong) assert.equal(readScript(value), undefined, JSON.stringify(value));
  });

  it("is a script or nothing, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const script = readScript({ ...created, first: value });
        assert.ok(script === undefined || isObject(script.first));
      }),
    );
  });
});

describe("a link", () => {
  const refused: Record<string, string> = {
    "a reply that is none": shared({ reply: { first: { type: "response", status: 7 } } }),
    "a reply of another form": shared({ reply: { answers: [] } }),
    "an opt-out of no kind": shared({ facts: { suppression: "everybody" } }),
    "facts that are a list": shared({ facts: [] }),
    "a time that is none": shared({ now: "today" }),
    "no settings": linkTo('{"events":[{}]}'),
    "a version to come": "#v2.dAAAA",
  };
  for (const [what, fragment] of Object.entries(refused)) {
    it(`with ${what} is refused with a sentence and a fix`, async () => {
      await assert.rejects(inputFrom(fragment), (error: Error & { fix?: string }) => {
        assert.equal(error.name, "ShareError");
        assert.match(error.message, /^[A-Z].*\.$/);
        assert.match(error.fix ?? "", /^[A-Z].*\.$/);
        return true;
      });
    });
  }

  const odd: Record<string, string> = {
    "names of prototypes": linkTo(
      '{"settings":{"__proto__":{"from":"x"},"constructor":1},"events":[{"__proto__":{"type":"track"},"toString":1}],"facts":{"__proto__":{"suppression":"opted_out"}}}',
    ),
    "halves of characters": linkTo(
      '{"settings":{"from":"ACME","default_message":"\\ud800"},"events":[{"type":"track","event":"\\udfff","a\\ud800":1}]}',
    ),
    "traits of no form": shared({ facts: { profile: { traits: [1] } } }),
    "a profile of no form": shared({ facts: { profile: 5, more: 1 } }),
    "traits of halves of characters": shared({
      facts: { profile: { traits: { a: "\ud800", "\udfff": 1 } } },
    }),
    "traits that nest deep": shared({ facts: { profile: { traits: nested(60) } } }),
    "the first moment": shared({ now: -8.64e15 }),
    "the last moment": shared({ now: 8.64e15 }),
    "events that are none": linkTo('{"settings":{},"events":[null,5,"x",[],true]}'),
    "settings that nest deep": linkTo(JSON.stringify({ settings: nested(60), events: [{}] })),
    "headers of no sense": shared({
      reply: { first: { ...response, headers: [["<b>", "\n\u0000"]], body: "\ud800" } },
    }),
  };
  for (const [what, fragment] of Object.entries(odd)) {
    it(`with ${what} is shown`, async () => {
      const { decided, settings: read } = new Store(await given(fragment), () => 0).state;
      assert.ok(decided.length > 0);
      assert.equal(read.fault, undefined);
      assert.equal(({} as { from?: unknown }).from, undefined);
    });
  }

  it("with anything at all is shown or refused", async () => {
    const any = fc.jsonValue({ maxDepth: 5 });
    const objects = fc.dictionary(fc.constantFrom(...Object.keys(settings), "row", "sender"), any);
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            settings: fc.oneof(any, objects),
            events: fc.array(any, { minLength: 1, maxLength: 3 }),
            row: fc.boolean(),
            facts: fc.dictionary(fc.constantFrom("profile", "suppression"), any),
            reply: fc.record({ first: any }),
          },
          { requiredKeys: ["settings", "events"] },
        ),
        async (value) => {
          const input = await given(linkTo(JSON.stringify(value))).catch((error: Error) => {
            assert.equal(error.name, "ShareError");
          });
          if (input !== undefined) new Store(input, () => 0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("that the page wrote is read again", async () => {
    const script = { ...created, first: { type: "ended" }, told: true };
    const { fragment } = await writeLink(
      { settings, events: [{}], reply: script } as unknown as Shared,
      { schema },
    );
    assert.deepEqual((await inputFrom(fragment)).script, script);
  });
});

async function given(fragment: string) {
  return { ...start, ...(await inputFrom(fragment)) };
}

function nested(levels: number): unknown {
  return JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
}
