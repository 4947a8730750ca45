// What is taken away from the page, run where it is meant to run. The Worker: see
// take-away.workerd.test.ts.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createContext, runInContext, runInNewContext } from "node:vm";
import { build } from "esbuild";
import fc from "fast-check";
import { createDestination, type HttpRequest } from "twilio-destination";
import type { Json } from "../../www/lib/json.js";
import type { Schema } from "../../www/lib/schema.js";
import { secretNames } from "../../www/lib/schema.js";
import { portable } from "../../www/lib/take-away/credentials.js";
import { sourceOf } from "../../www/lib/take-away/source.js";
import {
  asCurl,
  asNode,
  asSegmentFunction,
  asWorker,
  asWranglerCommands,
  asWranglerJsonc,
  asWranglerToml,
  segmentSettings,
} from "../../www/lib/take-away.js";
import { atStandIn, startTwilio } from "../readme/examples.js";
import { event, schema, settings, sid, token } from "./support.js";

const output = new URL("../output/take-away/", import.meta.url);
mkdirSync(output, { recursive: true });

const host = { fetch: () => Promise.reject(new Error("nothing is sent")), now: () => 0 };

function previewed(settings: Json, event: object): HttpRequest {
  const [decision] = createDestination(settings as never, host).preview(event).decisions;
  assert.ok(decision?.type === "send", JSON.stringify(decision));
  return decision.request;
}

/** Runs a program to its end without holding up this process, which is the stand-in's too. */
function run(command: string, args: string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: output, env: { ...process.env, ...env } });
    let printed = "";
    let errors = "";
    child.stdout.on("data", (data) => {
      printed += data;
    });
    child.stderr.on("data", (data) => {
      errors += data;
    });
    child.on("close", (code) => (code === 0 ? resolve(printed) : reject(new Error(errors))));
  });
}

