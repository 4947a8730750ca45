import assert from "node:assert/strict";
import test from "node:test";
import type { AccountOptions } from "../../host-shim/stand-in/index.js";
import {
  ask,
  basic,
  call,
  create,
  FROM,
  live,
  messagesUrl,
  start,
  TO,
  testing,
} from "./support.js";

const SECOND = "f".repeat(32);
const key = (digit: string): string => `SK${digit.repeat(32)}`;
const account: AccountOptions = {
  ...live,
  secondaryAuthToken: SECOND,
  apiKeys: [
    { sid: key("1"), secret: "standard:secret" },
    { sid: key("2"), secret: "main-secret", kind: "main" },
    { sid: key("3"), secret: "messages-only", kind: "restricted", messages: true },
    { sid: key("4"), secret: "nothing", kind: "restricted" },
  ],
  concurrency: 2,
};
const suspended: AccountOptions = { ...live, sid: `AC${"6".repeat(32)}`, status: "suspended" };
const closed: AccountOptions = { ...live, sid: `AC${"7".repeat(32)}`, status: "closed" };
const standIn = await start({ accounts: [account, testing, suspended, closed] });

const send = (authorization: string): ReturnType<typeof ask> =>
  ask(
    "POST",
    messagesUrl(standIn, account),
    { authorization },
    new URLSearchParams({ To: TO, From: FROM, Body: "Hi" }),
  );

const CREDENTIALS: Array<[what: string, authorization: string, status: number, code?: number]> = [
  ["the account's token", basic(account.sid, account.authToken), 201],
  ["its secondary token", basic(account.sid, SECOND), 201],
  ["an API key whose secret has a colon", basic(key("1"), "standard:secret"), 201],
  ["a restricted key for messages", basic(key("3"), "messages-only"), 201],
  ["a scheme in lower case", basic(account.sid, account.authToken).replace("Basic", "basic"), 201],
  ["a restricted key for something else", basic(key("4"), "nothing"), 403, 70051],
  ["a wrong token", basic(account.sid, "0".repeat(32)), 401, 20003],
  ["no token", basic(account.sid, ""), 401, 20003],
  ["the secret of another key", basic(key("1"), "main-secret"), 401, 20003],
  ["another account's credentials", basic(testing.sid, testing.authToken), 401, 20003],
  ["no credentials", "", 401, 20003],
  ["a bearer token", "Bearer abc", 401, 20003],
  ["base64 that holds no colon", "Basic YWJj", 401, 20003],
];

for (const [what, authorization, status, code] of CREDENTIALS) {
  test(`${what} gives ${status}`, async () => {
    const before = standIn.messages.length;
    const answer = await send(authorization);
    assert.equal(answer.status, status);
    assert.equal(answer.body.code, code);
    assert.equal(standIn.messages.length, before + (status === 201 ? 1 : 0));
    if (status === 401)
      assert.equal(answer.headers.get("www-authenticate"), 'Basic realm="Twilio API"');
  });
}

test("an account that does not exist is a wrong credential, a SID that cannot exist is not found", async () => {
  const url = (sid: string): string => `${standIn.url}/2010-04-01/Accounts/${sid}/Messages.json`;
  assert.equal((await ask("POST", url(`AC${"e".repeat(32)}`), {}, "")).status, 401);
  assert.equal((await ask("POST", url("AC123"), {}, "")).status, 404);
});

test("a suspended account may look but not send, a closed one neither", async () => {
  assert.equal((await create(standIn, {}, suspended)).body.code, 20005);
  const seen = await call(
    "GET",
    `${standIn.url}/2010-04-01/Accounts/${suspended.sid}.json`,
    suspended,
  );
  assert.equal(seen.body.status, "suspended");
  assert.equal((await create(standIn, {}, closed)).status, 401);
});

test("standard keys do not reach the account, main keys do", async () => {
  const url = `${standIn.url}/2010-04-01/Accounts/${account.sid}.json`;
  assert.equal(
    (await ask("GET", url, { authorization: basic(key("1"), "standard:secret") })).status,
    401,
  );
  assert.equal(
    (await ask("GET", url, { authorization: basic(key("2"), "main-secret") })).status,
    200,
  );
});

test("too many requests at a time are refused and have no effect", async () => {
  const before = standIn.messages.length;
  standIn.faults.add({ preset: "delay-before", delay: 500, times: 3 });
  const answers = await Promise.all([
    create(standIn, {}, account),
    create(standIn, {}, account),
    create(standIn, {}, account),
  ]);
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(refused.length, 1);
  assert.ok(refused.every(({ body }) => body.code === 20429));
  assert.equal(standIn.messages.length, before + 2);
});

test("unknown paths and methods", async () => {
  const base = `${standIn.url}/2010-04-01/Accounts/${account.sid}`;
  const missing = await call("GET", `${base}/Nonsense.json`, account);
  assert.deepEqual([missing.status, missing.body.code], [404, 20404]);
  const method = await call("PUT", `${base}/Messages.json`, account, {});
  assert.deepEqual([method.status, method.body.code], [405, 20004]);
  assert.equal((await ask("GET", `${standIn.url}/`, {})).status, 404);
});

test("without .json the API answers in XML", async () => {
  const form = { To: TO, From: FROM, Body: "a < b" };
  const created = await call("POST", messagesUrl(standIn, account, ""), account, form);
  assert.equal(created.status, 201);
  assert.equal(created.headers.get("content-type"), "application/xml");
  assert.match(
    created.text,
    /^<\?xml .*<TwilioResponse><Message><Body>a &#60; b<\/Body><NumSegments>1<\/NumSegments>/s,
  );
  const refused = await call("POST", messagesUrl(standIn, account, ""), account, {
    ...form,
    To: "123",
  });
  assert.match(refused.text, /<RestException><Code>21211<\/Code>/);
});
