// An event decides the same as an object, as its JSON, and as the object that its JSON makes:
// whatever values it holds, and whatever they are called.

import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { createDestination, type Settings } from "twilio-destination";

const to = "+447700900123";
const settings: Settings = {
  account_sid: `AC${"0123456789abcdef".repeat(2)}`,
  auth_token: "0123456789abcdef".repeat(2),
  from: "+14155551234",
  match: "all",
  max_event_bytes: 1_200,
  consent: { categories: ["m", "__proto__", "a.b"], require: false },
  mappings: [
    {
      trigger: 'type = "track" and (properties.a = null or properties.a.b != 5)',
      to,
      body:
        "x {{ properties.a }} {{ properties['__proto__'] }} {{ properties.b.a }}" +
        "{{ properties.b[0] }} {{ properties.length }} {{ properties.a | join: '-' }}" +
        "{{ properties.p.size }} {{ properties.p.first }}",
      missing: "blank",
    },
    {
      trigger:
        'typeof(properties.b) = "null" or length(properties.p) > 2 or properties.a in [1, 2]',
      to: "$.properties.phone",
      body: "$.properties.p",
    },
    {
      trigger: 'type != "x"',
      to,
      content_sid: `HX${"0123456789abcdef".repeat(2)}`,
      content_variables: "$.properties.a",
      tags: "$.properties.b",
      media_url: "$.properties.p",
      persistent_action: "$.properties.constructor",
      missing: "blank",
    },
    {
      trigger: '"1" in properties.b or context["a.b"][1] = true or properties.constructor != null',
      body: "{{ properties[''] | default: 'e' }}{{ context['\u001f'] | default: 'e' }}",
    },
  ],
};

const names = fc.constantFrom(
  ...["a", "b", "p", "phone", "0", "1", "", "a.b", "\u001f", "\ufffd"],
  ...["__proto__", "constructor", "length", "toString", "size", "first"],
);

const plain = fc.oneof(
  fc.constantFrom(null, undefined, true, false),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 0, 1, 2, 5, 1e21, 1e-7, -1.5),
  fc.constantFrom("", "1", "m", "\u001f", "\u001e", "a\u001fb", "\ud800", "\u2028", "😀", '"\\'),
  fc.constantFrom(to, "https://example.com/a.png", "2026-01-01", "{{x}}"),
  fc.double(),
  fc.string(),
);

const odd = fc.constantFrom<unknown>(
  ...[new Date(0), new Date(Number.NaN), new Boolean(false), new String("q"), new Number(4)],
  ...[new Map([["a", 1]]), new Set([1]), () => 1, Symbol("s"), /x/, new Error("e")],
  ...[new Uint8Array([1, 2]), new Array(2), Object.create({ a: 1 }), Object.create(null)],
);

const objectOf = (value: fc.Arbitrary<unknown>, most: number) =>
  fc.array(fc.tuple(names, value), { maxLength: most }).map((members) => {
    const object = {};
    for (const [name, value] of members) {
      // A plain assignment to `__proto__` would make no member.
      const member = { value, enumerable: true, configurable: true, writable: true };
      Object.defineProperty(object, name, member);
    }
    return object;
  });

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    plain,
    odd,
    fc.array(tie("value"), { maxLength: 4 }),
    objectOf(tie("value"), 5),
  ),
}));
const object = objectOf(value, 8);

const events = fc.record(
  {
    type: fc.constantFrom("track", "identify", "x", null),
    event: fc.constant("E"),
    properties: object,
    traits: object,
    context: object,
    integrations: fc.oneof(object, fc.constantFrom({ Twilio: true }, { Twilio: {} })),
  },
  { requiredKeys: ["type", "properties"] },
);

it("decides the same for an object and for its JSON", () => {
  const host = { fetch: () => Promise.reject(new Error("nothing is sent here")), now: () => 0 };
  const destination = createDestination(settings, host);
  let sent = 0;
  fc.assert(
    fc.property(events, (event) => {
      const json = JSON.stringify(event);
      const decisions = destination.decide(event);
      assert.deepEqual(decisions, destination.decide(json));
      assert.deepEqual(decisions, destination.decide(JSON.parse(json)));
      sent += decisions.filter(({ type }) => type === "send").length;
    }),
    { numRuns: 5_000, seed: 20_260_101 },
  );
  assert.ok(sent > 1_000, `${sent} were sent`);
});
