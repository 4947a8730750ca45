// What webhooks must come to, in any runtime: the checks take the package as an argument.

import type * as Library from "twilio-destination";

/** A published signature, as verifySignature() takes it. */
export type SignatureVector = Library.SignatureCheck & {
  readonly name: string;
  readonly valid: boolean;
};

/** The published signatures on which the package's verdict is not the one that it should be. */
export function wrongVerdicts(
  vectors: readonly SignatureVector[],
  { verifySignature }: typeof Library,
): string[] {
  return vectors
    .filter((vector) => verifySignature(vector).valid !== vector.valid)
    .map(({ name }) => name);
}

export const authToken = "0123456789abcdef0123456789abcdef";
export const messageSid = `SM${"ab12".repeat(8)}`;
export const webhookUrl = "https://hooks.example.com/twilio?claim=c1";

export const settings: Library.Settings = {
  account_sid: `AC${"ab12".repeat(8)}`,
  auth_token: authToken,
  from: "+14155551234",
  segment: { write_key: "abcdefgh" },
};

export const form = {
  ErrorCode: "30003",
  From: "+14155551234",
  MessageSid: messageSid,
  MessageStatus: "undelivered",
  To: "+447700900123",
};

export const origin: Library.Origin = { userId: "u-1", messageId: "m-1", mapping: "order" };

/** What receive() and track() make of a signed status callback. */
export function answers(
  library: typeof Library,
  request: Library.WebhookRequest,
): { receipt: Library.Receipt; tracking: Library.Tracking } {
  const fetch = () => Promise.reject(new Error("nothing is sent here"));
  const destination = library.createDestination(settings, { fetch, now: () => 1_777_887_000_000 });
  return { receipt: destination.receive(request), tracking: destination.track(request, origin) };
}
