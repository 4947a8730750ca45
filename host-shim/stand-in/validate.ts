import type { Draft } from "./draft.js";
import type { ApiError } from "./errors.js";
import { quotaChecks } from "./quotas.js";
import { contentChecks, requireContent } from "./validate-content.js";
import { optionChecks } from "./validate-options.js";
import { recipientChecks, requireRecipient } from "./validate-recipient.js";
import { scheduleChecks } from "./validate-schedule.js";
import { requireSender, senderChecks } from "./validate-sender.js";

/** One rule: why the message is refused, or null. */
export type Check = (draft: Draft) => ApiError | null;

// Twilio documents no order. This one asks first what is missing, then what is malformed, then what the account, the
// recipient and the queues say, which agrees with every recorded answer.
const CHECKS: readonly Check[] = [
  requireRecipient,
  requireSender,
  requireContent,
  ...senderChecks,
  ...contentChecks,
  ...optionChecks,
  ...scheduleChecks,
  ...recipientChecks,
  ...quotaChecks,
];

/** The first reason to refuse the message. */
export function validate(draft: Draft): ApiError | null {
  for (const check of CHECKS) {
    const refusal = check(draft);
    if (refusal) return refusal;
  }
  return null;
}
