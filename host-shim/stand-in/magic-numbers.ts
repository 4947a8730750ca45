import { type ApiError, queueFull, refuse } from "./errors.js";

/** The texts that both the magic numbers and the ordinary checks answer with. */
export const invalidTo = (to: string): ApiError =>
  refuse(21211, `The 'To' number ${to} is not a valid phone number.`);

export const invalidFrom = (from: string): ApiError =>
  refuse(
    21212,
    `The 'From' number ${from} is not a valid phone number, shortcode, or alphanumeric sender ID.`,
  );

export const unownedFrom = (from: string): ApiError =>
  refuse(
    21606,
    `The From phone number ${from} is not a valid, SMS-capable inbound phone number or short code for your account.`,
  );

export const unreachable = (to: string, from: string, media: boolean): ApiError =>
  refuse(
    21612,
    `The 'To' phone number: ${to}, is not currently reachable using the 'From' phone number: ${from} via ${media ? "MMS" : "SMS"}.`,
  );

export const noPermission = (to: string): ApiError =>
  refuse(
    21408,
    `Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ${to}`,
  );

export const notMobile = (to: string): ApiError =>
  refuse(21614, `To number: ${to}, is not a mobile number`);

/** What test credentials say to a sender; only +15005550006 may send. */
export function magicSender(from: string): ApiError | null {
  switch (from) {
    case "+15005550006":
      return null;
    case "+15005550001":
      return invalidFrom(from);
    case "+15005550008":
      return queueFull;
    default:
      return unownedFrom(from);
  }
}

/** What test credentials say to a recipient; any number without magic is taken. */
export function magicRecipient(to: string, from: string, media: boolean): ApiError | null {
  switch (to) {
    case "+15005550001":
      return invalidTo(to);
    case "+15005550002":
      return unreachable(to, from, media);
    case "+15005550003":
      return noPermission(to);
    case "+15005550004":
      return refuse(21610, "The message From/To pair violates a blacklist rule.");
    case "+15005550009":
      return notMobile(to);
    default:
      return null;
  }
}
