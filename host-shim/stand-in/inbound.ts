import { type Account, findSender } from "./accounts.js";
import { parseAddress } from "./addresses.js";
import { API_VERSION } from "./bodies.js";
import type { CallbackRecord, Callbacks } from "./callbacks.js";
import type { Ids } from "./ids.js";
import type { Message, MessageStore } from "./messages.js";
import { type OptOuts, type OptOutType, optOutKeyword } from "./opt-outs.js";
import { segmentCount } from "./segments.js";

/** A text that someone sends to one of the account's senders. */
export interface InboundMessage {
  from: string;
  to: string;
  body: string;
  mediaUrls?: string[];
}

export interface InboundContext {
  now: number;
  ids: Ids;
  store: MessageStore;
  optOuts: OptOuts;
  callbacks: Callbacks;
}

/**
 * Takes a text in: keeps it, minds STOP and START, and posts it to the number's or the service's URL. The answer is
 * what became of the webhook, null when no URL is configured.
 */
export async function receive(
  account: Account,
  text: InboundMessage,
  context: InboundContext,
): Promise<CallbackRecord | null> {
  const from = parseAddress(text.from).text;
  const to = parseAddress(text.to).text;
  const service = account.services.find((candidate) => candidate.senders.includes(to));
  const keyword = optOutKeyword(text.body);
  const senders = service ? [to, service.sid] : [to];
  for (const sender of senders) {
    if (keyword === "STOP") context.optOuts.add(from, sender);
    if (keyword === "START") context.optOuts.remove(from, sender);
  }

  const message = newMessage(
    "inbound",
    account,
    { from, to, body: text.body, mediaUrls: text.mediaUrls ?? [] },
    context,
  );
  const inbound = { ...message, serviceSid: service?.sid ?? null };
  context.store.add(inbound);
  if (keyword !== null) reply(account, from, to, keyword, context);

  const url = service?.inboundUrl ?? findSender(account, to)?.inboundUrl;
  if (url === undefined) return null;
  const params = inboundParams(inbound);
  if (keyword !== null && service?.advancedOptOut) params.OptOutType = keyword;
  return context.callbacks.post(
    context.callbacks.prepare("inbound", account, inbound.sid, url, params),
  );
}

const REPLIES: Readonly<Record<OptOutType, string>> = {
  STOP: "You are unsubscribed and will get no more messages. Reply START to subscribe again.",
  START: "You are subscribed again. Reply STOP to unsubscribe.",
  HELP: "Reply STOP to unsubscribe.",
};

// Twilio answers keywords itself, so the list holds messages that nobody created through the API.
function reply(
  account: Account,
  recipient: string,
  sender: string,
  keyword: OptOutType,
  context: InboundContext,
): void {
  const content = { from: sender, to: recipient, body: REPLIES[keyword], mediaUrls: [] };
  context.store.add(newMessage("outbound-reply", account, content, context));
}

function newMessage(
  direction: "inbound" | "outbound-reply",
  account: Account,
  content: Pick<Message, "from" | "to" | "body" | "mediaUrls">,
  { now, ids }: InboundContext,
): Message {
  return {
    ...content,
    direction,
    sid: ids.message(content.mediaUrls.length > 0),
    accountSid: account.sid,
    serviceSid: null,
    status: direction === "inbound" ? "received" : "delivered",
    segments: segmentCount(content.body),
    errorCode: null,
    errorMessage: null,
    price: null,
    createdAt: now,
    updatedAt: now,
    sentAt: now,
    statusCallback: null,
    form: [],
    feedback: null,
  };
}

function inboundParams(message: Message): Record<string, string> {
  const params: Record<string, string> = {
    AccountSid: message.accountSid,
    ApiVersion: API_VERSION,
    Body: message.body,
    From: message.from ?? "",
    MessageSid: message.sid,
    NumMedia: String(message.mediaUrls.length),
    NumSegments: String(message.segments ?? 1),
    ReferralNumMedia: "0",
    SmsMessageSid: message.sid,
    SmsSid: message.sid,
    SmsStatus: "received",
    To: message.to,
  };
  if (message.serviceSid !== null) params.MessagingServiceSid = message.serviceSid;
  const whatsapp = /^whatsapp:\+(\d+)$/.exec(message.from ?? "")?.[1];
  if (whatsapp !== undefined) {
    params.WaId = whatsapp;
    params.ProfileName = "Stand-in";
  }
  message.mediaUrls.forEach((url, index) => {
    params[`MediaUrl${index}`] = url;
    params[`MediaContentType${index}`] = "image/jpeg";
  });
  return params;
}