describe("the curl command", () => {
  it("sends what was previewed", async (test) => {
    const { twilio, sid, token } = await startTwilio();
    test.after(() => twilio.close());
    const body = `It's "$HOME" & \`id\` \\ 100% + é\n@file;!`;
    const used = {
      ...settings,
      account_sid: sid,
      mappings: [{ trigger: "Order Completed", body }],
    };
    const request = previewed(used, event);
    const command = atStandIn(asCurl(request, used, schema), twilio);
    const printed = await run("bash", ["--norc", "-c", command], { TWILIO_AUTH_TOKEN: token });
    assert.equal(JSON.parse(printed).sid, twilio.messages[0]?.sid);
    assert.equal(twilio.messages[0]?.body, body);
    assert.equal(twilio.messages.length, 1);
  });

  it("uses an API key if the settings do", async (test) => {
    const { twilio, sid } = await startTwilio();
    test.after(() => twilio.close());
    const key = { api_key_sid: `SK${"1".repeat(32)}`, api_key_secret: "another-secret" };
    const used = { ...settings, account_sid: sid, auth_token: null, ...key };
    const command = atStandIn(asCurl(previewed(used, event), used, schema), twilio);
    await run("bash", ["--norc", "-c", command], { TWILIO_API_KEY_SECRET: "stand-in-secret" });
    assert.equal(twilio.messages.length, 1);
  });

  it("hands every text on as it is, and runs nothing in it", () => {
    // Prints its arguments instead of sending anything.
    const bin = new URL("bin/", output);
    mkdirSync(bin, { recursive: true });
    const fake = new URL("curl", bin);
    writeFileSync(fake, "#!/bin/sh\nprintf '%s\\0' \"$@\"\n");
    chmodSync(fake, 0o755);
    const env = { PATH: `${fileURLToPath(bin)}:${process.env.PATH}`, TWILIO_AUTH_TOKEN: "t'$(id)" };
    const nasty = fc
      .array(
        fc.constantFrom(
          "'",
          '"',
          "$(id)",
          "`id`",
          "\\",
          "\n",
          "!",
          "é",
          "=",
          "&",
          "@",
          "%41",
          " ",
          ";",
          "'\\''",
          "#",
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(nasty, nasty, (text, url) => {
        const body = new URLSearchParams({ To: "+447400123456", Body: text }).toString();
        const request = {
          method: "POST",
          url: `https://x/Accounts/${sid}/Messages.json?${url}`,
          headers: [],
          body,
        };
        const printed = execFileSync("bash", ["--norc", "-c", asCurl(request, settings, schema)], {
          env,
        });
        assert.deepEqual(printed.toString().split("\0").slice(0, -1), [
          ...["--request", "POST", request.url, "--user", `${sid}:t'$(id)`],
          ...["--data-urlencode", "To=+447400123456", "--data-urlencode", `Body=${text}`],
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the Node program", () => {
  const detour = (url: string) => `
    const real = globalThis.fetch;
    globalThis.fetch = (url, init) => real(url.replace("https://api.twilio.com", ${JSON.stringify(url)}), init);
  `;

  it("sends the event", async (test) => {
    const { twilio, sid, token } = await startTwilio();
    test.after(() => twilio.close());
    writeFileSync(new URL("detour.mjs", output), detour(twilio.url));
    const program = (name: string, text: string) => {
      writeFileSync(new URL(name, output), text);
      return run(process.execPath, ["--import", "./detour.mjs", name], {
        TWILIO_AUTH_TOKEN: token,
        TWILIO_ACCOUNT_SID: sid,
      });
    };
    const used = { ...settings, account_sid: sid };
    const printed = await program("event.mjs", asNode({ settings: used, event }, schema));
    assert.equal(printed, `sent ${twilio.messages[0]?.sid}\n`);

    // Without credentials, as they are before somebody has an account; and a row, with facts.
    const { account_sid, auth_token, ...bare }: Record<string, Json> = used;
    const row = { to: "+447400123456", body: "Hi" };
    const facts = { profile: { traits: { first_name: "Ada" } } };
    await program(
      "row.mjs",
      asNode(
        { settings: { ...bare, consent: { require: false } }, event: row, row: true, facts },
        schema,
      ),
    );
    assert.deepEqual(
      twilio.messages.map(({ body }) => body),
      ["Hi Ada", "Hi"],
    );
  });

  it("holds data that is the same when it runs", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false } as object),
        fc.nat(8),
        (value, indent) => {
          const json = JSON.stringify(value);
          const source = sourceOf(JSON.parse(json) as Json, indent);
          assert.equal(runInNewContext(`JSON.stringify(${source})`), json);
        },
      ),
    );
    const odd = '{"__proto__":{"a":1},"constructor":"\u2028</script>","a b":[],"1":{}}';
    assert.equal(
      runInNewContext(`JSON.stringify(${sourceOf(JSON.parse(odd))})`),
      JSON.stringify(JSON.parse(odd)),
    );
  });
});

it("the Segment function sends, and throws what Segment understands", async (test) => {
  const { twilio, sid, token } = await startTwilio();
  test.after(() => twilio.close());
  const { outputFiles } = await build({
    entryPoints: ["twilio-destination/inline"],
    bundle: true,
    format: "iife",
    globalName: "twilio",
    minify: true,
    write: false,
  });
  class RetryError extends Error {}
  class ValidationError extends Error {}
  const context = createContext({
    RetryError,
    ValidationError,
    WebAssembly,
    atob,
    setTimeout,
    clearTimeout,
    fetch: (url: string, init: RequestInit) => fetch(atStandIn(url, twilio), init),
  });
  const one = { trigger: "Order Completed", body: "Hi" };
  const used = {
    ...settings,
    account_sid: sid,
    match: "all",
    mappings: [one, { ...one, body: "Again" }],
  };
  runInContext(outputFiles[0]?.text ?? "", context);
  const source = asSegmentFunction(used, schema);
  assert.match(source, /deadline: Date\.now\(\) \+ 4000/);
  runInContext(source, context);
  assert.deepEqual(segmentSettings(used, schema), ["authToken"]);
  const onTrack = context.onTrack as (event: object, settings: object) => Promise<void>;
  const secret = { authToken: token };

  await onTrack(event, secret);
  assert.equal(twilio.messages.length, 2);
  await assert.rejects(onTrack({ ...event, event: "Other" }, secret), ValidationError);
  const later = {
    preset: "429-retry-after-date",
    reply: { status: 429, code: 20429, retryAfter: { date: 60 } },
  } as const;
  twilio.faults.add(later, later);
  await assert.rejects(onTrack(event, secret), RetryError);
  assert.equal(twilio.messages.length, 2);
  // One of two went out: another try would send that one again.
  twilio.faults.add(later);
  await assert.rejects(onTrack(event, secret), ValidationError);
  assert.equal(twilio.messages.length, 3);
  await (context.onIdentify as typeof onTrack)({ type: "identify" }, secret).catch((error) =>
    assert.ok(error instanceof ValidationError),
  );
});

describe("everything taken away", () => {
  const all = (used: Json, event: Json, schema: Schema) => {
    const body = new URLSearchParams({
      To: "+447400123456",
      Body: JSON.stringify(event),
    }).toString();
    const request = {
      method: "POST",
      url: `https://x/Accounts/${sid}/Messages.json`,
      headers: [],
      body,
    };
    return [
      asCurl(request, used, schema),
      asNode({ settings: used, event, facts: { profile: { traits: { event } } } }, schema),
      asWorker({ settings: used }, schema),
      asSegmentFunction(used, schema),
      asWranglerCommands({ settings: used }, schema),
    ];
  };

  it("holds no secret, wherever it was written", () => {
    for (const name of secretNames(schema)) {
      for (const value of [token, [token], { is: token }]) {
        const used = {
          ...settings,
          auth_token: null,
          [name]: value,
          default_message: `Hi ${token}`,
        };
        for (const event of [{ note: token }, { [token]: btoa(`${sid}:${token}`) }]) {
          const misspelt = {
            ...settings,
            auth_token: null,
            authToken: value,
            from: { AUTH_TOKEN: value },
          };
          for (const text of [used, misspelt].flatMap((used) => all(used as Json, event, schema))) {
            assert.ok(!text.includes(token) && !text.includes(btoa(token).slice(4, 20)), text);
          }
        }
      }
    }
  });

  it("names a variable for each secret, also for new and nested ones", () => {
    const names = (settings: Json, schema: Schema) =>
      portable(settings, schema).variables.map(({ name }) => name);
    assert.deepEqual(names({ account_sid: sid }, schema), ["TWILIO_AUTH_TOKEN"]);
    assert.deepEqual(names({ api_key_sid: "SK1" }, schema), [
      "TWILIO_ACCOUNT_SID",
      "TWILIO_API_KEY_SECRET",
    ]);
    const tokens = { ...settings, webhook_auth_tokens: [token, token] };
    const listed = [
      "TWILIO_AUTH_TOKEN",
      "TWILIO_WEBHOOK_AUTH_TOKENS_1",
      "TWILIO_WEBHOOK_AUTH_TOKENS_2",
    ];
    assert.deepEqual(names(tokens, schema), listed);
    for (const name of listed) {
      assert.ok(asNode({ settings: tokens, event }, schema).includes(`process.env.${name}`));
      assert.ok(asWorker({ settings: tokens }, schema).includes(`env.${name}`));
      assert.ok(asWranglerCommands({ settings: tokens }, schema).includes(`secret put ${name}\n`));
    }
    const nested: Schema = {
      ...schema,
      properties: { ...schema.properties, webhook: { properties: { key: { writeOnly: true } } } },
    };
    assert.deepEqual(names({ ...settings, webhook: { key: "hunter22" } }, nested), [
      "TWILIO_AUTH_TOKEN",
      "TWILIO_WEBHOOK_KEY",
    ]);
  });

  it("is configured the same by TOML and JSON", () => {
    const fromToml = asWranglerToml()
      .trim()
      .split("\n")
      .map((line) => {
        const [, name, value = ""] = /^(\w+) = (".*")$/.exec(line) ?? [];
        return [name, JSON.parse(value)];
      });
    assert.deepEqual(Object.fromEntries(fromToml), JSON.parse(asWranglerJsonc()));
  });
});
