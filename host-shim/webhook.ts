// Twilio's webhooks: handed to the core as they came. What they are worth is the core's to say.

import type { CoreDelivery } from "./deliver.js";
import type { HttpRequest, Origin, Receipt, SignatureVerdict, Tracking } from "./types.js";
import { verifySignature as verify } from "./wasm/twilio_destination.js";

/** Headers as hosts have them: those of `fetch`, those of Node, or pairs. */
export type WebhookHeaders =
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request that the host received. */
export interface WebhookRequest {
  readonly method: string;
  /** The whole URL that Twilio called: the public one, where a proxy stands before this host. */
  readonly url: string;
  readonly headers: WebhookHeaders;
  /** The body as it came, before anything parses it. */
  readonly body?: Uint8Array | string | null;
}

/** A signature and what was signed. */
export interface SignatureCheck {
  readonly url: string;
  /** The decoded parameters of a form. */
  readonly params?: Readonly<Record<string, string | readonly (string | null)[] | null>> | null;
  /** The text of a body as it came, in place of `params`. */
  readonly body?: string | null;
  /** The value of `X-Twilio-Signature`. */
  readonly signature: string;
  /** The account's primary auth token. */
  readonly token: string;
}

/** The part of the core that webhooks need. */
interface Core {
  receive(method: string, url: string, headers: unknown, body: Uint8Array): unknown;
  track(
    method: string,
    url: string,
    headers: unknown,
    body: Uint8Array,
    origin: unknown,
    now: number,
  ): unknown;
  beginWebhook(
    method: string,
    url: string,
    headers: unknown,
    body: Uint8Array,
    terms: object,
  ): CoreDelivery;
  feedback(messageSid: string): unknown;
}

/** A little more than the core reads, so that it refuses what is too long without copying it. */
const enough = { url: 16_385, body: 65_537 };

export function receive(core: Core, request: WebhookRequest): Receipt {
  const { method, url, headers, body } = taken(request);
  return core.receive(method, url, headers, body) as Receipt;
}

export function track(core: Core, request: WebhookRequest, origin: Origin, now: number): Tracking {
  const { method, url, headers, body } = taken(request);
  return core.track(method, url, headers, body, origin, now) as Tracking;
}

export function beginWebhook(core: Core, request: WebhookRequest, terms: object): CoreDelivery {
  const { method, url, headers, body } = taken(request);
  return core.beginWebhook(method, url, headers, body, terms);
}

export function feedback(core: Core, messageSid: string): HttpRequest | null {
  return core.feedback(messageSid) as HttpRequest | null;
}

/** Verifies one signature by itself: for audits, and for finding out why one does not fit. */
export function verifySignature(check: SignatureCheck): SignatureVerdict {
  return verifySignatureJson(new TextEncoder().encode(JSON.stringify(check)));
}

/** The same for the bytes of a check as JSON; `token` is used where it has none. */
export function verifySignatureJson(json: Uint8Array, token?: string): SignatureVerdict {
  return verify(json, token) as SignatureVerdict;
}

function taken({ method, url, headers, body }: WebhookRequest) {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return {
    method,
    url: url.slice(0, enough.url),
    headers: [...pairs(headers)],
    body: (bytes ?? new Uint8Array()).subarray(0, enough.body),
  };
}

function* pairs(headers: WebhookHeaders): Generator<[string, string]> {
  if (isIterable(headers)) {
    for (const [name, value] of headers) yield [name, value];
    return;
  }
  for (const [name, values] of Object.entries(headers)) {
    for (const value of [values ?? []].flat()) yield [name, value];
  }
}

function isIterable(headers: WebhookHeaders): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers;
}
