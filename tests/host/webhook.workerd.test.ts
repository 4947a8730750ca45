// Webhooks in workerd, as they come there: with the request's own URL, headers and bytes.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Receipt, Tracking } from "twilio-destination";
import { startWorker } from "./in-workerd.js";
import { authToken, form, webhookUrl } from "./webhook.js";

const checks = JSON.stringify(fileURLToPath(new URL("webhook.ts", import.meta.url)));
const worker = `
  import * as library from "twilio-destination";
  import { answers, wrongVerdicts } from ${checks};
  export default {
    async fetch(call) {
      const { url, method, headers } = call;
      if (url.endsWith("/vectors")) {
        return Response.json(wrongVerdicts(await call.json(), library));
      }
      const body = new Uint8Array(await call.arrayBuffer());
      return Response.json(answers(library, { method, url, headers, body }));
    },
  };
`;

it("webhooks in workerd are verified, read and reported as in Node", async () => {
  const running = await startWorker(worker);
  try {
    const vectors = readFileSync(
      new URL("../data/signature_vectors.json", import.meta.url),
      "utf8",
    );
    const wrong = await running.dispatchFetch("http://worker/vectors", {
      method: "POST",
      body: vectors,
    });
    assert.deepEqual(await wrong.json(), []);
    const signed = webhookUrl + Object.entries(form).flat().join("");
    const signature = createHmac("sha1", authToken).update(signed).digest("base64");
    const answer = await running.dispatchFetch(webhookUrl, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": signature,
      },
      body: new URLSearchParams(form).toString(),
    });
    const { receipt, tracking } = (await answer.json()) as { receipt: Receipt; tracking: Tracking };
    assert.equal(receipt.type, "received");
    assert.deepEqual(receipt.query, [["claim", "c1"]]);
    assert.equal(tracking.type, "track");
  } finally {
    await running.dispose();
  }
});
