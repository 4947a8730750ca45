import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkSettings, type Report } from "twilio-destination";
import { clean, file, good, keySecret, keySid, run, sid, token } from "./support.js";

const warned = { ...good, consent: null };
const broken = { ...good, from: "nobody at all", mappings: [{ trigger: "event =" }], max: 1 };

async function check(content: unknown, ...options: string[]) {
  return run(["check", "--settings", file(content), ...options]);
}

describe("check", () => {
  it("ends with 0 where nothing is wrong", async () => {
    const { code, out, error } = await check(good);
    assert.equal(error, "");
    assert.equal(code, 0);
    assert.match(out, /^\S+: no problems, no warnings\n$/);
  });

  it("lists every problem with place, cause and fix, and ends with 1", async () => {
    const { code, out } = await check(broken);
    assert.equal(code, 1);
    const { problems } = checkSettings(broken);
    assert.equal(problems.length, 3);
    for (const { code, path, cause, fix } of problems) {
      assert.ok(out.includes(`Problem ${code} at ${path}\n  ${cause}\n  To fix it: ${fix}\n`), out);
    }
    assert.match(out, /: 3 problems, no warnings\n/);
  });

  it("lists warnings, which only --strict takes for problems", async () => {
    const { code, out } = await check(warned);
    assert.equal(code, 0);
    assert.match(
      out,
      /: no problems, 1 warning\n\nWarning consent_categories_missing at \$\.consent\n/,
    );
    assert.equal((await check(warned, "--strict")).code, 1);
    assert.equal((await check(good, "--strict")).code, 0);
  });

  it("writes the package's own report with --json", async () => {
    for (const [settings, code] of [
      [good, 0],
      [warned, 0],
      [broken, 1],
      [[], 1],
      ["[".repeat(100_000) + "]".repeat(100_000), 1],
    ] as const) {
      const result = await check(settings, "--json");
      assert.equal(result.code, code);
      const value: unknown = typeof settings === "string" ? JSON.parse(settings) : settings;
      assert.deepEqual(JSON.parse(result.out), checkSettings(value));
    }
  });

  it("says where a file stops being JSON", async () => {
    for (const [text, place, fix] of [
      ["", "Line 1, column 1: Expected a value.", "incomplete"],
      ['{\n  "from": "x",\n}', "Line 3, column 1: Expected a member's name", "comma"],
      ['{"from": "☃", x: 1}', "Line 1, column 15: Expected a member's name", "Correct"],
      ["{'from': 1}", "Line 1, column 2: Expected a member's name", "double quotes"],
      ['{"from": 1 "to": 2}', "Line 1, column 12: Expected `,` or `}`.", "comma between"],
      ['{"from": 1 // one\n}', "Line 1, column 12: Expected `,` or `}`.", "comment"],
      ['{"a": "1\n"}', "Line 1, column 7: Expected a value.", "Close the string"],
      ['{"a": [1, 2}', "Line 1, column 12: Expected `,` or `]`.", "Correct"],
      ["{} {}", "Line 1, column 4: Expected the end of the file.", "Correct"],
      ['{"only_to": ["+447700900456"],\n "only_to": null}', "Line 2, column 2: This member", "two"],
    ] as const) {
      const { code, out } = await check(text);
      assert.equal(code, 1);
      assert.match(out, /: 1 problem, no warnings\n\nProblem settings_not_json at \$\n/);
      assert.ok(out.includes(place), out);
      assert.ok(out.slice(out.indexOf("To fix it")).includes(fix), out);
      const { problems } = JSON.parse((await check(text, "--json")).out) as Report;
      assert.deepEqual(
        problems.map(({ code, path }) => ({ code, path }) as object),
        [{ code: "settings_not_json", path: "$" }],
      );
    }
  });

  it("reads UTF-8 with a byte order mark, and refuses what is not UTF-8", async () => {
    assert.equal((await check(`\ufeff${JSON.stringify(good)}`)).code, 0);
    const latin = Buffer.from(JSON.stringify({ ...good, default_message: "Grüße" }), "latin1");
    const { code, out } = await check(latin);
    assert.equal(code, 1);
    assert.match(out, /not text in UTF-8/);
  });

  it("ends with 3 at a file that cannot be read", async () => {
    for (const [path, reason] of [
      ["no/such/file", /`no\/such\/file` cannot be read: there is no such file/],
      [".", /`\.` cannot be read: it is a folder/],
    ] as const) {
      const { code, out, error } = await run(["check", "--settings", path]);
      assert.deepEqual({ code, out }, { code: 3, out: "" });
      assert.match(error, reason);
    }
  });

  it("does not send a hostile file's control characters to the terminal", async () => {
    const { out } = await check({ ...good, "\u001b[2J\u202e": 1 });
    assert.match(out, /setting_unknown at .*\\u\{202e\}/);
    assert.ok(!out.includes("\u001b") && !out.includes("\u202e"));
  });
});

