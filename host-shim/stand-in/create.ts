import type { Account } from "./accounts.js";
import { type Draft, draft, isTrue, value } from "./draft.js";
import type { ApiError } from "./errors.js";
import type { Ids } from "./ids.js";
import type { Message, MessageStore } from "./messages.js";
import type { OptOuts } from "./opt-outs.js";
import { segmentCount } from "./segments.js";
import { validate } from "./validate.js";
import { parseSendAt } from "./validate-schedule.js";

const TRIAL_PREFIX = "Sent from your Twilio trial account - ";

/** What creating a message reads and changes. */
export interface CreateContext {
  now: number;
  ids: Ids;
  store: MessageStore;
  optOuts: OptOuts;
  scheduleLead: number;
}

export type Created =
  | { ok: true; message: Message; sendAt: number | null }
  | { ok: false; error: ApiError };

/** POST Messages: validates the form and, if nothing is wrong with it, adds the message. */
export function createMessage(
  account: Account,
  form: URLSearchParams,
  context: CreateContext,
): Created {
  const request = draft(account, form, context);
  const error = validate(request);
  if (error) return { ok: false, error };
  const message = build(request, context);
  context.store.add(message);
  const sendAt = message.status === "scheduled" ? parseSendAt(form.get("SendAt") ?? "") : null;
  return { ok: true, message, sendAt };
}

function build(request: Draft, { now, ids }: CreateContext): Message {
  const { account, form, from, to, serviceSid, mediaUrls } = request;
  const body = account.kind === "trial" ? TRIAL_PREFIX + request.body : request.body;
  return {
    sid: ids.message(mediaUrls.length > 0 || isTrue(form, "SendAsMms")),
    accountSid: account.sid,
    to: to?.text ?? "",
    from: from?.text ?? null,
    body,
    mediaUrls,
    direction: "outbound-api",
    serviceSid,
    status: initialStatus(request),
    // Without a sender nothing is known about how the text will be cut.
    segments: from ? segmentCount(body) : null,
    errorCode: null,
    errorMessage: null,
    price: null,
    createdAt: now,
    updatedAt: now,
    sentAt: null,
    statusCallback: statusCallback(request),
    form: [...form],
    feedback: null,
  };
}

function initialStatus({ form, serviceSid }: Draft): Message["status"] {
  if (serviceSid === null) return "queued";
  return value(form, "ScheduleType") === "fixed" ? "scheduled" : "accepted";
}

// The request's own URL wins over the application's, and that over the service's.
function statusCallback({ account, form, service }: Draft): string | null {
  const application = value(form, "ApplicationSid");
  return (
    value(form, "StatusCallback") ??
    (application === null ? undefined : account.applications[application]) ??
    service?.statusCallback ??
    null
  );
}
