// Phone numbers by themselves: for forms and audits.

import type { PhoneVerdict } from "./types.js";
import { split } from "./unpack.js";
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
  const policy = phonePolicies.indexOf(accept);
  if (policy < 0) throw new TypeError(`\`accept\` must be one of ${phonePolicies.join(", ")}`);
  const isText = typeof text === "string";
  const packed = parse(isText, isText ? text.slice(0, enough) : "", letters(defaultRegion), policy);
  const [flags, e164, extension, region, mainRegion, kind, code, message, hint] = split(
    packed,
    separator,
  );
  const told = Number(flags);
  return {
    accepted: (told & 1) !== 0,
    e164: e164 || null,
    extension: extension || null,
    region: region || null,
    mainRegion: mainRegion || null,
    kind: kind || null,
    valid: (told & 2) !== 0,
    mobile: (told & 4) !== 0,
    refusal: code ? { code, message: message ?? "", hint: hint || null } : null,
  };
}

/** Two letters as one number; 0 for anything else. */
function letters(region: string): number {
  return region.length === 2 ? region.charCodeAt(0) * 256 + region.charCodeAt(1) : 0;
}
