// What is on the page, to and from a link.

import { parsePhoneNumber } from "../host-shim/phone.js";
import type { Settings } from "../host-shim/types.js";
import { schema } from "./form/schema.js";
import { getAt } from "./json/paths.js";
import { isObject, type Json } from "./lib/json.js";
import { type Link, readLink, type Shared, ShareError, writeLink } from "./lib/share.js";
import { created, readScript } from "./rehearsal/script.js";
import type { Input, State } from "./state.js";

/** Writes a link; nothing as long as something on the page is not JSON. */
export async function linkOf(state: State, showPhones: boolean): Promise<Link | undefined> {
  const { input, settings, decided, traits } = state;
  const faults = [settings, traits, ...decided.map(({ read }) => read)];
  if (faults.some(({ fault }) => fault !== undefined)) return undefined;
  const facts = {
    ...(traits.value === undefined ? {} : { profile: { traits: traits.value as Json } }),
    ...(input.suppression == null ? {} : { suppression: input.suppression }),
  };
  const shared: Shared = {
    settings: settings.value as Json,
    events: decided.map(({ read }) => read.value as Json),
    ...(input.rows ? { row: true } : {}),
    ...(Object.keys(facts).length > 0 ? { facts } : {}),
    ...(input.now === undefined ? {} : { now: input.now }),
    ...(input.script === created ? {} : { reply: input.script as unknown as Json }),
  };
  return await writeLink(shared, { schema, showPhones, verdict: verdictBy(settings.value) });
}

/**
 * Reads a link.
 *
 * @throws {ShareError} if it cannot be read.
 */
export async function inputFrom(fragment: string): Promise<Partial<Input>> {
  const { settings, events, row, facts, now, reply } = await readLink(fragment);
  const traits = getAt(facts, ["profile", "traits"]);
  const suppression = getAt(facts, ["suppression"]) ?? null;
  if (suppression !== null && suppression !== "opted_out" && suppression !== "bad_number") {
    throw unusable("facts");
  }
  const script = reply === undefined ? created : readScript(reply);
  if (script === undefined) throw unusable("reply");
  return {
    events: events.map((event, at) => ({ key: at + 1, text: JSON.stringify(event, null, 2) })),
    current: events.length - 1,
    rows: row === true,
    settings: JSON.stringify(settings, null, 2),
    traits: traits === undefined ? "" : JSON.stringify(traits, null, 2),
    suppression,
    now,
    script,
  };
}

function unusable(member: "facts" | "reply"): ShareError {
  return new ShareError("member_invalid", `The link's ${member} cannot be used.`);
}

/** What these settings make of a number, without the number. */
function verdictBy(settings: unknown): (number: string) => string {
  const { default_region: region, accept }: Partial<Settings> = isObject(settings) ? settings : {};
  return (number) => {
    const verdict = parsePhoneNumber(number, {
      ...(typeof region === "string" ? { defaultRegion: region } : {}),
      accept: accept === "mobile" || accept === "valid" ? accept : "possible",
    });
    return JSON.stringify({ ...verdict, e164: null, extension: null });
  };
}
