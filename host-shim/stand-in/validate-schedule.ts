import { value } from "./draft.js";
import { refuse } from "./errors.js";
import type { Check } from "./validate.js";

/** The furthest that a message can be scheduled ahead: 35 days, in seconds. */
const LONGEST_LEAD = 3_024_000;

const scheduleType: Check = ({ form, serviceSid, now, scheduleLead }) => {
  const type = value(form, "ScheduleType");
  if (type === null) return null;
  if (type !== "fixed")
    return refuse(35126, `The ScheduleType value ${type} is not supported for this channel`);
  if (serviceSid === null)
    return refuse(35118, "MessagingServiceSid is required to schedule a message");
  const text = value(form, "SendAt");
  if (text === null)
    return refuse(35111, "A SendAt timestamp is required for ScheduleType 'fixed'");
  const time = parseSendAt(text);
  if (time === null) return refuse(35114, `SendAt ${text} is not of the form YYYY-MM-DDTHH:MM:SSZ`);
  const lead = (time - now) / 1000;
  if (lead >= scheduleLead && lead <= LONGEST_LEAD) return null;
  return refuse(
    35114,
    `SendAt must lie between ${scheduleLead} and ${LONGEST_LEAD} seconds in the future`,
  );
};

/** The time of `SendAt`, or null. */
export function parseSendAt(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

export const scheduleChecks: readonly Check[] = [scheduleType];
