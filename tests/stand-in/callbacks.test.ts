import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after } from "node:test";
import twilio from "twilio";
import { type AccountOptions, signature } from "../../host-shim/stand-in/index.js";
import { create, FROM, live, recorded, SERVICE, start, TO } from "./support.js";

interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  params: Record<string, string>;
}

/** A receiver of webhooks that keeps what it gets. */
async function receiver(): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      received.push({
        url: request.url ?? "",
        headers: request.headers,
        params: Object.fromEntries(new URLSearchParams(body)),
      });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const { url, received } = await receiver();
const account: AccountOptions = {
  ...live,
  senders: [...(live.senders ?? []), { address: "+12025550188", inboundUrl: `${url}/number` }],
  services: [
    {
      sid: SERVICE,
      senders: [FROM],
      statusCallback: `${url}/service`,
      inboundUrl: `${url}/inbound`,
      advancedOptOut: true,
      linkShortening: true,
      clickUrl: `${url}/clicks`,
    },
  ],
  applications: { [`AP${"1".repeat(32)}`]: `${url}/application` },
};
const standIn = await start({
  accounts: [account],
  callbackRoutes: { "https://hooks.example.com": url },
});

const statuses = (): Array<string | undefined> =>
  received.map(({ params }) => params.MessageStatus);

/** Creates, waits until all is done and gives back what arrived. */
async function deliver(form: Record<string, string>): Promise<Received[]> {
  received.length = 0;
  const { status } = await create(standIn, form, account);
  assert.equal(status, 201);
  await standIn.idle();
  return received;
}

const valid = ({ headers, params }: Received, signed: string): boolean =>
  twilio.validateRequest(live.authToken, String(headers["x-twilio-signature"]), signed, params);

test("signatures agree with known ones", () => {
  const vectors =
    recorded<
      Array<{
        name: string;
        token: string;
        url: string;
        params: Record<string, string>;
        signature: string;
      }>
    >("signatures");
  assert.ok(vectors.length >= 10);
  for (const { name, token, url: signed, params, signature: expected } of vectors)
    assert.equal(signature(token, signed, params), expected, name);
});

