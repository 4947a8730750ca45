// Imports: what is said to be carried over does what it did, and the rest is said to be lost.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import actions from "@segment/destination-subscriptions";
import fc from "fast-check";
import { checkSettings, createDestination } from "twilio-destination";
import { isReadAlike } from "../../www/lib/import/trigger.js";
import {
  type Imported,
  importCustomerIo,
  importSegment,
  importZeotap,
} from "../../www/lib/import.js";
import type { Json } from "../../www/lib/json.js";
import { sid, token } from "./support.js";

const { transform } = createRequire(import.meta.url)("@segment/actions-core") as {
  transform(mapping: object, event: object): Record<string, unknown>;
};

const now = Date.parse("2026-01-15T12:00:00Z");
const host = { fetch: () => Promise.reject(new Error("nothing is sent")), now: () => now };

/** The settings with credentials, as they are once somebody has filled them in. */
function completed({ settings }: Imported): never {
  const credentials = { account_sid: sid, auth_token: token, consent: { require: false } };
  return { from: "+14155551234", ...credentials, ...settings } as never;
}

function decide(imported: Imported, event: object, row = false) {
  const report = checkSettings(completed(imported));
  assert.deepEqual(report.problems, [], JSON.stringify(imported));
  return createDestination(completed(imported), host).decide(event, { row, now });
}

function formOf(imported: Imported, event: object, row = false): Record<string, string> {
  const [decision] = decide(imported, event, row);
  assert.ok(decision?.type === "send", JSON.stringify([decision, imported]));
  return Object.fromEntries(new URLSearchParams(decision.request.body));
}

const event = {
  type: "track",
  event: "Order Completed",
  userId: "u-1",
  traits: { phone: "+447400123456", first_name: "Ada" },
  properties: {
    "order id": "ORD-1",
    total: 27.5,
    items: [{ sku: "A1" }],
    status: "Shipped",
    media: ["https://example.com/a.png"],
  },
};

const to = { "@path": "$.traits.phone" };
const subscribe = 'type = "track" and event = "Order Completed"';
const one = (mapping: object, more: object = {}) =>
  importSegment({ subscribe, mapping: { To: to, ...mapping }, ...more } as never, checkSettings);
const body = (value: Json) => one({ Body: value });

/** A choice of Segment's mapping-kit. */
function choice(test: "exists" | "blank", subject: Json, yes: Json, no: Json): Json {
  const names = [test, "then", "else"];
  return { "@if": Object.fromEntries([subject, yes, no].map((value, at) => [names[at], value])) };
}

