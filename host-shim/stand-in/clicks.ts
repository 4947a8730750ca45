import { type Account, findService } from "./accounts.js";
import type { CallbackRecord, Callbacks } from "./callbacks.js";
import type { MessageStore } from "./messages.js";

/** Somebody opens a link of a message that was sent with `ShortenUrls`. */
export interface Click {
  messageSid: string;
  /** The link as it stood in the text; the first one in it if absent. */
  link?: string;
  userAgent?: string;
}

export interface ClickContext {
  now: number;
  store: MessageStore;
  callbacks: Callbacks;
}

/** Posts a click to the URL of the message's service. The answer is null when no URL is configured. */
export async function click(
  account: Account,
  { messageSid, link, userAgent = "Mozilla/5.0" }: Click,
  { now, store, callbacks }: ClickContext,
): Promise<CallbackRecord | null> {
  const message = store.get(account.sid, messageSid);
  if (!message) throw new Error(`no message \`${messageSid}\``);
  const shortens = message.form.some(([name, value]) => name === "ShortenUrls" && value === "true");
  const opened = link ?? /https?:\/\/\S+/.exec(message.body)?.[0];
  if (!shortens || opened === undefined) throw new Error("the message has no shortened link");
  const service = message.serviceSid === null ? null : findService(account, message.serviceSid);
  if (service?.clickUrl === undefined) return null;
  const params = {
    account_sid: account.sid,
    click_time: new Date(now).toISOString(),
    event_type: "click",
    from: message.from ?? "",
    link: opened,
    messaging_service_sid: service.sid,
    sms_sid: message.sid,
    to: message.to,
    user_agent: userAgent,
  };
  return callbacks.post(callbacks.prepare("click", account, message.sid, service.clickUrl, params));
}