describe("credentials from the environment", () => {
  const account = { TWILIO_ACCOUNT_SID: sid };
  const byToken = { TWILIO_AUTH_TOKEN: token };
  const byKey = { TWILIO_API_KEY_SID: keySid, TWILIO_API_KEY_SECRET: keySecret };

  async function taken(content: object, environment: Readonly<Record<string, string>>) {
    const { code, out } = await run(["check", "--settings", file(content)], { environment });
    const names = [...out.matchAll(/^\$\.(\w+) is taken from (\w+)\.$/gm)];
    return { code, names: names.map(([, name]) => name), out };
  }

  it("complete settings that leave them out", async () => {
    for (const [content, environment, names] of [
      [clean, { ...account, ...byToken }, ["account_sid", "auth_token"]],
      [clean, { ...account, ...byKey }, ["account_sid", "api_key_sid", "api_key_secret"]],
      // A key can be revoked alone, and both at once would be a conflict.
      [
        clean,
        { ...account, ...byKey, ...byToken },
        ["account_sid", "api_key_sid", "api_key_secret"],
      ],
      [{ ...clean, account_sid: sid, auth_token: null }, byToken, ["auth_token"]],
      [
        { ...clean, account_sid: sid, api_key_sid: keySid },
        { ...byKey, ...byToken },
        ["api_key_secret"],
      ],
      [{ ...clean, account_sid: sid, api_key_secret: keySecret }, byKey, ["api_key_sid"]],
      [good, { ...account, ...byToken, ...byKey }, []],
    ] as const) {
      const result = await taken(content, environment);
      assert.equal(result.code, 0, result.out);
      assert.deepEqual(result.names, names);
    }
  });

  it("are missing if nobody has them: none is made up", async () => {
    for (const environment of [{}, { TWILIO_AUTH_TOKEN: "" }, { TWILIO_API_KEY_SID: keySid }]) {
      const { code, out, names } = await taken({ ...clean, account_sid: sid }, environment);
      assert.equal(code, 1);
      assert.match(out, /Problem credentials_missing at \$\n/);
      assert.deepEqual(names, []);
    }
    assert.match((await taken(clean, byToken)).out, /Problem setting_required at \$\.account_sid/);
  });

  it("are named when they are wrong", async () => {
    const environment = { TWILIO_AUTH_TOKEN: "short" };
    const { code, out } = await taken({ ...clean, account_sid: sid }, environment);
    assert.equal(code, 1);
    assert.match(out, /Problem auth_token_invalid at \$\.auth_token \(TWILIO_AUTH_TOKEN\)\n/);
  });
});

describe("a secret", () => {
  it("is never written, wherever it stands and whatever is wrong", async () => {
    const hidden = [token, keySecret, "5ec2e7"];
    const basic = [`${sid}:${token}`, `${keySid}:${keySecret}`];
    const encoded = [...basic, ...hidden].flatMap((text) => [
      Buffer.from(text).toString("base64").replace(/=+$/, ""),
      encodeURIComponent(text),
    ]);
    const contents: unknown[] = [
      good,
      { ...clean, account_sid: sid, api_key_sid: keySid, api_key_secret: keySecret },
      { ...good, api_key_sid: keySid, api_key_secret: keySecret },
      { ...good, auth_token: `${token}0` },
      { ...good, auth_token: [token], webhook_auth_tokens: [token, "5ec2e7"] },
      { ...good, api_key_secret: `${keySecret}\u0000` },
      { ...good, account_sid: token, from: token, region: token },
      `{"auth_token": "${token}" "x": 1}`,
      `{"auth_token": "${token}`,
      `{"auth_token": ${token}}`,
      `{"auth_token": "${token}", "auth_token": "${token}"}`,
    ];
    const environments = [
      { TWILIO_AUTH_TOKEN: token },
      { TWILIO_AUTH_TOKEN: `${token}0`, TWILIO_API_KEY_SECRET: keySecret },
    ];
    for (const content of contents) {
      for (const environment of environments) {
        const written = await Promise.all(
          [["check"], ["check", "--json"], ["preview"]].map(async (args) => {
            const input = `${JSON.stringify({ type: "track", event: "Order Completed" })}\n`;
            const given = { environment, input };
            const { out, error } = await run([...args, "--settings", file(content)], given);
            return out + error;
          }),
        );
        for (const secret of [...hidden, ...encoded]) {
          assert.ok(!written.join("").includes(secret), written.join("\n"));
        }
      }
    }
  });
});