describe("Segment", () => {
  it("gives a whole destination", () => {
    const imported = importSegment(
      {
        settings: { accountId: sid, token, phoneNumber: "+14155551234" },
        subscriptions: [
          {
            name: "Order",
            enabled: true,
            partnerAction: "sendSms",
            subscribe,
            mapping: { To: to, Body: { "@template": "Hi {{traits.first_name}}!" } },
          },
          {
            name: "Order",
            enabled: false,
            subscribe: 'event = "Other"',
            mapping: { To: to, Body: "Hi" },
          },
        ],
      },
      checkSettings,
    );
    assert.deepEqual(imported.settings, {
      account_sid: sid,
      from: "+14155551234",
      match: "all",
      mappings: [
        {
          name: "Order",
          enabled: true,
          trigger: subscribe,
          to: "$.traits.phone",
          body: "Hi {{ traits.first_name }}!",
        },
        { enabled: false, trigger: 'event = "Other"', to: "$.traits.phone", body: "Hi" },
      ],
    });
    assert.deepEqual(
      imported.lost.map(({ path, what, changes }) => [path, what, changes]),
      [
        ["$.settings.token", "a secret", false],
        ["$.subscriptions[1].name", "name", false],
      ],
    );
    assert.ok(!JSON.stringify(imported).includes(token));
    assert.deepEqual(imported.carried[2], {
      from: "$.subscriptions[0].name",
      to: "$.mappings[0].name",
    });
    assert.equal(formOf(imported, event).Body, "Hi Ada!");
  });

  it("carries each directive that has a counterpart", () => {
    const name = { "@path": "$.traits.first_name" };
    const cases: [Json, Json][] = [
      ["Plain {{text}}", 'Plain {{ "{" }}{{ "{" }}text}}'],
      ["$.traits.first_name", '{{ "$" }}.traits.first_name'],
      [{ "@template": "$.{{userId}}" }, '{{ "$" }}.{{ userId }}'],
      [{ "@literal": "Hi" }, "Hi"],
      [{ "@path": "$.properties['order id']" }, '$.properties["order id"]'],
      [{ "@path": "$.properties.items.0.sku" }, "$.properties.items[0].sku"],
      [
        { "@template": "{{properties.order id}} {{{ properties.items[0].sku }}}" },
        '{{ properties["order id"] }} {{ properties.items[0].sku }}',
      ],
      [
        choice("exists", name, "Hi", { "@path": "$.userId" }),
        "{% if traits.first_name != nil %}Hi{% else %}{{ userId }}{% endif %}",
      ],
      [
        { "@case": { operator: "upper", value: { "@template": "Hi {{userId}}" } } },
        "HI {{ userId | upcase }}",
      ],
      [
        { "@replace": { pattern: "-", replacement: "", value: { "@path": "$.userId" } } },
        '{{ userId | replace: "-", "" }}',
      ],
      [{ "@excludeWhenNull": name }, "$.traits.first_name"],
      [{ "@liquid": "Hi" }, null],
      [{ "@merge": { objects: [], direction: "left" } }, null],
      [{ "@path": { "@path": "$.x" } }, null],
      [{ "@path": "$.traits.first_name.length" }, null],
      [{ "@path": "$" }, null],
      [{ "@template": "{{ traits.x | default: 'y' }}" }, null],
      [choice("exists", name, ["a"], null), null],
      [{ "@replace": { pattern: "a", global: false, value: name } }, null],
      [{ "@replace": { pattern: "a", replacement: "$&", value: name } }, null],
      [{ "@case": { operator: "title", value: name } }, null],
    ];
    for (const [given, expected] of cases) {
      const imported = body(given);
      const [mapping] = imported.settings.mappings as { [name: string]: Json }[];
      assert.equal(mapping?.body ?? null, expected, JSON.stringify(given));
      assert.equal(mapping?.enabled ?? true, expected !== null, JSON.stringify(given));
      const lost = imported.lost.filter(({ path }) => path.startsWith("$.mapping.Body"));
      assert.equal(lost.length, expected === null ? 1 : 0, JSON.stringify(given));
    }
  });

  it("tells what it does not carry, and switches such a mapping off", () => {
    const imported = one(
      { Body: "Hi", Sparkle: 1 },
      { subscribe: 'event = "a" or type = "b" and userId = "c"', extra: {} },
    );
    assert.deepEqual(
      imported.lost.map(({ path, changes }) => [path, changes]),
      [
        ["$.extra", false],
        ["$.subscribe", true],
        ["$.mapping.Sparkle", true],
      ],
    );
    assert.equal((imported.settings.mappings as { enabled?: boolean }[])[0]?.enabled, false);
  });

  it("leaves a mapping out whose filter cannot be read, part by part", () => {
    const imported = one({ Body: "Hi" }, { subscribe: "nonsense(" });
    assert.equal(imported.settings.mappings, undefined);
    assert.deepEqual(imported.carried, []);
    const lost = imported.lost.map(({ what }) => what).sort();
    assert.deepEqual(lost, ["body", "how Segment reads the filter", "to", "trigger"]);
  });

  it("carries Twilio Messaging's fields, and of two kinds the one that is chosen", () => {
    const service = `MG${"1".repeat(32)}`;
    const template = `HX${"2".repeat(32)}`;
    const imported = importSegment(
      {
        subscribe,
        mapping: {
          channel: "WhatsApp",
          senderType: "Messaging Service",
          contentTemplateType: "Text",
          toPhoneNumber: to,
          fromPhoneNumber: "+14155551234",
          messagingServiceSid: `Orders [${service}]`,
          contentSid: `Order [${template}]`,
          contentVariables: { "1": { "@path": "$.traits.first_name" }, "2": "x" },
          inlineBody: "Hi",
          validityPeriod: 600,
          sendAt: "2026-01-16T12:00:00Z",
          tags: { kind: "order" },
        },
      },
      checkSettings,
    );
    assert.deepEqual(
      imported.lost.map(({ path, changes }) => [path, changes]),
      [
        ["$.mapping.fromPhoneNumber", false],
        ["$.mapping.inlineBody", false],
      ],
    );
    const form = formOf(imported, event);
    assert.deepEqual(form, {
      To: "whatsapp:+447400123456",
      MessagingServiceSid: service,
      ContentSid: template,
      ContentVariables: '{"1":"Ada","2":"x"}',
      ValidityPeriod: "600",
      ScheduleType: "fixed",
      SendAt: "2026-01-16T12:00:00Z",
      Tags: '{"kind":"order"}',
    });
  });

  it("carries an array's path, and takes out what the settings refuse", () => {
    const media = one({ Body: "Hi", MediaUrl: { "@arrayPath": ["$.properties.media"] } });
    assert.equal(formOf(media, event).MediaUrl, "https://example.com/a.png");
    const refused = one({ Body: "Hi", MediaUrl: "ftp://example.com/a.png" });
    const [lost] = refused.lost;
    assert.ok(lost !== undefined && lost.path === "$.mapping.MediaUrl" && lost.changes);
    assert.deepEqual(checkSettings(completed(refused)).problems, []);
  });

  it("says what is to be set, and copies no secret", () => {
    const imported = importSegment(
      {
        settings: { accountSID: sid, apiKeySID: `SK${"1".repeat(32)}`, apiKeySecret: token },
        subscriptions: [],
      },
      checkSettings,
    );
    assert.ok(!JSON.stringify(imported).includes(token));
    const codes = checkSettings(imported.settings).problems.map(({ code }) => code);
    assert.deepEqual(codes, ["credentials_missing", "sender_missing"]);
  });
});

