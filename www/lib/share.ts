// A link that holds what is on the page: events and settings, in the part of the address that no
// browser sends to a server. It holds no secret, and phone numbers only if one asks for them.
//
// `#v1.` and then `d` (deflated) or `j` (as it is), and JSON in base64url.

import { depthOf, isObject, type Json } from "./json.js";
import type { Schema } from "./schema.js";
import { deflate, fromBase64Url, inflate, toBase64Url } from "./share/compress.js";
import { PhoneMask, type PhoneVerdict } from "./share/phones.js";
import { scrub, takeSecrets } from "./share/secrets.js";

export type { PhoneVerdict } from "./share/phones.js";

/** What a link holds. */
export interface Shared {
  /** The settings, as they are in the editor. */
  readonly settings: Json;
  /** The events, or the rows, in their order: 1 to 100. */
  readonly events: readonly Json[];
  /** Whether these are rows of a table. Default: they are not. */
  readonly row?: boolean;
  /** What is known beside the events. */
  readonly facts?: Json;
  /** The time that is assumed, in milliseconds since 1970. */
  readonly now?: number;
  /** What Twilio is assumed to answer. */
  readonly reply?: Json;
}

/** How a link is made. */
export interface ShareOptions {
  /** The published schema of the settings: it says which of them are secret. */
  readonly schema: Schema;
  /** Whether phone numbers go into the link as they are. Default: they are masked. */
  readonly showPhones?: boolean;
  /** Lets masked numbers keep the verdict of the real ones. */
  readonly verdict?: PhoneVerdict;
}

/** A link, and what it leaves out. */
export interface Link {
  /** What stands in the address, with the `#`. */
  readonly fragment: string;
  /** How many phone numbers were masked. */
  readonly masked: number;
  /** Whether secrets or what looks like secrets were taken out. */
  readonly secretsRemoved: boolean;
}

/** The kinds of faults that a link can have. */
export type ShareFault =
  | "not_a_link"
  | "version_unknown"
  | "not_base64"
  | "not_compressed"
  | "not_json"
  | "too_large"
  | "too_deep"
  | "member_unknown"
  | "member_invalid";

/** A link cannot be made or read. */
export class ShareError extends Error {
  override readonly name = "ShareError";
  /** Which fault: stable, for programs. */
  readonly code: ShareFault;
  /** What to do about it, in one sentence. */
  readonly fix: string;

  constructor(code: ShareFault, cause: string, fix = "Ask whoever sent it for the link again.") {
    super(cause);
    this.code = code;
    this.fix = fix;
  }
}

/** The most characters a link may have; browsers and chat programs cut longer ones. */
export const maxFragmentLength = 65_536;

/** The most bytes of JSON a link may hold. */
export const maxSharedBytes = 524_288;

/** How deep a link's JSON may nest. */
export const maxSharedDepth = 64;

/** The most events a link may hold. */
export const maxSharedEvents = 100;

/**
 * Writes a link.
 *
 * @throws {ShareError} if that is more than a link can hold.
 */
export async function writeLink(shared: Shared, options: ShareOptions): Promise<Link> {
  const { schema } = options;
  if (depthOf(shared, maxSharedDepth + 1) > maxSharedDepth) throw tooDeep(tooMuch);
  const given = checkShared(JSON.parse(JSON.stringify(shared)), tooMuch);
  const { settings, secrets } = takeSecrets(given.settings, schema);
  const whole = { ...given, settings } as unknown as Json;
  const scrubbed = scrub(whole, secrets, schema);
  const mask = new PhoneMask(options.verdict);
  const json = JSON.stringify(options.showPhones === true ? scrubbed : mask.value(scrubbed));
  const bytes = new TextEncoder().encode(json);
  if (bytes.length > maxSharedBytes) throw tooLarge(tooMuch);
  const compressed = await deflate(bytes);
  const kind = compressed === undefined ? "j" : "d";
  const fragment = `#v1.${kind}${toBase64Url(compressed ?? bytes)}`;
  if (fragment.length > maxFragmentLength) throw tooLarge(tooMuch);
  const secretsRemoved = JSON.stringify(given) !== JSON.stringify(scrubbed);
  return { fragment, masked: mask.masked, secretsRemoved };
}

/**
 * Reads a link. Whoever wrote it may mean harm: nothing in it is run, and no more of it is read
 * than a link may hold.
 *
 * @throws {ShareError} if it is none, or not one of this version.
 */
export async function readLink(fragment: string): Promise<Shared> {
  if (fragment.length > maxFragmentLength) throw tooLarge();
  const [, version, kind, text] = /^#?v(\d{1,9})\.([a-z]?)(.*)$/s.exec(fragment) ?? [];
  if (version === undefined || text === undefined) {
    throw new ShareError("not_a_link", "The address holds something that is no shared link.");
  }
  if (version !== "1" || (kind !== "d" && kind !== "j")) {
    const cause = `The link is of version ${version}, which this page does not know.`;
    throw new ShareError(
      "version_unknown",
      cause,
      "Load the page again to get its newest version.",
    );
  }
  const coded = fromBase64Url(text);
  const bytes =
    kind === "d" && typeof coded !== "string" ? await inflate(coded, maxSharedBytes) : coded;
  if (bytes === "too_large") throw tooLarge();
  if (typeof bytes === "string") {
    throw new ShareError(bytes, "The link is damaged: a part of it is missing or was changed.");
  }
  if (bytes.length > maxSharedBytes) throw tooLarge();
  return checkShared(parse(bytes));
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ShareError("not_json", "The link does not hold JSON.");
  }
}

const tooMuch = "Share fewer or smaller events.";

function tooLarge(fix?: string): ShareError {
  return new ShareError("too_large", "That is more than a link can hold.", fix);
}

function tooDeep(fix?: string): ShareError {
  return new ShareError("too_deep", `It nests deeper than ${maxSharedDepth} levels.`, fix);
}

/** What each member must be. */
const members: { readonly [name in keyof Required<Shared>]: (value: unknown) => boolean } = {
  settings: () => true,
  events: (value) => Array.isArray(value) && value.length > 0 && value.length <= maxSharedEvents,
  row: (value) => typeof value === "boolean",
  facts: isObject,
  now: (value) => typeof value === "number" && Math.abs(value) <= 8.64e15,
  reply: isObject,
};

function checkShared(value: unknown, fix?: string): Shared {
  if (!isObject(value)) throw new ShareError("not_json", "The link does not hold an object.", fix);
  if (depthOf(value, maxSharedDepth + 1) > maxSharedDepth) {
    throw tooDeep(fix);
  }
  for (const name of ["settings", "events"]) {
    if (!Object.hasOwn(value, name)) {
      throw new ShareError("member_invalid", `The link has no ${name}.`, fix);
    }
  }
  for (const [name, member] of Object.entries(value)) {
    if (!Object.hasOwn(members, name)) {
      throw new ShareError("member_unknown", "The link holds something unknown.", fix);
    }
    if (!members[name as keyof Shared](member)) {
      throw new ShareError("member_invalid", `The link's ${name} cannot be used.`, fix);
    }
  }
  return value as unknown as Shared;
}
