// `check --live`, against the stand-in for Twilio.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Finding, Report, Settings } from "twilio-destination";
import {
  type AccountOptions,
  type StandIn,
  sampleAccounts,
  startStandIn,
} from "../../host-shim/stand-in/index.js";
import { closedPort } from "../host/peers.js";
import { clean, file, run } from "./support.js";

const { live, trial, test } = sampleAccounts;
const [service = ""] = (live.services ?? []).map(({ sid }) => sid);

type Given = Partial<Settings> & { readonly strict?: boolean; readonly asText?: boolean };

interface Checked {
  readonly code: number | null;
  readonly findings: readonly string[];
  readonly text: string;
  readonly standIn: StandIn;
}

/** Checks settings with an account; if asked for, also as text, which must say the same. */
async function check(account: AccountOptions, given: Given = {}): Promise<Checked> {
  const standIn = await startStandIn({ seed: 1, accounts: [account] });
  try {
    return { ...(await checkAt(standIn.url, account, given)), standIn };
  } finally {
    await standIn.close();
  }
}

async function checkAt(url: string, account: AccountOptions, { strict, asText, ...given }: Given) {
  const settings = { ...clean, account_sid: account.sid, auth_token: account.authToken, ...given };
  const path = file(settings);
  const environment = { TWILIO_STAND_IN: url };
  const program = (...options: string[]) =>
    run(["check", "--settings", path, "--live", ...(strict ? ["--strict"] : []), ...options], {
      environment,
    });
  const json = await program("--json");
  assert.equal(json.error, `Asking ${url}, not Twilio.\n`);
  const { findings } = JSON.parse(json.out) as Report & { findings: Finding[] };
  const text = asText ? await program() : json;
  assert.equal(text.code, json.code);
  for (const { code, path, cause } of asText ? findings : []) {
    assert.ok(text.out.includes(` ${code} at ${path}\n  ${cause}\n`), text.out);
  }
  for (const output of [json.out, text.out]) {
    for (const secret of [settings.auth_token, settings.api_key_secret]) {
      assert.ok(!secret || !output.includes(secret), "a secret was written");
    }
  }
  return {
    code: json.code,
    findings: findings.map(({ code, path }) => `${code} ${path}`),
    text: text.out,
  };
}

const fine = [
  "credentials_valid $.auth_token",
  "account_active $.account_sid",
  "balance_sufficient $.account_sid",
];

