// README.md's example for webhooks, in real workerd.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { it } from "node:test";
import { startWorker } from "../host/in-workerd.js";
import { authToken, messageSid, settings } from "../host/webhook.js";
import { example, orderEvent } from "./examples.js";

it("the webhook example reports a status to Segment, and nothing that is not signed", async (test) => {
  const reported: Record<string, unknown>[] = [];
  let created = new URLSearchParams();
  const worker = await startWorker(example("webhook"), {
    bindings: {
      SETTINGS: JSON.stringify({
        ...settings,
        auth_token: undefined,
        status_callback: "https://hooks.example.com/twilio",
        delivery: { callback_parameter: "claim" },
      }),
      TWILIO_AUTH_TOKEN: authToken,
    },
    outboundService: async (request: Request) => {
      const text = await request.text();
      if (request.url === "https://api.segment.io/v1/track") {
        reported.push(JSON.parse(text) as Record<string, unknown>);
        return Response.json({ success: true });
      }
      created = new URLSearchParams(text);
      return Response.json({ sid: messageSid, status: "queued" }, { status: 201 });
    },
  } as object);
  test.after(() => worker.dispose());

  const body = JSON.stringify({ ...orderEvent, userId: "u-1", messageId: "m-1" });
  const sent = await worker.dispatchFetch("https://hooks.example.com/events", {
    method: "POST",
    body,
  });
  assert.equal(((await sent.json()) as { type: string }[])[0]?.type, "sent");

  const url = created.get("StatusCallback") ?? "";
  const form = { MessageSid: messageSid, MessageStatus: "delivered", To: "+447700900123" };
  const signed = url + Object.entries(form).flat().join("");
  const signature = createHmac("sha1", authToken).update(signed).digest("base64");
  const post = async (signature: string) => {
    const headers = {
      "Content-Type": "application/x-www-form-urlencoded",
      "X-Twilio-Signature": signature,
    };
    const body = new URLSearchParams(form).toString();
    return (await worker.dispatchFetch(url, { method: "POST", headers, body })).status;
  };
  assert.equal(await post(signature.toLowerCase()), 403);
  assert.equal(reported.length, 0);
  assert.equal(await post(signature), 204);
  assert.deepEqual(
    reported.map(({ userId, event }) => [userId, event]),
    [["u-1", "SMS Delivered"]],
  );
});
