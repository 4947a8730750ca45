import { type Draft, isTrue, value } from "./draft.js";
import { type ApiError, refuse } from "./errors.js";
import type { Check } from "./validate.js";

const LONGEST_VALIDITY = 36_000;

const statusCallback: Check = ({ form }) => {
  const url = value(form, "StatusCallback");
  return url === null || isCallbackUrl(url)
    ? null
    : refuse(21609, `The StatusCallback URL ${url} is not a valid URL.`);
};

function isCallbackUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  // A URL parser takes an underscore in a host name, Twilio does not.
  return !new URL(text).hostname.includes("_");
}

const application: Check = ({ account, form }) => {
  const sid = value(form, "ApplicationSid");
  if (sid === null) return null;
  if (!/^AP[0-9a-fA-F]{32}$/.test(sid)) return refuse(21218, `Invalid ApplicationSid: ${sid}`);
  return sid in account.applications
    ? null
    : refuse(21420, `ApplicationSid ${sid} is not accessible`);
};

const validityPeriod: Check = ({ form }) => {
  const text = value(form, "ValidityPeriod");
  if (text === null) return null;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= LONGEST_VALIDITY
    ? null
    : refuse(21624, `Invalid validity period value: ${text}`);
};

const maxPrice: Check = ({ form }) => {
  const text = value(form, "MaxPrice");
  return text === null || /^\d+(\.\d+)?$/.test(text)
    ? null
    : refuse(21627, "Max Price must be a valid float");
};

const retention: Check = ({ form }) =>
  oneOf(form, "ContentRetention", ["retain", "discard"], 30029) ??
  oneOf(form, "AddressRetention", ["retain", "obfuscate"], 30030);

function oneOf(
  form: URLSearchParams,
  name: string,
  allowed: readonly string[],
  code: number,
): ApiError | null {
  const text = value(form, name);
  return text === null || allowed.includes(text) ? null : refuse(code, `Invalid ${name}: ${text}`);
}

const linkShortening: Check = ({ form, serviceSid, service }) => {
  if (!isTrue(form, "ShortenUrls")) return null;
  if (serviceSid === null) return refuse(30124, "ShortenUrls needs a MessagingServiceSid");
  return service?.linkShortening
    ? null
    : refuse(30137, "The Messaging Service has no domain for link shortening");
};

const fallbackFrom: Check = ({ form, from, serviceSid, service }: Draft) => {
  const fallback = value(form, "FallbackFrom");
  if (fallback === null) return null;
  if (from) return refuse(21664, "'FallbackFrom' cannot be used with a 'From' sender");
  if (serviceSid === null) return refuse(21666, "'FallbackFrom' needs a MessagingServiceSid");
  if (!service?.rcs)
    return refuse(21667, "'FallbackFrom' needs a Messaging Service with an RCS sender");
  return service.senders.includes(fallback)
    ? null
    : refuse(21665, `Invalid 'FallbackFrom' sender ${fallback}`);
};

export const optionChecks: readonly Check[] = [
  statusCallback,
  application,
  validityPeriod,
  maxPrice,
  retention,
  linkShortening,
  fallbackFrom,
];
