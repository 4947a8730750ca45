/** The channel that an address belongs to; SMS and MMS addresses have no prefix. */
export type Channel = "sms" | "whatsapp" | "messenger" | "rcs";

export interface Address {
  channel: Channel;
  /** The address without its channel. */
  value: string;
  /** As Twilio writes it in answers: prefix and E.164. */
  text: string;
}

/** Splits the channel off and brings a phone number into E.164 where Twilio would. */
export function parseAddress(text: string): Address {
  const trimmed = text.trim();
  const colon = trimmed.indexOf(":");
  const prefix = colon > 0 ? trimmed.slice(0, colon).toLowerCase() : "";
  if (prefix === "whatsapp" || prefix === "messenger" || prefix === "rcs") {
    const value = trimmed.slice(colon + 1);
    return { channel: prefix, value, text: `${prefix}:${value}` };
  }
  const value = normalize(trimmed);
  return { channel: "sms", value, text: value };
}

// Twilio reads ten digits as a US number and ignores punctuation.
function normalize(text: string): string {
  if (!/^\+?[\d\s().-]+$/.test(text)) return text;
  const plain = text.replace(/[\s().-]/g, "");
  if (/^[2-9]\d{9}$/.test(plain)) return `+1${plain}`;
  if (/^1[2-9]\d{9}$/.test(plain)) return `+${plain}`;
  return plain;
}

/** A number that could exist: E.164 with at least seven digits, ten after the code 1. */
export function isPossibleNumber(value: string): boolean {
  return /^\+1\d{10}$/.test(value) || /^\+[2-9]\d{6,14}$/.test(value);
}

export function isShortCode(value: string): boolean {
  return /^\d{5,6}$/.test(value);
}

/** An alphanumeric sender ID: up to 11 characters, at least one of them a letter. */
export function isAlphanumericSender(value: string): boolean {
  return /^(?=.*[A-Za-z])[A-Za-z0-9 _&+-]{1,11}$/.test(value);
}

export function isNorthAmerican(value: string): boolean {
  return value.startsWith("+1");
}
