// Webhooks through the published package.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { WebhookHeaders, WebhookRequest } from "twilio-destination";
import * as library from "twilio-destination";
import {
  answers,
  authToken,
  form,
  messageSid,
  type SignatureVector,
  settings,
  webhookUrl,
  wrongVerdicts,
} from "./webhook.js";

const vectors = JSON.parse(
  readFileSync(new URL("../data/signature_vectors.json", import.meta.url), "utf8"),
) as SignatureVector[];

const signed = webhookUrl + Object.entries(form).flat().join("");
const signature = createHmac("sha1", authToken).update(signed).digest("base64");
const body = new URLSearchParams(form).toString();
const headers = {
  "x-twilio-signature": signature,
  "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
};
const request: WebhookRequest = { method: "POST", url: webhookUrl, headers, body };

const fetch = () => Promise.reject(new Error("nothing is sent here"));
const destination = library.createDestination(settings, { fetch, now: Date.now });
const codeOf = (changed: Partial<WebhookRequest>) => {
  const receipt = destination.receive({ ...request, ...changed });
  return receipt.type === "refused" ? receipt.code : receipt.type;
};

describe("webhooks", () => {
  it("agrees with every published signature", () => {
    assert.ok(vectors.length >= 24);
    assert.deepEqual(wrongVerdicts(vectors, library), []);
  });

  it("takes a signed status callback in, and reports it to Segment", () => {
    const { receipt, tracking } = answers(library, request);
    assert.equal(receipt.type, "received");
    assert.equal(receipt.httpStatus, 204);
    assert.deepEqual(receipt.query, [["claim", "c1"]]);
    const { callback } = receipt;
    assert.equal(callback.type, "status");
    assert.equal(callback.status, "undelivered");
    assert.equal(callback.error?.code, 30003);
    assert.equal(callback.to, "+447700900123");
    assert.equal(tracking.type, "track");
    const { url, method, headers: sent, body: written } = tracking.request;
    assert.deepEqual([method, url], ["POST", "https://api.segment.io/v1/track"]);
    const basic = `Basic ${Buffer.from("abcdefgh:").toString("base64")}`;
    assert.deepEqual(sent, [
      ["Authorization", basic],
      ["Content-Type", "application/json"],
    ]);
    const event = JSON.parse(written) as Record<string, unknown>;
    assert.equal(event.messageId, `twilio-${messageSid}-undelivered`);
    assert.equal(event.event, "SMS Undelivered");
    assert.equal(event.timestamp, "2026-05-04T09:30:00Z");
    assert.doesNotMatch(written, /7700900123/);
  });

  it("reads headers as fetch, Node and lists have them, and bodies as bytes and texts", () => {
    const spellings: WebhookHeaders[] = [
      headers,
      new Headers(headers),
      Object.entries(headers),
      new Map(Object.entries(headers)),
      {
        "X-Twilio-Signature": [signature],
        "Content-Type": headers["content-type"],
        host: undefined,
      },
    ];
    for (const headers of spellings) assert.equal(codeOf({ headers }), "received");
    assert.equal(codeOf({ body: new TextEncoder().encode(body) }), "received");
    assert.equal(codeOf({ body: Buffer.from(body) }), "received");
  });

  it("refuses what is not signed, and says nothing of it", () => {
    assert.equal(codeOf({ headers: {} }), "signature_missing");
    assert.equal(codeOf({ body: `${body}&x=1` }), "signature_wrong");
    assert.equal(codeOf({ body: null, headers }), "signature_wrong");
    assert.equal(codeOf({ url: webhookUrl.replace("c1", "c2") }), "signature_wrong");
    assert.equal(codeOf({ method: "DELETE" }), "method_not_allowed");
    assert.equal(codeOf({ body: new Uint8Array(50_000_000) }), "body_too_large");
    assert.equal(codeOf({ url: webhookUrl + "a".repeat(5_000_000) }), "url_invalid");
    const { receipt, tracking } = answers(library, { ...request, body: `${body}&x=1` });
    assert.equal(tracking.type, "refused");
    assert.doesNotMatch(JSON.stringify([receipt, tracking]), /7700900123|0123456789abcdef|claim/);
  });

  it("verifies with webhook_auth_tokens alone where they are set", () => {
    const code = (tokens: string[]) => {
      const other = { ...settings, webhook_auth_tokens: tokens };
      return library.createDestination(other, { fetch, now: Date.now }).receive(request).type;
    };
    assert.equal(code(["f".repeat(32), authToken]), "received");
    assert.equal(code(["f".repeat(32)]), "refused");
  });

  it("needs somebody whom a report is of", () => {
    const untracked = destination.track(request, {});
    assert.equal(untracked.type, "untracked");
    assert.equal(untracked.code, "identity_missing");
  });

  it("takes an origin as far as it is known", () => {
    const origin: library.Origin = {
      anonymousId: "a-1",
      userId: null,
      event: null,
      campaign: [["name", "Spring"]],
    };
    const tracking = destination.track(request, origin, { now: 0 });
    assert.equal(tracking.type, "track");
    const event = JSON.parse(tracking.request.body) as Record<string, unknown>;
    assert.deepEqual([event.anonymousId, event.userId], ["a-1", undefined]);
    assert.deepEqual((event.context as Record<string, unknown>).campaign, { name: "Spring" });
    assert.equal(event.timestamp, "1970-01-01T00:00:00Z");
    const none = destination.track(request, { userId: "u", campaign: null });
    assert.equal(none.type, "track");
    assert.doesNotMatch(none.request.body, /campaign/);
  });

  it("builds the request that reports a conversion", () => {
    assert.equal(destination.feedback("+447700900123"), null);
    const built = destination.feedback(messageSid);
    assert.match(built?.url ?? "", new RegExp(`/Messages/${messageSid}/Feedback\\.json$`));
    assert.equal(built?.body, "Outcome=confirmed");
  });
});
