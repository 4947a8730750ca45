// README.md's example for Cloudflare Workers, in real workerd against the stand-in.

import assert from "node:assert/strict";
import { it } from "node:test";
import { startWorker } from "../host/in-workerd.js";
import { atStandIn, example, orderEvent, startTwilio } from "./examples.js";

it("the Worker example sends", async (test) => {
  const { twilio, sid, token } = await startTwilio();
  test.after(() => twilio.close());
  const worker = await startWorker(example("worker"), {
    bindings: {
      SETTINGS: JSON.stringify({ account_sid: sid, from: "+14155551234" }),
      TWILIO_AUTH_TOKEN: token,
    },
    outboundService: async (request: Request) =>
      fetch(atStandIn(request.url, twilio), {
        method: request.method,
        headers: [...request.headers],
        body: await request.text(),
      }),
  } as object);
  test.after(() => worker.dispose());

  const body = JSON.stringify(orderEvent);
  const answer = await worker.dispatchFetch("http://worker/", { method: "POST", body });
  const outcomes = (await answer.json()) as { type: string; reply: { sid: string } }[];
  assert.equal(outcomes[0]?.type, "sent");
  assert.equal(outcomes[0]?.reply.sid, twilio.messages[0]?.sid);
  assert.equal(twilio.messages.length, 1);
});
