// Identify calls that bring the numbers of profiles into E.164 form.

import { parsePhoneNumber } from "../load/node.js";
import { longestEvent } from "./each-line.js";
import type { Given } from "./phone-options.js";
import { count } from "./report.js";

/** Corrects profiles, one at a time, and counts those that it cannot correct. */
export class Corrections {
  readonly #given: Given;
  readonly #reasons = new Map<string, number>();
  #corrected = 0;
  #right = 0;

  constructor(given: Given) {
    this.#given = given;
  }

  /** The identify call that corrects the profile of this line, if it needs one. */
  answer(line: Uint8Array): string | undefined {
    const result = correct(line, this.#given);
    if (result === undefined) {
      this.#right += 1;
      return undefined;
    }
    if ("reason" in result) {
      const { reason } = result;
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
      return undefined;
    }
    this.#corrected += 1;
    return JSON.stringify(result.call);
  }

  /** How many profiles there were and what came of them. */
  summary(): string {
    const reasons = [...this.#reasons].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const failed = reasons.reduce((sum, [, number]) => sum + number, 0);
    const all = this.#corrected + this.#right + failed;
    const parts = [`${this.#corrected} to correct`, `${this.#right} right already`];
    const lines = [`${count(all, "profile")}: ${parts.join(", ")}, ${failed} cannot be corrected`];
    for (const [reason, number] of reasons) lines.push(`  ${number} ${reason}`);
    return `${lines.join("\n")}\n`;
  }
}

type Members = Readonly<Record<string, unknown>>;

/** An identify call, or a reason for none; nothing where the number is right as it stands. */
type Correction = { readonly call: object } | { readonly reason: string } | undefined;

function correct(line: Uint8Array, { policy, trait }: Given): Correction {
  if (line.length > longestEvent) return { reason: "event_too_large" };
  const profile = parse(line);
  if (profile === undefined) return { reason: "event_not_json" };
  if (!isObject(profile)) return { reason: "event_not_object" };
  // The traits of a group are those of a company, though its event names a user.
  if (otherTypes.includes(own(profile, "type"))) return { reason: "event_not_identify" };
  const traits = own(profile, "traits");
  const phone = isObject(traits) ? own(traits, trait) : undefined;
  if (isBlank(phone)) return { reason: "recipient_missing" };
  if (typeof phone === "string" && channelAddress.test(phone)) return { reason: "channel_address" };
  const { e164, extension, refusal } = parsePhoneNumber(phone, policy);
  if (refusal !== null) return { reason: refusal.code };
  if (extension !== null) return { reason: "has_extension" };
  if (phone === e164) return undefined;
  const ids = ["userId", "anonymousId"]
    .map((name) => [name, own(profile, name)] as const)
    .filter(([, id]) => !isBlank(id));
  if (ids.length === 0) return { reason: "id_missing" };
  // A long number would have lost digits, and name somebody else.
  if (ids.some(([, id]) => typeof id !== "string")) return { reason: "id_not_text" };
  return { call: { type: "identify", ...Object.fromEntries(ids), traits: { [trait]: e164 } } };
}

const otherTypes: readonly unknown[] = ["track", "page", "screen", "group", "alias"];

/** To make a phone number of these would text a person where they are not. */
const channelAddress = /^\s*(?:messenger|rcs|whatsapp):/i;

/** A byte that is no UTF-8 is refused: an id with a stand-in for it would be somebody else's. */
const decoder = new TextDecoder("utf-8", { fatal: true });

function parse(line: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(line)) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function isBlank(value: unknown): boolean {
  return (value ?? null) === null || (typeof value === "string" && value.trim() === "");
}