test("each change of status is posted, signed so that Twilio's own library agrees", async () => {
  const target = `${url}/status?key=a%20b&x=1`;
  await deliver({ StatusCallback: target, Body: "Grüße 😀" });
  assert.deepEqual(statuses(), ["sending", "sent", "delivered"]);
  for (const one of received) {
    assert.equal(one.url, "/status?key=a%20b&x=1");
    assert.ok(valid(one, target));
    assert.ok(!valid({ ...one, params: { ...one.params, MessageStatus: "failed" } }, target));
    assert.ok(!valid(one, `${url}/status?key=a%20b&x=2`));
    assert.match(
      String(one.headers["i-twilio-idempotency-token"]),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.deepEqual([one.params.To, one.params.From, one.params.AccountSid], [TO, FROM, live.sid]);
    assert.equal(one.params.MessageSid, one.params.SmsSid);
    assert.equal(one.params.MessageStatus, one.params.SmsStatus);
  }
  assert.match(received[2]?.params.RawDlrDoneDate ?? "", /^\d{10}$/);
  assert.equal(received[0]?.params.RawDlrDoneDate, undefined);
});

test("a public URL is signed as such and posted to its local route", async () => {
  const [first] = await deliver({
    StatusCallback: "https://hooks.example.com/twilio/status?key=1#rc=2",
  });
  assert.ok(first);
  assert.equal(first.headers.host, "hooks.example.com");
  assert.ok(valid(first, "https://hooks.example.com/twilio/status?key=1"));
});

test("a service has its own callback, which tells the choice of sender too", async () => {
  await deliver({ From: "", MessagingServiceSid: SERVICE });
  assert.deepEqual(statuses(), ["queued", "sending", "sent", "delivered"]);
  assert.ok(
    received.every(({ params }) => params.MessagingServiceSid === SERVICE && params.From === FROM),
  );
  assert.ok(received.every((one) => one.url === "/service" && valid(one, `${url}/service`)));
});

test("the request's callback wins over the application's, that over the service's", async () => {
  const both = { From: "", MessagingServiceSid: SERVICE, ApplicationSid: `AP${"1".repeat(32)}` };
  assert.equal((await deliver({ ...both }))[0]?.url, "/application");
  assert.equal((await deliver({ ...both, StatusCallback: `${url}/own` }))[0]?.url, "/own");
});

test("failures carry their code", async () => {
  standIn.deliver("failed");
  await deliver({ StatusCallback: url });
  assert.deepEqual(
    received.map(({ params }) => [params.MessageStatus, params.ErrorCode]),
    [["failed", "30007"]],
  );
});

test("callbacks come out of order and more than once on demand", async () => {
  standIn.deliver("out-of-order");
  await deliver({ StatusCallback: url });
  assert.deepEqual(statuses(), ["delivered", "sending", "sent"]);

  standIn.deliver("duplicated");
  await deliver({ StatusCallback: url });
  assert.deepEqual(statuses(), [
    "sending",
    "sending",
    "sent",
    "sent",
    "delivered",
    "delivered",
    "delivered",
  ]);
  const tokens = received.map(({ headers }) => headers["i-twilio-idempotency-token"]);
  assert.equal(tokens[0], tokens[1]);
  assert.equal(new Set(tokens).size, 3);

  standIn.deliver("silent");
  assert.deepEqual(await deliver({ StatusCallback: url }), []);
  standIn.deliver([{ status: "failed", after: 5, errorCode: 30034 }]);
  assert.equal((await deliver({ StatusCallback: url }))[0]?.params.ErrorCode, "30034");
});

test("a script can be given to a recipient", async () => {
  standIn.deliver("undelivered", "+447700900777");
  for (let i = 0; i < 2; i++)
    assert.equal(
      (await deliver({ To: "+447700900777", StatusCallback: url })).at(-1)?.params.ErrorCode,
      "30003",
    );
  assert.equal((await deliver({ StatusCallback: url })).at(-1)?.params.MessageStatus, "delivered");
});

test("WhatsApp callbacks name their channel and may be read", async () => {
  standIn.deliver("read");
  const form = { To: `whatsapp:${TO}`, From: `whatsapp:${FROM}`, StatusCallback: url };
  const last = (await deliver(form)).at(-1);
  assert.deepEqual(
    [last?.params.ChannelPrefix, last?.params.EventType, last?.params.MessageStatus],
    ["whatsapp", "READ", "read"],
  );
});

const REFUSED = [
  "https://example.com/",
  "http://192.0.2.1/",
  "http://localhost.example.com/",
  "http://2130706433.example.com/",
  "https://127.0.0.1/",
];

for (const target of REFUSED) {
  test(`nothing is posted to ${target}`, async () => {
    const before = standIn.callbacks.length;
    await deliver({ StatusCallback: target });
    const records = standIn.callbacks.slice(before);
    assert.equal(records.length, 3);
    assert.ok(
      records.every(
        ({ status, error }) => status === null && /loopback|only http/.test(error ?? ""),
      ),
    );
  });
}

test("a receiver that is down is noted and changes nothing", async () => {
  const before = standIn.callbacks.length;
  await deliver({ StatusCallback: "http://127.0.0.1:1/" });
  assert.ok(standIn.callbacks.slice(before).every(({ error }) => error !== null));
  assert.equal(standIn.messages.at(-1)?.status, "delivered");
});

test("STOP and START come in through the service, are signed, and change what is sent", async () => {
  received.length = 0;
  const stopped = await standIn.receive({ from: TO, to: FROM, body: " stop " });
  assert.deepEqual(
    [stopped?.status, received[0]?.params.OptOutType, received[0]?.params.MessagingServiceSid],
    [204, "STOP", SERVICE],
  );
  assert.ok(received[0] && valid(received[0], `${url}/inbound`));
  for (const form of [{}, { From: "", MessagingServiceSid: SERVICE }]) {
    assert.equal((await create(standIn, form, account)).body.code, 21610);
  }
  assert.equal((await create(standIn, { From: "+12025550142" }, account)).status, 201);
  await standIn.receive({ from: TO, to: FROM, body: "START" });
  assert.equal(received[1]?.params.OptOutType, "START");
  assert.equal((await create(standIn, {}, account)).status, 201);
  await standIn.idle();
});

test("a number without a service says nothing of opting out, and blocks only itself", async () => {
  received.length = 0;
  await standIn.receive({ from: "+447700900666", to: "+12025550188", body: "STOP" });
  assert.deepEqual([received[0]?.params.Body, received[0]?.params.OptOutType], ["STOP", undefined]);
  assert.equal(
    (await create(standIn, { To: "+447700900666", From: "+12025550188" }, account)).body.code,
    21610,
  );
  assert.equal((await create(standIn, { To: "+447700900666" }, account)).status, 201);
  const reply = standIn.messages.find(
    ({ direction, to }) => direction === "outbound-reply" && to === "+447700900666",
  );
  assert.equal(reply?.from, "+12025550188");
});

test("other texts come in whole and opt nobody out", async () => {
  received.length = 0;
  await standIn.receive({
    from: TO,
    to: "+12025550188",
    body: "Stop please",
    mediaUrls: ["https://example.com/a.jpg"],
  });
  const [one] = received;
  assert.ok(one && valid(one, `${url}/number`));
  assert.deepEqual(
    [one.params.Body, one.params.NumMedia, one.params.SmsStatus, one.params.OptOutType],
    ["Stop please", "1", "received", undefined],
  );
  assert.equal((await create(standIn, { From: "+12025550188" }, account)).status, 201);
  assert.equal(await standIn.receive({ from: TO, to: "+12025550142", body: "Hello" }), null);
  assert.deepEqual(
    standIn.messages.filter(({ direction }) => direction === "inbound").map(({ body }) => body),
    [" stop ", "START", "STOP", "Stop please", "Hello"],
  );
  await standIn.idle();
});

test("a click on a shortened link is posted to the service's URL", async () => {
  const Body = "See https://example.com/a?b=c today";
  const form = { MessagingServiceSid: SERVICE, From: "", Body };
  const { body } = await create(standIn, { ...form, ShortenUrls: "true" }, account);
  await standIn.idle();
  received.length = 0;
  const messageSid = String(body.sid);
  assert.equal((await standIn.click({ messageSid }))?.status, 204);
  const [one] = received;
  assert.ok(one && valid(one, `${url}/clicks`));
  assert.deepEqual(
    [one.params.event_type, one.params.sms_sid, one.params.link, one.params.to],
    ["click", messageSid, "https://example.com/a?b=c", TO],
  );
  const plain = await create(standIn, form, account);
  await assert.rejects(standIn.click({ messageSid: String(plain.body.sid) }), /no shortened link/);
  await standIn.idle();
});
