// README.md's example for webhooks, in real workerd.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { it } from "node:test";
import { startWorker } from "../host/in-workerd.js";
import { authToken, form, settings } from "../host/webhook.js";
import { example } from "./examples.js";

it("the webhook example reports a status to Segment, and nothing that is not signed", async (test) => {
  const reported: { url: string; body: string }[] = [];
  const worker = await startWorker(example("webhook"), {
    bindings: {
      SETTINGS: JSON.stringify({ ...settings, auth_token: undefined }),
      TWILIO_AUTH_TOKEN: authToken,
    },
    outboundService: async (request: Request) => {
      reported.push({ url: request.url, body: await request.text() });
      return Response.json({ success: true });
    },
  } as object);
  test.after(() => worker.dispose());

  const url = "https://hooks.example.com/twilio?user=u-1";
  const signed = url + Object.entries(form).flat().join("");
  const signature = createHmac("sha1", authToken).update(signed).digest("base64");
  const post = async (sent: string) => {
    const headers = {
      "Content-Type": "application/x-www-form-urlencoded",
      "X-Twilio-Signature": sent,
    };
    const body = new URLSearchParams(form).toString();
    return (await worker.dispatchFetch(url, { method: "POST", headers, body })).status;
  };
  assert.equal(await post(signature.toLowerCase()), 403);
  assert.equal(reported.length, 0);
  assert.equal(await post(signature), 204);
  assert.equal(reported.length, 1);
  assert.equal(reported[0]?.url, "https://api.segment.io/v1/track");
  const event = JSON.parse(reported[0]?.body ?? "") as Record<string, unknown>;
  assert.deepEqual([event.userId, event.event], ["u-1", "SMS Undelivered"]);
});
