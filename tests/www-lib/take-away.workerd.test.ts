// The Worker that is taken away, in real workerd against the stand-in.

import assert from "node:assert/strict";
import { it } from "node:test";
import { asWorker } from "../../www/lib/take-away.js";
import { startWorker } from "../host/in-workerd.js";
import { atStandIn, startTwilio } from "../readme/examples.js";
import { event, schema, settings } from "./support.js";

it("the Worker sends for who knows its token, and for nobody else", async (test) => {
  const { twilio, sid, token } = await startTwilio();
  test.after(() => twilio.close());
  const source = asWorker({ settings: { ...settings, account_sid: sid } }, schema);
  const options = {
    outboundService: async (request: Request) =>
      fetch(atStandIn(request.url, twilio), {
        method: request.method,
        headers: [...request.headers],
        body: await request.text(),
      }),
  } as object;
  const bindings = { TWILIO_AUTH_TOKEN: token, EVENTS_TOKEN: "let me in" };
  const worker = await startWorker(source, { ...options, bindings });
  test.after(() => worker.dispose());
  const open = await startWorker(source, { ...options, bindings: { TWILIO_AUTH_TOKEN: token } });
  test.after(() => open.dispose());

  const post = (to: typeof worker, access: string, method = "POST") =>
    to.dispatchFetch("http://worker/", {
      method,
      headers: { Authorization: access },
      ...(method === "POST" ? { body: JSON.stringify(event) } : {}),
    });
  assert.equal((await post(worker, "Bearer nonsense")).status, 401);
  assert.equal((await post(open, "Bearer undefined")).status, 401);
  assert.equal((await post(worker, "Bearer let me in", "GET")).status, 405);
  assert.equal(twilio.messages.length, 0);

  const answer = await post(worker, "Bearer let me in");
  const outcomes = (await answer.json()) as { type: string; reply: { sid: string } }[];
  assert.equal(outcomes[0]?.reply.sid, twilio.messages[0]?.sid);
  assert.equal(twilio.messages.length, 1);
});