describe("Segment's own evaluator", () => {
  const paths = [
    "properties.name",
    "properties.a.b",
    "properties.list.0",
    "context.app",
    "userId",
    "properties.first name",
  ];
  const leaf = fc.constantFrom("Ada", "it's", "x<y & z", "é", "A-b-C", "", "7");
  const path = fc.constantFrom(...paths).map((path) => ({ "@path": `$.${path}` }));
  const literal = fc.constantFrom(
    "Hi ",
    "a{b",
    "{{x}}",
    "{% if %}",
    "}",
    "{",
    "$.userId",
    "properties.name",
    "-",
  );
  const template = fc
    .array(
      fc.oneof(
        literal.filter((text) => !text.includes("{{")),
        fc.constantFrom(...paths).map((path) => `{{${path}}}`),
        fc.constantFrom(...paths).map((path) => `{{{ ${path} }}}`),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => ({ "@template": parts.join("") }));
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", maxDepth: 3 },
      path,
      literal,
      template,
      tie("value").map((value) => ({ "@literal": value })),
      tie("value").map((value) => ({ "@excludeWhenNull": value })),
      fc
        .record({ operator: fc.constantFrom("lower", "upper"), value: tie("value") })
        .map((options) => ({ "@case": options })),
      fc
        .record({
          pattern: fc.constantFrom("a", "-", "Hi", "."),
          replacement: fc.constantFrom("", "o", "--"),
          value: tie("value"),
        })
        .map((options) => ({ "@replace": options })),
      fc
        .tuple(path, tie("value"), tie("value"))
        .map(([path, yes, no]) => choice("exists", path, yes, no)),
      fc
        .tuple(path, tie("value"), tie("value"))
        .map(([path, yes, no]) => choice("blank", path, yes, no)),
    ),
  }));
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const someEvent = fc
    .record({
      userId: optional(leaf),
      properties: fc.record({
        name: optional(leaf),
        a: fc.record({ b: optional(leaf) }),
        list: fc.array(leaf, { maxLength: 2 }),
        "first name": optional(leaf),
      }),
      context: fc.record({ app: optional(leaf) }),
    })
    .map((event) =>
      JSON.parse(
        JSON.stringify({
          ...event,
          type: "track",
          event: "Order Completed",
          traits: { phone: "+447400123456" },
        }),
      ),
    );

  it("gives the same texts for what is carried over", () => {
    const counts = { same: 0, gaps: 0, lost: 0 };
    fc.assert(
      fc.property(value, someEvent, (value, event) => {
        const given = JSON.parse(JSON.stringify(value)) as Json;
        const imported = body(given);
        if (imported.lost.length > 0) {
          counts.lost += 1;
          return;
        }
        const theirs = transform({ To: to, Body: value } as object, event);
        const [decision] = decide(imported, event);
        if (decision?.type === "send") {
          const form = new URLSearchParams(decision.request.body);
          assert.deepEqual([form.get("To"), form.get("Body")], [theirs.To, theirs.Body]);
          counts.same += 1;
          return;
        }
        // They send a gap, or nothing at all, where something is missing.
        const code = decision?.reason.code;
        assert.ok(code === "template_value_missing" || code === "message_empty", code);
        const isBlank = String(theirs.Body ?? "").trim() === "";
        const leaves = [
          event.userId,
          event.properties.name,
          event.properties.a?.b,
          event.properties.list[0],
          event.properties["first name"],
          event.context.app,
        ];
        assert.ok(
          isBlank || leaves.some((leaf) => leaf === undefined || leaf === ""),
          JSON.stringify([theirs, imported.settings]),
        );
        counts.gaps += 1;
      }),
      { numRuns: 2000 },
    );
    assert.ok(counts.same > 300 && counts.gaps > 100 && counts.lost < 1000, JSON.stringify(counts));
  });

  it("matches the same events for filters that are read alike", () => {
    const field = fc.constantFrom(
      "type",
      "event",
      "userId",
      "properties.n",
      "properties.s",
      "context.app.name",
      "traits.x",
    );
    const literal = fc.constantFrom(
      '"track"',
      '"abc"',
      '"a"',
      "5",
      "-1.5",
      "null",
      "true",
      "'abc'",
      '""',
    );
    const condition = fc.oneof(
      fc
        .tuple(field, fc.constantFrom("=", "!=", "<", "<=", ">", ">="), literal)
        .map((parts) => parts.join(" ")),
      fc
        .tuple(
          fc.constantFrom("", "!"),
          fc.constantFrom("contains", "match"),
          field,
          fc.constantFrom('"a"', '"a*"', '"*c"', '"a*c"', '"*"'),
        )
        .map(([not, name, field, text]) => `${not}${name}(${field}, ${text})`),
    );
    const filter = fc
      .tuple(
        fc.array(condition, { minLength: 1, maxLength: 3 }),
        fc.array(fc.constantFrom(" and ", " or "), { minLength: 2, maxLength: 2 }),
      )
      .map(([conditions, words]) =>
        conditions.reduce((all, one, at) => `${all}${words[at - 1]}${one}`),
      );
    const scalar = fc.constantFrom<Json>(
      "abc",
      "a",
      "track",
      "5",
      5,
      6,
      -1.5,
      true,
      false,
      null,
      "",
    );
    const events = fc.record({
      event: fc.constantFrom("abc", "a", ""),
      userId: fc.constantFrom("abc", "a"),
      properties: fc.record({ n: scalar, s: scalar }, { requiredKeys: [] }),
      context: fc.record({ app: fc.record({ name: scalar }, { requiredKeys: [] }) }),
      traits: fc.record({ x: scalar }, { requiredKeys: [] }),
    });
    let compared = 0;
    let matched = 0;
    fc.assert(
      fc.property(filter, events, (filter, given) => {
        if (!isReadAlike(filter)) return;
        const event = { type: "track", ...given };
        const theirs = actions.validate(actions.parseFql(filter), event);
        const settings = {
          account_sid: sid,
          auth_token: token,
          from: "+14155551234",
          mappings: [{ trigger: filter, to: "+447400123456", body: "Hi" }],
        };
        const [decision] = createDestination(settings, host).decide(event);
        assert.equal(decision?.type === "send", theirs, JSON.stringify(decision));
        compared += 1;
        matched += Number(theirs);
      }),
      { numRuns: 5000 },
    );
    assert.ok(compared > 500 && matched > 100, `${compared} ${matched}`);
  });
});

