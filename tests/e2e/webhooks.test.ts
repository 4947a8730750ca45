// Webhooks of the stand-in for Twilio, taken in by a destination behind a server of Node's.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, it } from "node:test";
import {
  createDestination,
  type Inbound,
  type Receipt,
  type StatusUpdate,
} from "twilio-destination";
import type { AccountOptions } from "../../host-shim/stand-in/index.js";
import { create, FROM, live, SERVICE, start, TO } from "../stand-in/support.js";

const origin = "https://hooks.example.com";

const destination = createDestination(
  { account_sid: live.sid, auth_token: live.authToken, from: FROM },
  { fetch, now: Date.now },
);

const receipts: Receipt[] = [];
const server = createServer(async (incoming, outgoing) => {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const { method = "", url = "", headers } = incoming;
  const request = { method, url: origin + url, headers, body: Buffer.concat(parts) };
  const receipt = destination.receive(request);
  receipts.push(receipt);
  outgoing.writeHead(receipt.httpStatus).end();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => server.close());
const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const account: AccountOptions = {
  ...live,
  senders: [...(live.senders ?? []), { address: "+12025550188", inboundUrl: `${origin}/number` }],
  services: [
    { sid: SERVICE, senders: [FROM], inboundUrl: `${origin}/inbound?n=1`, advancedOptOut: true },
  ],
};
const standIn = await start({ accounts: [account], callbackRoutes: { [origin]: local } });

/** What came in while something was done, each of it taken. */
async function taken(work: () => Promise<unknown>) {
  receipts.length = 0;
  await work();
  await standIn.idle();
  return receipts.map((receipt) => {
    assert.equal(receipt.type, "received", JSON.stringify(receipt));
    return receipt;
  });
}

it("takes every status in, with the query of the URL that it was sent to", async () => {
  const target = `${origin}/status?claim=a%2Fb%20c&x=It's`;
  const form = { StatusCallback: target, Body: "Grüße 😀" };
  const came = await taken(() => create(standIn, form, account));
  const updates = came.map(({ callback }) => callback as StatusUpdate);
  assert.deepEqual(
    updates.map(({ status }) => status),
    ["sending", "sent", "delivered"],
  );
  for (const { query, accountSid, callback } of came) {
    assert.deepEqual(query, [
      ["claim", "a/b c"],
      ["x", "It's"],
    ]);
    assert.equal(accountSid, live.sid);
    assert.equal(callback.to, TO);
  }
});

it("tells why a message was not delivered", async () => {
  standIn.deliver("failed");
  const form = { StatusCallback: `${origin}/status` };
  const came = await taken(() => create(standIn, form, account));
  const updates = came.map(({ callback }) => callback as StatusUpdate);
  assert.deepEqual(
    updates.map(({ status, error }) => [status, error?.code]),
    [["failed", 30007]],
  );
  assert.match(updates[0]?.error?.cause ?? "", /\.$/);
});

it("understands STOP and START, with Advanced Opt-Out and without", async () => {
  const sent = [
    { to: FROM, body: " stop " },
    { to: FROM, body: "START" },
    { to: "+12025550188", body: "Stop" },
    { to: "+12025550188", body: "Stop please" },
  ];
  const came = await taken(async () => {
    for (const text of sent) await standIn.receive({ from: TO, ...text });
  });
  assert.deepEqual(
    came.map(({ callback }) => {
      const { optOut, advancedOptOut, messagingServiceSid, from } = callback as Inbound;
      assert.equal(from, TO);
      return [optOut, advancedOptOut, messagingServiceSid];
    }),
    [
      ["stop", true, SERVICE],
      ["start", true, SERVICE],
      ["stop", false, null],
      [null, false, null],
    ],
  );
});
