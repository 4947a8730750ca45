import { isNorthAmerican, isPossibleNumber, isShortCode } from "./addresses.js";
import { type Draft, isTrue } from "./draft.js";
import { type ApiError, refuse } from "./errors.js";
import {
  invalidTo,
  magicRecipient,
  noPermission,
  notMobile,
  unreachable,
} from "./magic-numbers.js";
import type { Check } from "./validate.js";

export const requireRecipient: Check = ({ to }) =>
  to ? null : refuse(21604, "A 'To' phone number is required.");

const wellFormed: Check = ({ to }) => {
  if (!to || to.channel === "messenger") return null;
  if (to.channel === "sms" && isShortCode(to.value))
    return refuse(21265, `'To' number cannot be a Short Code: ${to.text}`);
  return isPossibleNumber(to.value) ? null : invalidTo(to.text);
};

const notSelf: Check = ({ to, from }) =>
  to && to.text === from?.text ? refuse(21266, "'To' and 'From' number cannot be the same") : null;

const magic: Check = ({ account, to, from, mediaUrls }) =>
  account.kind === "test" && to
    ? magicRecipient(to.text, from?.text ?? "", mediaUrls.length > 0)
    : null;

const verified: Check = ({ account, to }) => {
  if (account.kind !== "trial" || !to || account.verified.includes(to.text)) return null;
  return refuse(
    21608,
    `The number ${to.text} is unverified. Trial accounts cannot send messages to unverified numbers; ` +
      `verify ${to.text} at twilio.com/user/account/phone-numbers/verified, or purchase a Twilio number to send messages to unverified numbers`,
  );
};

const permitted: Check = ({ account, to }) => {
  if (to?.channel !== "sms" || !account.countries) return null;
  return account.countries.some((prefix) => to.value.startsWith(prefix))
    ? null
    : noPermission(to.text);
};

const reachable: Check = (draft) => {
  const { account, to, from, mediaUrls } = draft;
  if (!to) return null;
  if (from && /[A-Za-z]/.test(from.value) && from.channel === "sms" && isNorthAmerican(to.value)) {
    return unreachable(to.text, from.text, mediaUrls.length > 0);
  }
  const trait = account.recipients[to.text];
  return trait === undefined ? null : refusalFor(trait, draft, to.text);
};

function refusalFor(
  trait: Draft["account"]["recipients"][string],
  draft: Draft,
  to: string,
): ApiError | null {
  switch (trait) {
    case "invalid":
      return invalidTo(to);
    case "unreachable":
      return unreachable(
        to,
        draft.from?.text ?? draft.serviceSid ?? "",
        draft.mediaUrls.length > 0,
      );
    case "no_permission":
      return noPermission(to);
    case "not_mobile":
      return notMobile(to);
    case "landline":
      return isTrue(draft.form, "ForceDelivery")
        ? null
        : refuse(21635, `'To' number cannot be a landline: ${to}`);
    case "premium":
      return refuse(21268, `Premium rate and information numbers cannot be texted: ${to}`);
    case "foreign_network":
      return draft.service
        ? refuse(21703, "No number of the Messaging Service can reach this recipient")
        : null;
  }
}

const optedOut: Check = ({ to, from, serviceSid, optOuts }) => {
  if (!to) return null;
  const blocked =
    (from && optOuts.has(to.text, from.text)) || (serviceSid && optOuts.has(to.text, serviceSid));
  return blocked ? refuse(21610, "Attempt to send to unsubscribed recipient") : null;
};

export const recipientChecks: readonly Check[] = [
  wellFormed,
  notSelf,
  magic,
  verified,
  permitted,
  reachable,
  optedOut,
];