describe("check --live", () => {
  it("finds a good account good, and has only asked", async () => {
    const { code, findings, text, standIn } = await check(live, { asText: true });
    assert.deepEqual(findings, [...fine, "sender_ready $.from", "a2p_registered $.from"]);
    assert.equal(code, 0);
    assert.match(text, /\nAsked of Twilio: no problems, no warnings, 0 unknown\n/);
    assert.ok(standIn.requests.length > 0);
    assert.ok(standIn.requests.every(({ method }) => method === "GET"));
    assert.equal(standIn.messages.length, 0);
  });

  it("checks every kind of sender", async () => {
    const senders = [
      { countries: ["DE" as const], from: "whatsapp:+14155551234" },
      { countries: ["FR" as const], from: "55555" },
      { countries: ["GB" as const], from: "+447700900000" },
      { countries: ["AT" as const], from: "ACME" },
    ];
    const given = { from: null, messaging_service_sid: service, senders };
    const { code, findings } = await check(live, given);
    assert.deepEqual(findings, [
      ...fine,
      "sender_ready $.senders[0].from",
      "sender_ready $.senders[1].from",
      "sender_ready $.senders[2].from",
      "service_ready $.messaging_service_sid",
      "a2p_registered $.messaging_service_sid",
      "sender_not_checkable $.senders[3].from",
    ]);
    assert.equal(code, 0);
  });

  it("finds a wrong token, and asks no more", async () => {
    const { code, findings, standIn } = await check(live, { auth_token: "0".repeat(32) });
    assert.deepEqual(findings, ["credentials_wrong $.auth_token"]);
    assert.equal(code, 1);
    assert.equal(standIn.requests.length, 1);
  });

  it("names the environment variable that a credential is from", async () => {
    const standIn = await startStandIn({ accounts: [live] });
    const path = file({ ...clean, account_sid: live.sid });
    const environment = {
      TWILIO_STAND_IN: standIn.url,
      TWILIO_AUTH_TOKEN: "0".repeat(32),
    };
    const { out } = await run(["check", "--settings", path, "--live"], { environment });
    await standIn.close();
    assert.match(out, /Problem credentials_wrong at \$\.auth_token \(TWILIO_AUTH_TOKEN\)\n/);
  });

  it("takes an API key for good that may not read the account", async () => {
    const [key = { sid: "", secret: "" }] = live.apiKeys ?? [];
    const given = { auth_token: null, api_key_sid: key.sid, api_key_secret: key.secret };
    const standard = await check(live, given);
    assert.deepEqual(standard.findings, [
      "credentials_valid $.api_key_sid",
      "account_unreadable $.account_sid",
      "balance_sufficient $.account_sid",
      "sender_ready $.from",
      "a2p_registered $.from",
    ]);
    assert.equal(standard.code, 0);
    const wrong = await check(live, { ...given, api_key_secret: "wrong-secret" });
    assert.deepEqual(wrong.findings, ["credentials_wrong $.api_key_sid"]);
  });

  it("finds an account that is suspended, on trial, or short of money", async () => {
    const suspended = await check({ ...live, status: "suspended" });
    assert.equal(suspended.findings[1], "account_not_active $.account_sid");
    assert.equal(suspended.code, 1);
    const onTrial = await check(trial, { from: "+14155551234" });
    assert.ok(onTrial.findings.includes("account_trial $.account_sid"));
    const low = await check({ ...live, balance: "1.50" }, { asText: true });
    assert.equal(low.findings[2], "balance_low $.account_sid");
    assert.match(low.text, /\n {2}The balance is 1\.50 USD\.\n/);
    assert.equal(low.code, 0);
    assert.equal((await check({ ...live, balance: "1.50" }, { strict: true })).code, 1);
    const empty = await check({ ...live, balance: "0.00" });
    assert.equal(empty.findings[2], "balance_empty $.account_sid");
    assert.equal(empty.code, 1);
    const tests = await check(test);
    assert.deepEqual(tests.findings, ["credentials_test $.auth_token"]);
  });

  it("finds senders that the account does not have or that cannot text", async () => {
    for (const [from, finding] of [
      ["+447700900999", "sender_not_owned $.from"],
      ["99999", "sender_not_owned $.from"],
      ["whatsapp:+447700900999", "sender_not_owned $.from"],
      ["+12025550199", "sender_cannot_text $.from"],
    ] as const) {
      const { code, findings } = await check(live, { from });
      assert.deepEqual(findings, [...fine, finding]);
      assert.equal(code, 1);
    }
    const offline = [{ address: "whatsapp:+14155551234", status: "OFFLINE" }];
    const whatsapp = await check(
      { ...live, senders: offline },
      { from: offline[0]?.address ?? "" },
    );
    assert.equal(whatsapp.findings.at(-1), "sender_offline $.from");
    const none = await check({ ...live, services: [] }, { messaging_service_sid: service });
    assert.equal(none.findings.at(-1), "service_not_found $.messaging_service_sid");
    const empty = [{ sid: service, senders: [] }];
    const pool = await check({ ...live, services: empty }, { messaging_service_sid: service });
    assert.equal(pool.findings.at(-1), "service_empty $.messaging_service_sid");
  });

  it("finds numbers without A2P 10DLC registration", async () => {
    const unregistered = [{ sid: service, senders: ["+14155551234"] }];
    const pending = [
      { sid: service, senders: ["+14155551234"], a2p: true, campaignStatus: "IN_PROGRESS" },
    ];
    for (const [services, code] of [
      [[], "a2p_unregistered"],
      [unregistered, "a2p_unregistered"],
      [pending, "a2p_pending"],
    ] as const) {
      const account = { ...live, services: [...services] };
      const { findings } = await check(account);
      assert.deepEqual(findings.slice(3), ["sender_ready $.from", `${code} $.from`]);
    }
    const given = { messaging_service_sid: service };
    const { findings } = await check({ ...live, services: unregistered }, given);
    assert.equal(findings.at(-1), "a2p_unregistered $.messaging_service_sid");
  });

  it("says so when Twilio cannot be reached", async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const { code, findings, text } = await checkAt(url, live, { asText: true });
    assert.deepEqual(findings, ["twilio_unreachable $.account_sid"]);
    assert.match(text, /Twilio did not answer \(ECONNREFUSED\)\./);
    assert.equal(code, 1);
  });

  it("asks nothing while the settings have problems", async () => {
    const { code, out } = await run([
      "check",
      "--settings",
      file({ from: "nobody" }),
      "--live",
      "--json",
    ]);
    assert.equal(code, 1);
    assert.equal("findings" in (JSON.parse(out) as object), false);
  });
});
