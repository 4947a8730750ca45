import { dailyLimit, queueFull } from "./errors.js";
import { segmentCount } from "./segments.js";
import type { Check } from "./validate.js";

const daily: Check = ({ account, store, now }) => {
  if (account.dailyLimit === undefined || store.createdToday(account.sid, now) < account.dailyLimit)
    return null;
  return dailyLimit(account.sid, account.dailyLimit);
};

// With a Messaging Service the message is taken and fails later (30001).
const queue: Check = ({ account, store, from, serviceSid, body }) => {
  if (!from || serviceSid !== null) return null;
  return store.queuedSegments(account.sid, from.text) + segmentCount(body) > account.queueSegments
    ? queueFull
    : null;
};

export const quotaChecks: readonly Check[] = [daily, queue];
