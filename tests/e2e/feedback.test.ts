// The stand-in's callbacks, handled by the package in Node behind a server of its own.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { createDestination, type Handled } from "twilio-destination";
import { start } from "../stand-in/support.js";
import { redirectTo } from "./endings.js";
import { checks, origin, type Subject, settings, standInOptions } from "./feedback.js";

const handled: Handled[] = [];
const server = createServer(async (incoming, outgoing) => {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const { method = "", url = "", headers } = incoming;
  const request = { method, url: origin + url, headers, body: Buffer.concat(parts) };
  const result = await destination.handle(request);
  handled.push(result);
  outgoing.writeHead(result.httpStatus).end();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => server.close());
const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const standIn = await start(standInOptions(local));
const destination = createDestination(settings, {
  fetch: redirectTo(standIn.url, fetch),
  now: Date.now,
});

const subject: Subject = {
  standIn,
  send: (event) => destination.send(event),
  handled: async () => handled,
  async post(path, form, signature) {
    const headers = { "X-Twilio-Signature": signature };
    return (await fetch(local + path, { method: "POST", headers, body: form })).status;
  },
};

describe("callbacks in Node:", () => {
  for (const { name, check } of checks) it(name, () => check(subject));

  it("each webhook was answered with what came of it", () => {
    assert.deepEqual(
      handled.filter(({ httpStatus }) => httpStatus !== 204).map(({ what }) => what),
      ["refused"],
    );
  });
});
