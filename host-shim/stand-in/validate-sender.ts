import { findSender } from "./accounts.js";
import { isAlphanumericSender, isPossibleNumber, isShortCode } from "./addresses.js";
import { refuse } from "./errors.js";
import { invalidFrom, magicSender } from "./magic-numbers.js";
import type { Check } from "./validate.js";

export const requireSender: Check = ({ from, serviceSid }) =>
  from || serviceSid ? null : refuse(21603, "A 'From' phone number is required.");

const magic: Check = ({ account, from }) =>
  account.kind === "test" && from ? magicSender(from.text) : null;

const sameChannel: Check = ({ to, from }) => {
  if (!from || !to || from.channel === to.channel) return null;
  return refuse(21910, "Invalid From and To pair. From and To should be of the same channel");
};

const service: Check = ({ serviceSid, service, from }) => {
  if (serviceSid === null) return null;
  if (!/^MG[0-9a-fA-F]{32}$/.test(serviceSid))
    return refuse(21705, `The Messaging Service Sid ${serviceSid} is invalid.`);
  // 400 or 404: no recording shows which.
  if (!service)
    return {
      status: 404,
      code: 21701,
      message: `The Messaging Service ${serviceSid} does not exist`,
    };
  if (service.available === false)
    return refuse(21702, `The Messaging Service ${serviceSid} may not send messages at present`);
  if (service.senders.length === 0)
    return refuse(21704, "The Messaging Service contains no phone numbers.");
  if (from && !service.senders.includes(from.text)) {
    return refuse(
      21711,
      `The sender ${from.text} does not belong to Messaging Service ${serviceSid}`,
    );
  }
  return null;
};

const owned: Check = ({ account, from }) => {
  if (!from || account.kind === "test") return null;
  const sender = findSender(account, from.text);
  if (sender)
    return sender.sms === false
      ? refuse(21661, `'From' number ${from.text} is not SMS-capable`)
      : null;
  if (from.channel !== "sms")
    return refuse(63007, "Twilio could not find a Channel with the specified From address");
  if (/[A-Za-z]/.test(from.value)) {
    if (!isAlphanumericSender(from.value)) return invalidFrom(from.text);
    if (account.kind === "trial")
      return refuse(21267, `Alphanumeric Sender ID ${from.text} cannot be used on a trial account`);
    return account.alphanumeric
      ? null
      : refuse(21709, `The alphanumeric sender ${from.text} is not authorized`);
  }
  if (!isPossibleNumber(from.value) && !isShortCode(from.value)) return invalidFrom(from.text);
  return refuse(
    21659,
    `'From' ${from.text} is not a Twilio phone number or Short Code country mismatch`,
  );
};

const mms: Check = ({ account, from, mediaUrls }) => {
  if (from?.channel !== "sms" || mediaUrls.length === 0 || account.kind === "test") return null;
  return findSender(account, from.text)?.mms
    ? null
    : refuse(21621, `The 'From' number ${from.text} has not been enabled for MMS`);
};

export const senderChecks: readonly Check[] = [magic, sameChannel, service, owned, mms];
