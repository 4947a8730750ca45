import type { Message } from "./messages.js";

export const API_VERSION = "2010-04-01";

/** A time as the 2010 API writes it: RFC 2822, always UTC. */
export function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace("GMT", "+0000");
}

export function accountUri(accountSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}`;
}

/** The Message resource, keys in the order of the recorded answer. */
export function messageBody(message: Message): Record<string, unknown> {
  const uri = `${accountUri(message.accountSid)}/Messages/${message.sid}`;
  return {
    body: message.body,
    num_segments: String(message.segments ?? 0),
    direction: message.direction,
    from: message.from,
    date_updated: rfc2822(message.updatedAt),
    price: message.price,
    error_message: message.errorMessage,
    uri: `${uri}.json`,
    account_sid: message.accountSid,
    num_media: String(message.mediaUrls.length),
    to: message.to,
    date_created: rfc2822(message.createdAt),
    status: message.status,
    sid: message.sid,
    date_sent: message.sentAt === null ? null : rfc2822(message.sentAt),
    messaging_service_sid: message.serviceSid,
    error_code: message.errorCode,
    price_unit: "USD",
    api_version: API_VERSION,
    subresource_uris: { media: `${uri}/Media.json` },
  };
}
