// Phone numbers by themselves: for forms and audits.

import type { PhoneVerdict } from "./types.js";
import { parsePhoneNumber as parse } from "./wasm/twilio_destination.js";

/** How much can be asked of a number. */
export const phonePolicies = ["possible", "valid", "mobile"] as const;

/** How a number is read. */
export interface PhoneOptions {
  /**
   * The country of numbers without a country code: two letters, such as `GB`. One that has no
   * numbers, such as `UK`, is as good as none: such numbers are refused.
   */
  readonly defaultRegion?: string;
  /** How much must be known of a number: `possible` if absent. */
  readonly accept?: (typeof phonePolicies)[number];
}

const separator = "\u001f";

/** A little more than the core reads, so that it refuses what is too long without copying it. */
const enough = 256;

/**
 * Reads a phone number, however it is written, and tells all that is known of it.
 *
 * @throws {TypeError} if there is no such policy: to take another one for it would accept too much.
 */
export function parsePhoneNumber(text: unknown, options: PhoneOptions = {}): PhoneVerdict {
  const { defaultRegion = "", accept = "possible" } = options;
  if (!phonePolicies.includes(accept)) {
    throw new TypeError(`\`accept\` must be one of ${phonePolicies.join(", ")}`);
  }
  const value = typeof text === "string" ? `t${separator}${text.slice(0, enough)}` : "v";
  const fields = parse(`${defaultRegion}${separator}${accept}${separator}${value}`).split(
    separator,
  );
  const [accepted, e164, extension, region, mainRegion, kind, valid, mobile, code, message, hint] =
    fields;
  return {
    accepted: accepted !== "",
    e164: e164 || null,
    extension: extension || null,
    region: region || null,
    mainRegion: mainRegion || null,
    kind: kind || null,
    valid: valid !== "",
    mobile: mobile !== "",
    refusal: code ? { code, message: message ?? "", hint: hint || null } : null,
  };
}