describe("Customer.io", () => {
  const read = (source: Json) => importCustomerIo(source, checkSettings);

  it("gives Liquid over customer and event, and paths", () => {
    const imported = read({
      trigger: "Order Completed",
      to: "$.traits.phone",
      body: 'Hi {{customer.first_name | default: "customer.x"}}, {% if event.total > 20 %}{{event.items[0].sku}}{% endif %} {{$.userId}} event.',
    });
    assert.deepEqual(imported.lost, []);
    assert.equal(formOf(imported, event).Body, "Hi Ada, A1 u-1 event.");
  });

  it("gives the actions of a pipeline", () => {
    const imported = read({
      settings: { accountId: sid, token, phoneNumber: "+14155551234" },
      actions: [
        {
          name: "Order",
          trigger: subscribe,
          mapping: { To: "$.traits.phone", Body: "Hi {{ $.traits.first_name }}", MediaUrl: "" },
        },
      ],
    });
    assert.equal(formOf(imported, event).Body, "Hi Ada");
    assert.ok(!JSON.stringify(imported).includes(token));
  });

  it("tells what a text cannot have here, by the destination's own words", () => {
    const cases: [string, RegExp][] = [
      ["{% for item in event.items %}x{% endfor %}", /body/],
      ["{{ trigger.code }}", /`trigger`/],
      ["{{ customer.name | titlecase }}", /body/],
      ["{{ snippets.footer }}", /`snippets`/],
    ];
    for (const [text, what] of cases) {
      const imported = read({ trigger: "X", to: "$.traits.phone", body: text });
      assert.match(imported.lost.map(({ what }) => what).join(), what);
      assert.equal((imported.settings.mappings as { enabled?: boolean }[])[0]?.enabled, false);
      assert.deepEqual(checkSettings(completed(imported)).problems, []);
    }
    const lost = read("Hi {{customer.name}}").lost.map(({ what }) => what);
    assert.deepEqual(lost, ["which events it is for", "who receives it"]);
  });
});

