// Masks phone numbers so that what is decided stays the same where it can: country, length and the
// first digits are kept, and equal numbers stay equal.

import { type Json, replaceIn } from "../json.js";

/**
 * Tells numbers apart for the destination: what it answers for the masked number should be what it
 * answers for the real one. `parsePhoneNumber` is one, written as text without the number itself.
 */
export type PhoneVerdict = (number: string) => string;

/** Masks numbers; one of these for everything that is shared together. */
export class PhoneMask {
  readonly #verdict: PhoneVerdict;
  /** What each run of last digits became. */
  readonly #masks = new Map<string, string>();
  readonly #taken = new Set<string>();
  #masked = 0;

  constructor(verdict: PhoneVerdict = () => "") {
    this.#verdict = verdict;
  }

  /** How many numbers were masked, each time that they occur. */
  get masked(): number {
    return this.#masked;
  }

  /** A copy of a value with every phone number masked, also in texts and member names. */
  value(value: Json): Json {
    return replaceIn(value, {
      text: (text, name) => this.#text(text, name),
      number: (number, name) => this.#number(number, name),
      key: (key) => this.#within(key),
    });
  }

  #text(text: string, name: string): string {
    const whole = isWholeNumber(text) && !isOtherName(name);
    return whole ? this.#mask(text) : this.#within(text);
  }

  #number(number: number, name: string): number {
    const digits = String(number);
    if (!/^\d{7,15}$/.test(digits) || !isPhoneName(name)) return number;
    return Number(this.#mask(digits));
  }

  #within(text: string): string {
    return text.replace(inText, (found) => this.#mask(found));
  }

  #mask(text: string): string {
    const digits = text.replace(/\P{Nd}/gu, "");
    if (digits.length < fewestDigits || isExample(digits)) return text;
    const hidden = digits.slice(-hiddenDigits(digits.length));
    const mask = this.#masks.get(hidden) ?? this.#choose(text, hidden);
    this.#masked += 1;
    return withLastDigits(text, mask);
  }

  /** Counted, not computed from the digits: so few can be tried out one by one. */
  #choose(text: string, hidden: string): string {
    const all = 10 ** hidden.length;
    const wanted = this.#verdict(text);
    let first: string | undefined;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const number = (this.#masks.size + 1 + attempt * stride) % all;
      const mask = String(number).padStart(hidden.length, "0");
      if (this.#taken.has(mask) || mask === hidden) continue;
      first ??= mask;
      if (this.#verdict(withLastDigits(text, mask)) !== wanted) continue;
      first = mask;
      break;
    }
    const mask = first ?? "0".repeat(hidden.length);
    this.#masks.set(hidden, mask);
    this.#taken.add(mask);
    return mask;
  }
}

const fewestDigits = 7;

/** How many last digits of a number are replaced. */
function hiddenDigits(digits: number): number {
  return digits >= 9 ? 6 : 4;
}

/** How many masks are tried for one that changes no verdict. */
const attempts = 50;

/** Prime, so that the masks tried lie far apart. */
const stride = 13_717;

/** What people write between digits, and what slips in by pasting. */
const between = "[\\s().\\/\\p{Pd}\\p{Cf}]";

/** A number with its country code anywhere in a text, or one that begins with a zero. */
const inText = new RegExp(
  `(?<![\\w+])(?:[+\uff0b]${between}*\\p{Nd}(?:${between}*\\p{Nd}){6,14}|0\\p{Nd}(?:${between}{0,2}\\p{Nd}){7,13})(?!\\w)`,
  "gu",
);

const wholeNumber = new RegExp(
  `^[+\uff0b]?${between}*\\p{Nd}(?:${between}*\\p{Nd}){6,14}${between}*$`,
  "u",
);

/** Nothing but digits and what stands between them, with or without a prefix such as `tel:`. */
function isWholeNumber(text: string): boolean {
  const trimmed = text.trim().replace(/^(?:tel|sms|whatsapp|rcs):/i, "");
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(trimmed);
  return !isDate && wholeNumber.test(trimmed);
}

function isPhoneName(name: string): boolean {
  return /phone|mobile|cell|msisdn|whatsapp|sms|tel|number|recipient|^to$|^from$|only_to/i.test(
    name,
  );
}

/** Names of members that hold digits and are no phone numbers. */
function isOtherName(name: string): boolean {
  if (isPhoneName(name)) return false;
  return (
    /id$|date|time|stamp|price|total|amount|sku|code|zip|_at$/i.test(name) || /[a-z]At$/.test(name)
  );
}

/** Numbers that are kept for examples: they are nobody's. */
function isExample(digits: string): boolean {
  return /^(?:(?:00)?440?|0)7700900\d{3}$/.test(digits) || /^1?[2-9]\d{2}55501\d{2}$/.test(digits);
}

function withLastDigits(text: string, last: string): string {
  let left = last.length;
  const characters = [...text].reverse().map((character) => {
    if (left === 0 || !/\p{Nd}/u.test(character)) return character;
    left -= 1;
    return last[left] ?? character;
  });
  return characters.reverse().join("");
}
