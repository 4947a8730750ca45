// What follows a message, over real sockets: the stand-in for Twilio, a server that takes its
// webhooks, and one that takes what is told to Segment.

import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, it } from "node:test";
import { createDestination, type Handled, type Outcome } from "twilio-destination";
import type { AccountOptions } from "../../host-shim/stand-in/index.js";
import { FROM, live, SERVICE, start, TO } from "../stand-in/support.js";
import { redirectTo } from "./endings.js";

const origin = "https://hooks.example.com";

/** Starts a server that ends with this file, and gives its origin. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bodyOf(incoming: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of incoming) parts.push(part);
  return Buffer.concat(parts);
}

interface Track {
  readonly messageId: string;
  readonly userId?: string;
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const tracked: Track[] = [];
const segment = await serve(async (incoming, outgoing) => {
  tracked.push(JSON.parse((await bodyOf(incoming)).toString()));
  outgoing.writeHead(200).end("{}");
});

const handled: Handled[] = [];
const hooks = await serve(async (incoming, outgoing) => {
  const { method = "", url = "", headers } = incoming;
  const body = await bodyOf(incoming);
  const result = await destination.handle({ method, url: origin + url, headers, body });
  handled.push(result);
  outgoing.writeHead(result.httpStatus).end();
});

const account: AccountOptions = {
  ...live,
  services: [
    {
      sid: SERVICE,
      senders: [FROM],
      linkShortening: true,
      inboundUrl: `${origin}/inbound`,
      clickUrl: `${origin}/clicks`,
    },
  ],
};
const standIn = await start({ accounts: [account], callbackRoutes: { [origin]: hooks } });
const toTwilio = redirectTo(standIn.url, fetch);
const destination = createDestination(
  {
    account_sid: live.sid,
    auth_token: live.authToken,
    messaging_service_sid: SERVICE,
    status_callback: `${origin}/status`,
    delivery: { callback_parameter: "claim", resend_undelivered: 1 },
    segment: { write_key: "abcdefgh" },
    mappings: [
      {
        name: "code",
        trigger: "Code Requested",
        body: "Go to https://example.com/codes/1234",
        shorten_urls: true,
        provide_feedback: true,
      },
    ],
    conversions: [{ name: "entered", trigger: "Code Entered" }],
  },
  {
    fetch: (url, init) => {
      const { hostname, pathname } = new URL(String(url));
      return hostname === "api.segment.io" ? fetch(segment + pathname, init) : toTwilio(url, init);
    },
    now: Date.now,
  },
);

let events = 0;

async function send(event: string, userId: string): Promise<Outcome[]> {
  events += 1;
  const timestamp = new Date().toISOString();
  const context = { traits: { phone: TO } };
  const messageId = `follow-up-${events}`;
  return destination.send({ type: "track", event, userId, messageId, timestamp, context });
}

async function sendCode(userId: string): Promise<string> {
  const [outcome] = await send("Code Requested", userId);
  assert.ok(outcome?.type === "sent", JSON.stringify(outcome));
  return outcome.reply.sid ?? "";
}

const created = () => standIn.messages.filter(({ direction }) => direction === "outbound-api");

it("sends a message again that was not delivered, once", async () => {
  standIn.deliver("undelivered");
  const sid = await sendCode("u-1");
  await standIn.idle();
  const [first, second, ...more] = created();
  assert.equal(more.length, 0);
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(first.sid, sid);
  assert.equal(second.body, first.body);
  assert.notEqual(second.statusCallback, first.statusCallback);
  const resent = handled.map((one) => one.resent).filter((one) => one !== null);
  assert.deepEqual(
    resent.map(({ number, outcome }) => [number, outcome.type]),
    [[1, "sent"]],
  );
  const delivered = tracked.find(({ event }) => event === "SMS Delivered");
  assert.equal(delivered?.userId, "u-1");
  assert.equal(delivered?.properties.resend_of, sid);
  assert.equal(delivered?.properties.message_sid, second.sid);

  // The callback that brought it about comes again.
  const lost = standIn.callbacks.find(({ params }) => params.MessageStatus === "undelivered");
  assert.ok(lost !== undefined);
  const form = new URLSearchParams(lost.params);
  const headers = { "X-Twilio-Signature": lost.signature };
  const local = hooks + lost.url.slice(origin.length);
  assert.equal((await fetch(local, { method: "POST", headers, body: form })).status, 204);
  await standIn.idle();
  assert.equal(created().length, 2);
});

it("sends nothing again to whoever opted out meanwhile", async () => {
  const before = created().length;
  standIn.deliver([
    { status: "sent", after: 20 },
    { status: "undelivered", after: 200, errorCode: 30008 },
  ]);
  await sendCode("u-2");
  await hear("STOP");
  await standIn.idle();
  assert.equal(created().length, before + 1);
  const outcome = [...handled].reverse().find(({ resent }) => resent !== null)?.resent?.outcome;
  assert.ok(outcome?.type === "dropped" && outcome.reason.code === "recipient_suppressed");
  await hear("START");
});

it("tells Twilio of a conversion, once for each message", async () => {
  const sid = await sendCode("u-3");
  const [, confirmed] = await send("Code Entered", "u-3");
  assert.ok(confirmed?.type === "confirmed", JSON.stringify(confirmed));
  assert.equal(confirmed.reply.sid, sid);
  const [, again] = await send("Code Entered", "u-3");
  assert.ok(again?.type === "dropped" && again.reason.code === "duplicate");
  assert.equal(created().find((message) => message.sid === sid)?.feedback, "confirmed");
  assert.equal(standIn.requests.filter(({ note }) => note === "feedback").length, 1);
  await standIn.idle();
});

it("puts a conversion off that Twilio does not take, and tells of it later", async () => {
  await sendCode("u-4");
  standIn.faults.add({ preset: "503-lost", times: 3, match: { path: "/Feedback" } });
  const [, deferred] = await send("Code Entered", "u-4");
  assert.ok(deferred?.type === "deferred" && deferred.code === "feedback");
  const [, confirmed] = await send("Code Entered", "u-4");
  assert.equal(confirmed?.type, "confirmed");
  await standIn.idle();
});

it("tells Segment of a click as the user's, under the same id however often it comes", async () => {
  const messageSid = await sendCode("u-5");
  await standIn.idle();
  const posted = await standIn.click({ messageSid });
  assert.equal(posted?.status, 204);
  const headers = { "X-Twilio-Signature": posted.signature };
  const form = new URLSearchParams(posted.params);
  assert.equal(
    (await fetch(`${hooks}/clicks`, { method: "POST", headers, body: form })).status,
    204,
  );
  const clicks = tracked.filter(({ event }) => event === "SMS Link Clicked");
  const [one, other] = clicks;
  assert.equal(clicks.length, 2);
  assert.equal(one?.userId, "u-5");
  assert.equal(one?.messageId, other?.messageId);
});

it("forgets whose message it was", async () => {
  const messageSid = await sendCode("u-6");
  await standIn.idle();
  assert.deepEqual(await destination.forget({ userId: "u-6" }), []);
  await standIn.click({ messageSid });
  const last = handled.at(-1);
  assert.ok(last?.tracked?.type === "untracked" && last.tracked.code === "identity_missing");
});

/** What the recipient writes to the service's number. */
async function hear(body: string): Promise<void> {
  await standIn.receive({ from: TO, to: FROM, body });
}
