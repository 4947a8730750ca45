// Events and settings that nobody sends on purpose: each has its reason, and none takes for ever.

import assert from "node:assert/strict";
import { it } from "node:test";
import { runInNewContext } from "node:vm";
import { checkSettings, createDestination, type EventInput, memoryStore } from "twilio-destination";

const settings = {
  account_sid: `AC${"0123456789abcdef".repeat(2)}`,
  auth_token: "0123456789abcdef".repeat(2),
  from: "+14155551234",
};
const host = { fetch: () => Promise.reject(new Error("nothing is sent here")), now: () => 0 };

const event = (more: object = {}) => ({
  type: "track",
  event: "Order Completed",
  context: { traits: { phone: "+447700900123" } },
  properties: { sms_body: "hello" },
  ...more,
});

function decide(input: EventInput): string {
  const [decision] = createDestination(settings, host).decide(input);
  return decision?.type === "drop" ? decision.reason.code : "sent";
}

const timeout = 20_000;

it("names what cannot be read in settings", { timeout }, () => {
  const wrong: [string, unknown][] = [
    ["only_to", () => ["+447700900123"]],
    ["only_to", new Uint8Array(3)],
    ["enabled", () => false],
    ["enabled", Symbol("off")],
    ["max_event_bytes", Number.NaN],
    ["request_timeout_ms", 10n ** 30n],
    ["consent", () => ({ categories: ["marketing"] })],
    ["only_to", new Set(["+447700900123"])],
    ["countries", new Set(["GB"])],
  ];
  for (const [name, value] of wrong) {
    const { problems } = checkSettings({ ...settings, [name]: value });
    assert.ok(
      problems.some(({ path }) => path.startsWith(`$.${name}`)),
      `${name}: ${typeof value}`,
    );
  }
});

it("reads settings that refer to themselves to an end", { timeout }, () => {
  for (let names = 1; names <= 6; names += 1) {
    const own: Record<string, unknown> = { ...settings };
    for (let name = 0; name < names; name += 1) own[`own${name}`] = own;
    assert.ok(checkSettings(own).problems.length > 0);
  }
});

it("reads events that refer to themselves to an end", { timeout }, () => {
  const own: Record<string, unknown> = event();
  own.first = own;
  own.second = own;
  own.third = [own, own];
  assert.equal(decide(own), "event_unreadable");

  const shared = (levels: number) => {
    let value: object = {};
    for (let level = 0; level < levels; level += 1) value = { a: value, b: value };
    return event({ value });
  };
  assert.equal(decide(shared(28)), "event_too_large");
  assert.equal(decide(shared(200)), "event_too_large");
});

it("tells too deep from unreadable", { timeout }, () => {
  let deep: unknown = 1;
  for (let level = 0; level < 40; level += 1) deep = [deep];
  assert.equal(decide(event({ deep })), "event_too_deep");
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  assert.equal(decide(event({ deep })), "event_too_deep");
  assert.equal(decide(event({ big: 1n, padding: "x".repeat(33_000) })), "event_unreadable");
});

it("takes the bytes of another realm", () => {
  const text = JSON.stringify(event());
  const bytes = runInNewContext("Uint8Array.from(bytes)", { bytes: [...Buffer.from(text)] });
  assert.ok(!(bytes instanceof Uint8Array));
  assert.equal(decide(bytes), "sent");
});

it("finds half of a surrogate pair in every form of an event", () => {
  const cut = event({ properties: { sms_body: "cut\ud83d" } });
  const escaped = JSON.stringify(cut);
  const raw = escaped.replace("\\ud83d", "\ud83d");
  assert.notEqual(raw, escaped);
  for (const form of [cut, escaped, raw, Buffer.from(escaped)]) {
    assert.equal(decide(form), "event_not_unicode");
  }
});

it("never rejects once the message may be on its way", async () => {
  const accepted = `{"sid":"SM${"0123456789abcdef".repeat(2)}","status":"queued"}`;
  const odd = {
    status: 201,
    headers: { forEach: (each: (value: unknown, name: string) => void) => each(5, "retry-after") },
    text: async () => accepted,
  };
  const after: [() => number, unknown][] = [
    [() => Number.NaN, new Response(accepted, { status: 201 })],
    [() => 1e300, new Response(accepted, { status: 201 })],
    [assert.fail, new Response(accepted, { status: 201 })],
    [() => 0, odd],
  ];
  for (const [clock, response] of after) {
    let calls = 0;
    const now = () => {
      calls += 1;
      return calls === 1 ? 0 : clock();
    };
    const fetch = async () => response as Response;
    // A store whose own clock fails refuses, and then nothing is sent at all.
    const store = memoryStore({ now: () => 0 });
    const [outcome] = await createDestination(settings, { fetch, now, store }).send(event());
    assert.equal(outcome?.type, "sent");
  }
});
