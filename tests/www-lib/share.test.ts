// Links: what they must not hold, what must survive, and what a hostile one does.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { checkSettings, createDestination, parsePhoneNumber } from "twilio-destination";
import { generateGallery } from "../../www/lib/gallery/generate.mjs";
import { depthOf, type Json } from "../../www/lib/json.js";
import type { Schema } from "../../www/lib/schema.js";
import { secretNames } from "../../www/lib/schema.js";
import { placeholder } from "../../www/lib/share/secrets.js";
import { maxFragmentLength, readLink, type Shared, writeLink } from "../../www/lib/share.js";
import { event, schema, settings, sid, token } from "./support.js";

const verdict = (number: string) => {
  const { accepted, valid, mobile, region, kind, refusal } = parsePhoneNumber(number);
  return JSON.stringify([accepted, valid, mobile, region, kind, refusal?.code]);
};

async function throughLink(shared: Shared, options = {}): Promise<Shared> {
  return readLink((await writeLink(shared, { schema, verdict, ...options })).fragment);
}

describe("secrets", () => {
  it("the schema names those of the settings", () => {
    for (const name of ["auth_token", "api_key_secret", "webhook_auth_tokens"]) {
      assert.ok(secretNames(schema).includes(name), name);
    }
  });

  it("a placeholder has the form of each", () => {
    const properties = Object.values(schema.properties ?? {});
    const secret = properties
      .flatMap((one) => [one, one.items ?? {}])
      .filter((one) => one.writeOnly);
    assert.ok(secret.length > 0);
    for (const one of secret) {
      assert.match(placeholder(one), new RegExp(one.pattern ?? ""));
      assert.ok(placeholder(one).length <= (one.maxLength ?? 0));
    }
  });

  it("no secret setting is in a link, whatever it holds", async () => {
    for (const name of secretNames(schema)) {
      for (const value of [
        token,
        [token],
        { inner: token },
        [[{ deep: [token] }]],
        ` ${token}\n`,
      ]) {
        const held = { ...settings, auth_token: null, [name]: value } as Json;
        assert.ok(
          !JSON.stringify(await throughLink({ settings: held, events: [event] })).includes(token),
        );
      }
    }
  });

  it("a new secret is left out by the schema alone, at any depth", async () => {
    const leaf = { writeOnly: true, maxLength: 16 };
    const nested: Schema = {
      properties: { outer: { $ref: "#/$defs/Outer" } },
      $defs: {
        Outer: {
          properties: {
            list: { items: { anyOf: [{ maxLength: 3 }, leaf] } },
            map: { additionalProperties: leaf },
            one: leaf,
          },
        },
      },
    };
    const outer = {
      list: ["hunter2!x"],
      map: { any: "hunter3!x" },
      one: "hunter4!x",
      other: "kept",
    };
    const { fragment } = await writeLink({ settings: { outer }, events: [{}] }, { schema: nested });
    const zeros = "0".repeat(16);
    assert.deepEqual((await readLink(fragment)).settings, {
      outer: { list: [zeros], map: { any: zeros }, one: zeros, other: "kept" },
    });
  });

  it("nor is it anywhere else, in any encoding", async () => {
    const encodings: ((secret: string) => string)[] = [
      (secret) => secret,
      (secret) => secret.toUpperCase(),
      (secret) => `Hi ${secret}!`,
      (secret) => [...secret].reverse().join(""),
      (secret) => encodeURIComponent(secret),
      (secret) => btoa(secret),
      (secret) => btoa(`${sid}:${secret}`),
      (secret) => `Basic ${btoa(`x${sid}:${secret}`)}`,
      (secret) => Buffer.from(`ab${secret}cd`).toString("base64url"),
      (secret) => Buffer.from(secret).toString("hex"),
      (secret) => JSON.stringify({ secret }),
    ];
    const secret = fc.oneof(
      fc.constant(token),
      fc
        .string({ minLength: 8, maxLength: 40, unit: "grapheme-ascii" })
        .map((text) => text.replace(/\s/g, "~")),
    );
    const name = fc.constantFrom("note", "userId", "body", "__proto__", "first_name");
    await fc.assert(
      fc.asyncProperty(
        secret,
        fc.constantFrom(...encodings),
        name,
        fc.boolean(),
        async (secret, encode, name, asKey) => {
          fc.pre(!/^0*$/.test(secret));
          const written = encode(secret);
          const held = JSON.parse(
            JSON.stringify(asKey ? { [written]: 1 } : { list: [{ [name]: written }] }),
          );
          const read = await throughLink({
            settings: { ...settings, auth_token: secret, default_message: held },
            events: [{ ...event, properties: held }],
            facts: { profile: { traits: held } },
            reply: { body: written },
          });
          const text = JSON.stringify(read);
          assert.ok(!text.includes(JSON.stringify(written).slice(1, -1)), `${written} in ${text}`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("what looks like a secret, or is named like one, is taken out", async () => {
    const token = "0123456789abcdef0123456789abcdef";
    const properties = {
      authToken: "abc",
      nested: { password: { is: ["abc"] } },
      note: `use ${token} please`,
      header: "Bearer abcdefgh12345678",
      link: "https://user:pa55word@example.com/",
      message: "SM0123456789abcdef0123456789abcdef",
      order_id: "ORD-001",
    };
    const { events } = await throughLink({ settings, events: [{ properties }] });
    assert.deepEqual((events[0] as { properties: Json }).properties, {
      authToken: "[removed]",
      nested: { password: "[removed]" },
      note: "use [removed] please",
      header: "[removed]",
      link: "https://[removed]@example.com/",
      message: "SM0123456789abcdef0123456789abcdef",
      order_id: "ORD-001",
    });
  });

  it("settings that were shared can still be used", async () => {
    const read = await throughLink({ settings, events: [event] });
    const host = { fetch: () => Promise.reject(new Error()), now: () => 0 };
    const destination = createDestination(read.settings as never, host);
    assert.equal(destination.decide(read.events[0] as object)[0]?.type, "send");
  });
});

describe("phone numbers", () => {
  const phones = async (...values: Json[]) => {
    const events = values.map((phone) => ({ traits: { phone } }));
    const read = await throughLink({ settings: {}, events });
    return read.events.map((event) => (event as { traits: { phone: Json } }).traits.phone);
  };

  it("are masked with their country, length and first digits", async () => {
    const [spaced, plain, national, number] = await phones(
      "+44 7911 123456",
      "+447911123456",
      "07911 123456",
      447911123456,
    );
    assert.match(String(spaced), /^\+44 7911 \d{6}$/);
    assert.notEqual(spaced, "+44 7911 123456");
    assert.equal(String(spaced).replaceAll(" ", ""), plain);
    assert.equal(`+44${String(national).slice(1).replace(" ", "")}`, plain);
    assert.equal(`+${number}`, plain);
  });

  it("stay different where they were", async () => {
    const [one, other, again] = await phones("+447911123456", "+447911123457", "+447911123456");
    assert.notEqual(one, other);
    assert.equal(one, again);
    const many = Array.from({ length: 500 }, (_, at) => `+3361${2_000_000 + at * 7919}`);
    assert.equal(new Set(await phones(...many.slice(0, 100))).size, 100);
    const read = await throughLink({ settings: {}, events: [many] });
    assert.equal(new Set(read.events[0] as Json[]).size, many.length);
  });

  it("keep their verdict", async () => {
    const numbers = [
      "+447911123456",
      "+12024561111",
      "+4915112345678",
      "+33612345678",
      "+4791234567",
      "+14155",
      "020 7946 0958",
    ];
    const masked = await phones(...numbers);
    for (const [at, number] of numbers.entries()) {
      assert.equal(verdict(String(masked[at])), verdict(number), `${number} became ${masked[at]}`);
    }
  });

  it("are found in texts, names, settings and other scripts, and nothing else is taken for one", async () => {
    const shared = {
      settings: { from: "+12024561111", only_to: ["whatsapp:+447911123456"] },
      events: [
        {
          note: "call 07911 123456 or +1 (202) 456-1111 x5",
          "+447911123456": 1,
          arabic: "+٤٤٧٩١١١٢٣٤٥٦",
          timestamp: "2026-01-15T12:00:00.000Z",
          date: "2026-01-15",
          order_id: "1234567890",
          total: 1234567.5,
          messageId: "3f0b5a8e-1111-4a4a-9b9b-0123456789ab",
        },
      ],
    };
    const text = JSON.stringify(await throughLink(shared));
    for (const digits of ['123456"', "123456 ", "456-1111", "4561111", "١٢٣٤٥٦"]) {
      assert.ok(!text.includes(digits), `${digits} in ${text}`);
    }
    for (const kept of [
      "2026-01-15T12:00:00.000Z",
      '2026-01-15"',
      "1234567890",
      "1234567.5",
      "0123456789ab",
    ]) {
      assert.ok(text.includes(kept), `${kept} not in ${text}`);
    }
  });

  it("are in the link if asked for, and nobody's stay as they are", async () => {
    const shown = await throughLink({ settings, events: [event] }, { showPhones: true });
    assert.deepEqual(shown.events, [event]);
    assert.deepEqual(await phones("+44 7700 900123", "+14155550123"), [
      "+44 7700 900123",
      "+14155550123",
    ]);
  });
});

describe("links", () => {
  it("give back what was shared", async () => {
    const plain = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
    const digitless = plain.filter((value) => !/\d{4}|[A-Za-z0-9]{20}/.test(JSON.stringify(value)));
    await fc.assert(
      fc.asyncProperty(digitless, fc.boolean(), async (value, row) => {
        const json = JSON.parse(
          JSON.stringify({ settings: value, events: [value, 1], row, now: 5 }),
        );
        assert.deepEqual(await throughLink(json, { showPhones: true }), json);
      }),
    );
  });

  it("can be read and written without compression", async (test) => {
    const { CompressionStream } = globalThis;
    test.after(() => Object.assign(globalThis, { CompressionStream }));
    Object.assign(globalThis, { CompressionStream: undefined });
    const { fragment } = await writeLink(
      { settings, events: [event] },
      { schema, showPhones: true },
    );
    assert.match(fragment, /^#v1\.j[\w-]+$/);
    assert.deepEqual((await readLink(fragment)).events, [event]);
  });

  it("that are broken, foreign or hostile are refused", async () => {
    const coded = (json: string | Buffer) => `#v1.d${deflateRawSync(json).toString("base64url")}`;
    const plain = (json: string) => `#v1.j${Buffer.from(json).toString("base64url")}`;
    const bomb = coded(Buffer.alloc(40 << 20, 32));
    assert.ok(bomb.length < maxFragmentLength);
    const cases: [string, string][] = [
      ["", "not_a_link"],
      ["#section", "not_a_link"],
      ["#v2.dAAAA", "version_unknown"],
      ["#v1.zAAAA", "version_unknown"],
      ["#v1.d<script>", "not_base64"],
      ["#v1.dAAAAA", "not_base64"],
      ["#v1.d____", "not_compressed"],
      [coded('{"settings":{},"events":[{}]}').slice(0, -4), "not_compressed"],
      [bomb, "too_large"],
      [`#v1.j${"A".repeat(maxFragmentLength)}`, "too_large"],
      [plain("nonsense"), "not_json"],
      [`#v1.j${Buffer.from([0xff, 0xfe]).toString("base64url")}`, "not_json"],
      [plain("[]"), "not_json"],
      [
        coded(`{"settings":${"[".repeat(100_000)}${"]".repeat(100_000)},"events":[{}]}`),
        "too_deep",
      ],
      [plain('{"events":[{}]}'), "member_invalid"],
      [plain('{"settings":{},"events":[]}'), "member_invalid"],
      [plain('{"settings":{},"events":{}}'), "member_invalid"],
      [plain('{"settings":{},"events":[{}],"row":"yes"}'), "member_invalid"],
      [plain('{"settings":{},"events":[{}],"now":1e300}'), "member_invalid"],
      [plain('{"settings":{},"events":[{}],"__proto__":{"row":true}}'), "member_unknown"],
      [plain('{"settings":{},"events":[{}],"script":"alert(1)"}'), "member_unknown"],
    ];
    for (const [fragment, code] of cases) {
      await assert.rejects(readLink(fragment), { name: "ShareError", code }, fragment.slice(0, 80));
    }
  });

  it("are expanded no further than they may be", async (test) => {
    const { DecompressionStream } = globalThis;
    test.after(() => Object.assign(globalThis, { DecompressionStream }));
    let given = 0;
    class Endless {
      writable = new WritableStream();
      readable = new ReadableStream({
        pull(controller) {
          given += 1000;
          if (given > 10_000_000) controller.error(new Error("too much was asked for"));
          controller.enqueue(new Uint8Array(1000));
        },
      });
    }
    Object.assign(globalThis, { DecompressionStream: Endless });
    await assert.rejects(readLink("#v1.dAAAA"), { code: "too_large" });
    assert.ok(given < 600_000, `${given}`);
  });

  it("of any text are read or refused, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("#v1.d", "#v1.j", "#", ""),
        fc.string(),
        async (start, rest) => {
          await readLink(start + rest).catch((error: Error) =>
            assert.equal(error.name, "ShareError"),
          );
        },
      ),
    );
  });

  it("that would be too large or too deep are not written", async () => {
    const large = Array.from({ length: 6000 }, (_, at) => Math.sin(at).toString(36)).join();
    const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
    const write = (events: Json[]) => writeLink({ settings: {}, events }, { schema });
    await assert.rejects(write([large]), { code: "too_large" });
    await assert.rejects(write([deep]), { code: "too_deep" });
    await assert.rejects(write([]), { code: "member_invalid" });
  });
});
describe("every example of the gallery", () => {
  const host = { fetch: () => Promise.reject(new Error("nothing is sent")), now: () => 0 };
  const decided = (settings: Json, input: Json, row: boolean, now: number, facts?: Json) => {
    if (checkSettings(settings).problems.length > 0)
      return checkSettings(settings).problems.map(({ code }) => code);
    const options = { row, now, ...(facts === undefined ? {} : { facts: facts as object }) };
    const { decisions } = createDestination(settings as never, host).preview(
      JSON.stringify(input),
      options,
    );
    return decisions.map((decision) => {
      const warnings = decision.warnings.map(({ code }) => code);
      if (decision.type === "drop") return [decision.reason.code, decision.reason.detail, warnings];
      return [decision.channel, decision.country, decision.segments, warnings];
    });
  };

  it("is decided the same behind a link", async () => {
    const { groups } = generateGallery(fileURLToPath(new URL("..", import.meta.url)));
    let compared = 0;
    for (const {
      id,
      settings,
      event,
      row,
      now: time = "2026-01-15T12:00:00Z",
      facts,
    } of groups.flatMap(({ examples }) => examples)) {
      const input = event ?? row;
      if (input === undefined || depthOf(input) > 30 || JSON.stringify(input).length > 30_000)
        continue;
      const now = Date.parse(time);
      const given = {
        settings,
        events: [input],
        row: row !== undefined,
        now,
        ...(facts === undefined ? {} : { facts }),
      };
      const read = await throughLink(given);
      const [shared] = read.events;
      assert.deepEqual(
        decided(read.settings, shared ?? null, read.row === true, read.now ?? 0, read.facts),
        decided(settings, input, row !== undefined, now, facts),
        `${id}: ${JSON.stringify(read)}`,
      );
      compared += 1;
    }
    assert.ok(compared > 100, `${compared}`);
  });
});
