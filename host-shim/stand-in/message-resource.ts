import { accountUri, messageBody, rfc2822 } from "./bodies.js";
import { type ApiError, refuse } from "./errors.js";
import { isFinal, type Message, type MessageStore } from "./messages.js";

/** POST Messages/{Sid}: cancels a scheduled message or takes the text out of a finished one. */
export function updateMessage(
  message: Message,
  form: URLSearchParams,
  store: MessageStore,
  now: number,
): Record<string, unknown> | ApiError {
  const status = form.get("Status");
  const body = form.get("Body");
  if (status) {
    if (status !== "canceled") return refuse(30400, "Status can only be set to canceled");
    if (message.status !== "scheduled")
      return { status: 409, code: 30409, message: "This message cannot be canceled" };
    store.setStatus(message, "canceled", now);
  }
  if (body !== null) {
    if (body !== "") return refuse(30400, "Body can only be emptied");
    if (!isFinal(message.status)) return unfinished("update");
    message.body = "";
    message.updatedAt = now;
  }
  return messageBody(message);
}

/** DELETE Messages/{Sid}: null when it is gone. */
export function deleteMessage(message: Message, store: MessageStore): ApiError | null {
  if (!isFinal(message.status)) return unfinished("delete");
  store.remove(message.sid);
  return null;
}

/** POST Messages/{Sid}/Feedback. */
export function addFeedback(
  message: Message,
  form: URLSearchParams,
  now: number,
): Record<string, unknown> | ApiError {
  const outcome = form.get("Outcome") || "confirmed";
  if (outcome !== "confirmed" && outcome !== "unconfirmed")
    return refuse(20422, "Outcome is confirmed or unconfirmed");
  message.feedback = outcome;
  return {
    account_sid: message.accountSid,
    message_sid: message.sid,
    outcome,
    date_created: rfc2822(now),
    date_updated: rfc2822(now),
    uri: `${accountUri(message.accountSid)}/Messages/${message.sid}/Feedback.json`,
  };
}

function unfinished(verb: string): ApiError {
  return {
    status: 409,
    code: 20009,
    message: `Cannot ${verb} message because delivery has not been completed.`,
  };
}