describe("Zeotap", () => {
  const read = (source: Json) => importZeotap(source, checkSettings);

  it("gives a row's columns", () => {
    const service = `MG${"1".repeat(32)}`;
    const imported = read({
      account_sid: sid,
      auth_token: token,
      from: service,
      to: "{{Phone Number}}",
      body: "Hi {{first_name}}, {literally} {{ Order ID }}!",
      media_url: "picture",
      status_callback: "https://example.com/{{ref}}",
    });
    assert.ok(!JSON.stringify(imported).includes(token));
    assert.deepEqual(
      imported.lost.map(({ what, changes }) => [what, changes]),
      [["a secret", false]],
    );
    const row = {
      "Phone Number": "+447400123456",
      first_name: "Ada",
      "Order ID": "7",
      picture: "https://example.com/a.png",
      ref: "r1",
    };
    assert.deepEqual(formOf(imported, row, true), {
      To: "+447400123456",
      MessagingServiceSid: service,
      Body: "Hi Ada, {literally} 7!",
      MediaUrl: "https://example.com/a.png",
      StatusCallback: "https://example.com/r1",
    });
  });

  it("tells what it does not know, and switches the destination off", () => {
    const imported = read({ to: "{{phone}}", body: "Hi {{name | upper}}", colour: "red" });
    assert.deepEqual(
      imported.lost.map(({ path }) => path),
      ["$.body", "$.colour"],
    );
    assert.equal(imported.settings.enabled, false);
  });
});

it("every field of a mapping is carried or lost, also one that stands twice", () => {
  const names = [
    "To",
    "toPhoneNumber",
    "Body",
    "inlineBody",
    "MediaUrl",
    "tags",
    "sendAt",
    "channel",
    "Sparkle",
    "constructor",
  ];
  const value = fc.constantFrom<Json>(
    "",
    "x",
    null,
    1,
    ["a"],
    { "@path": "$.x" },
    { "@json": {} },
    { a: "b" },
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (mapping) => {
      const { carried, lost } = importSegment({ subscribe, mapping } as never, checkSettings);
      const told = [...carried.map(({ from }) => from), ...lost.map(({ path }) => path)];
      for (const name of Object.keys(mapping)) {
        const path = `$.mapping.${name}`;
        assert.ok(
          told.some(
            (one) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`),
          ),
          `${path} of ${told}`,
        );
      }
      assert.equal(new Set(carried.map(({ to }) => to)).size, carried.length);
      for (const { to } of carried) assert.match(to, /^\$\.mappings\[0\]\.[a-z_]+$/);
    }),
  );
});

it("any JSON is imported or said to be lost, and never throws", () => {
  const key = fc.constantFrom(
    "To",
    "Body",
    "@path",
    "@template",
    "@if",
    "@case",
    "@replace",
    "@arrayPath",
    "mapping",
    "subscriptions",
    "settings",
    "subscribe",
    "name",
    "channel",
    "exists",
    "then",
    "value",
    "trigger",
    "actions",
    "body",
    "to",
    "__proto__",
  );
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>("$.x", "{{x}}", "{{", "{% if %}", "", "SMS", null, 1, true),
      fc.array(tie("json"), { maxLength: 3 }),
      fc
        .array(fc.tuple(key, tie("json")), { maxLength: 4 })
        .map((members) => Object.fromEntries(members)),
    ),
  }));
  fc.assert(
    fc.property(json, (json) => {
      for (const read of [importSegment, importCustomerIo, importZeotap]) {
        const imported = read(json, checkSettings);
        const { problems } = checkSettings(completed(imported));
        assert.deepEqual(problems, [], JSON.stringify(imported));
      }
    }),
    { numRuns: 1500 },
  );
});
