// Takes secrets out of what is shared: by their type in the settings, by their value anywhere, and
// by their looks where neither is known.

import { isObject, type Json, replaceIn } from "../json.js";
import { isSecretHere, type Schema, secretNames, walk } from "../schema.js";

/** What stands in the place of a text that held a secret. */
export const removed = "[removed]";

/** Shorter texts are no secrets, and occur by chance in others. */
const shortestSecret = 6;

/** What has the place of a secret in shared settings: it has the right form and opens nothing. */
export function placeholder(schema: Schema): string {
  return "0".repeat(Math.min(schema.maxLength ?? 32, 32));
}

/**
 * Settings without their secrets, and the secrets that were in them: what stands where the schema
 * has a secret, and what is named like one but stands elsewhere or is misspelt.
 */
export function takeSecrets(
  settings: Json,
  schema: Schema,
): { readonly settings: Json; readonly secrets: string[] } {
  const secrets: string[] = [];
  const without = walk(settings, schema, (value, of) => {
    if (!isSecretHere(value, of)) return undefined;
    collect(value, secrets);
    return placeholder(of);
  });
  const names = new Set(secretNames(schema).map(plain));
  const named = replaceIn(without, {
    text: (text) => text,
    member: (member, name) => {
      if (!names.has(plain(name)) || isHarmless(member)) return undefined;
      collect(member, secrets);
      return removed;
    },
  });
  return { settings: named, secrets };
}

/** A value without any of the secrets, raw or encoded: a text that holds one is taken out whole. */
export function withoutSecrets(value: Json, secrets: readonly string[]): Json {
  const holdsSecret = finder(secrets);
  return replaceIn(value, {
    text: (text) => (holdsSecret(text) && !isHarmless(text) ? removed : text),
    number: (number) => (holdsSecret(String(number)) ? removed : number),
    key: (key) => (holdsSecret(key) ? undefined : key),
  });
}

/**
 * The same, also without members that are named like a secret setting, and without what looks like
 * a secret.
 */
export function scrub(value: Json, secrets: readonly string[], schema: Schema): Json {
  const names = new Set(secretNames(schema).map(plain));
  return replaceIn(withoutSecrets(value, secrets), {
    member: (member, name) => {
      const isSecret = names.has(plain(name)) || secretName.test(name);
      return isSecret && !isHarmless(member) ? removed : undefined;
    },
    text: (text) => (isHarmless(text) ? text : withoutLookalikes(text)),
    key: (key) => (withoutLookalikes(key) === key ? key : undefined),
  });
}

/** Tells whether a text holds one of the secrets. */
function finder(secrets: readonly string[]): (text: string) => boolean {
  const known = secrets.filter((secret) => secret.length >= shortestSecret).flatMap(forms);
  return (text) => {
    const lower = text.toLowerCase();
    return known.some(({ form, exact }) => (exact ? text : lower).includes(form));
  };
}

/** `authToken`, `AUTH-TOKEN` and `auth_tokens` are the same name. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/s$/, "");
}

const secretName = /token|secret|passw|passphrase|authori[sz]ation|credential|api[_-]?key$|cookie/i;

/** Nothing, a truth value, or placeholders only. */
function isHarmless(value: Json): boolean {
  if (Array.isArray(value)) return value.every(isHarmless);
  if (isObject(value)) return Object.values(value as Record<string, Json>).every(isHarmless);
  if (typeof value === "string") return /^0*$/.test(value);
  return value === null || typeof value === "boolean";
}

function collect(value: Json, secrets: string[]): void {
  if (typeof value === "string") secrets.push(value.trim());
  else if (typeof value === "number") secrets.push(String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, secrets);
  else if (isObject(value)) {
    for (const [name, member] of Object.entries(value as Record<string, Json>)) {
      secrets.push(name);
      collect(member, secrets);
    }
  }
}

/** A secret as it may be written. `exact`: upper and lower case differ. */
interface Form {
  readonly form: string;
  readonly exact: boolean;
}

function forms(secret: string): Form[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const insensitive = [
    secret,
    [...secret].reverse().join(""),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    hex,
  ].map((form) => ({ form: form.toLowerCase(), exact: false }));
  const base64 = [0, 1, 2].flatMap((offset) => {
    const form = base64At(bytes, offset);
    return [form, form.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [...insensitive, ...base64.map((form) => ({ form, exact: true }))];
}

/** The characters of base64 that depend on the secret alone, when so many bytes stand before it. */
function base64At(bytes: Uint8Array, offset: number): string {
  const padded = new Uint8Array(offset + bytes.length);
  padded.set(bytes, offset);
  const whole = btoa(String.fromCharCode(...padded));
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((padded.length * 8) / 6);
  return whole.slice(first, last);
}

/** 32 hexadecimal digits that are not a SID's; what stands behind `Basic` or `Bearer`. */
const lookalikes = [
  /(?<![0-9a-zA-Z])[0-9a-fA-F]{32}(?![0-9a-zA-Z])/g,
  /\b(?:Basic|Bearer)\s+[\w+/=.~-]{8,}/gi,
  /(?<=:\/\/)[^/@:\s]+:[^/@\s]+(?=@)/g,
];

/** An API key's secret: 32 letters of both cases and digits. */
const keySecret = /(?<![0-9a-zA-Z])[0-9a-zA-Z]{32}(?![0-9a-zA-Z])/g;

function withoutLookalikes(text: string): string {
  let out = text;
  for (const pattern of lookalikes) out = out.replace(pattern, removed);
  return out.replace(keySecret, (found) =>
    /[a-z]/.test(found) && /[A-Z]/.test(found) && /\d/.test(found) ? removed : found,
  );
}
