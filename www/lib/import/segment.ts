// Segment's destinations "Twilio" (sendSms) and "Twilio Messaging" (sendMessage), also as
// Customer.io's Data Pipelines hosts the former.

import type { Json } from "../json.js";
import { isObject } from "../json.js";
import { readMappingKit } from "./mapping-kit.js";
import { at, type Check, Draft, type Imported } from "./result.js";
import { membersOf, settle } from "./settle.js";
import { written } from "./text.js";
import { isReadAlike } from "./trigger.js";

/** Which setting a field of either action is. */
const fields: ReadonlyMap<string, string> = new Map([
  ["to", "to"],
  ["tophonenumber", "to"],
  ["tomessengeruserid", "to"],
  ["from", "from"],
  ["fromphonenumber", "from"],
  ["fromfacebookpageid", "from"],
  ["messagingservicesid", "messaging_service_sid"],
  ["body", "body"],
  ["inlinebody", "body"],
  ["mediaurl", "media_url"],
  ["inlinemediaurls", "media_url"],
  ["contentsid", "content_sid"],
  ["contentvariables", "content_variables"],
  ["validityperiod", "validity_period"],
  ["sendat", "send_at"],
  ["tags", "tags"],
  ["statuscallback", "status_callback"],
]);

/** Which setting of the destination a setting of theirs is; their secrets are none. */
const settingNames: ReadonlyMap<string, string> = new Map([
  ["accountid", "account_sid"],
  ["accountsid", "account_sid"],
  ["apikeysid", "api_key_sid"],
  ["phonenumber", "from"],
]);

/**
 * Reads a destination `{ settings, subscriptions }`, a list of subscriptions, one of them, or the
 * mapping of one.
 */
export function importSegment(source: Json, check: Check): Imported {
  const root = new Draft();
  const { settings, subscriptions, subscription } = membersOf(source);
  const list = Array.isArray(source) ? source : (subscriptions ?? subscription);
  const path = Array.isArray(source)
    ? "$"
    : at("$", subscriptions === undefined ? "subscription" : "subscriptions");
  if (list !== undefined && isObject(settings))
    readSettings(membersOf(settings), at("$", "settings"), root);
  const found: [Json, string][] = Array.isArray(list)
    ? list.map((one, index) => [one, at(path, index)])
    : [list === undefined ? [source, "$"] : [list, path]];
  const mappings = found.map(([one, path]) => readSubscription(membersOf(one), path));
  if (list !== undefined)
    loseOthers(
      membersOf(source),
      "$",
      ["settings", "subscriptions", "subscription", "name", "id"],
      root,
    );
  return settle({ root, mappings }, check);
}

type Members = { readonly [name: string]: Json };

function readSettings(settings: Members, path: string, root: Draft): void {
  for (const [name, value] of Object.entries(settings)) {
    const setting = settingNames.get(plain(name));
    const from = at(path, name);
    if (setting !== undefined && typeof value === "string") root.carry(setting, value, from);
    else if (/token|secret/i.test(name)) {
      root.loseSecret(from);
    } else root.loseUnknown(from, `the setting ${name}`);
  }
}

function readSubscription(given: Members, path: string): Draft {
  const draft = new Draft();
  const key = ["mapping", "settings", "fields"].find((name) => isObject(given[name]));
  const isWhole = key !== undefined;
  const mapping = membersOf(isWhole ? given[key] : given);
  const mappingPath = isWhole ? at(path, key) : path;
  if (isWhole) {
    const { name, enabled } = given;
    if (typeof name === "string" && name.trim() !== "") draft.carry("name", name, at(path, "name"));
    if (typeof enabled === "boolean") draft.carry("enabled", enabled, at(path, "enabled"));
    const known = [
      key,
      "name",
      "enabled",
      "subscribe",
      "trigger",
      "partnerAction",
      "actionSlug",
      "actionId",
      "id",
    ];
    loseOthers(given, path, known, draft);
  }
  readTrigger(isWhole ? given : {}, path, draft);
  readMapping(mapping, mappingPath, draft);
  draft.needRecipient(path);
  return draft;
}

function readTrigger(given: Members, path: string, draft: Draft): void {
  const name = given.subscribe === undefined ? "trigger" : "subscribe";
  const filter = given[name];
  if (typeof filter !== "string" || filter.trim() === "") {
    draft.carry(
      "trigger",
      'type = "track"',
      path,
      "No filter stands here; this is Segment's default.",
    );
    const fix = "Give the mapping a trigger, then switch it on.";
    draft.lose({ path, what: "which events it is for", why: "The source has no filter.", fix });
    return;
  }
  const note = /\btraits\./.test(filter)
    ? "Traits that the event lacks are also looked for in its context and in the profile."
    : undefined;
  draft.carry("trigger", filter, at(path, name), note);
  if (isReadAlike(filter)) return;
  draft.lose({
    path: at(path, name),
    what: "how Segment reads the filter",
    why: "Segment's evaluator may take this filter for more or for less than it says; a trigger means what it says.",
    fix: "Try the mapping on events that must and must not match, then switch it on.",
  });
}

function readMapping(mapping: Members, path: string, draft: Draft): void {
  const choice = (name: string) => {
    const [, value] = Object.entries(mapping).find(([given]) => plain(given) === name) ?? [];
    return typeof value === "string" ? value : undefined;
  };
  const usesService = choice("sendertype") === "Messaging Service";
  const template = choice("contenttemplatetype");
  for (const [name, value] of Object.entries(mapping)) {
    const from = at(path, name);
    const field = plain(name);
    if (field === "channel") readChannel(value, from, draft);
    else if (field === "sendertype" || field === "contenttemplatetype") {
      // Both only say which other fields count.
      if (typeof value === "string") continue;
      draft.lose({
        path: from,
        what: `a computed ${name}`,
        why: "What a mapping sends is fixed.",
        fix: "Make a mapping for each case.",
      });
    } else if (isUnused(field, usesService, template)) {
      const why = "The mapping does not use it: another kind of sender or of content is chosen.";
      draft.lose({ path: from, what: `the field ${name}`, why, fix: "Nothing." }, false);
    } else {
      const setting = fields.get(field);
      if (setting === undefined) draft.loseUnknown(from, `the field ${name}`);
      else readField(setting, value, from, draft);
    }
  }
}

function isUnused(field: string, usesService: boolean, template: string | undefined): boolean {
  if (field === "messagingservicesid" || field === "sendat")
    return template !== undefined && !usesService;
  if (field === "fromphonenumber") return usesService;
  const isInline = template === "Inline";
  if (field === "inlinebody" || field === "inlinemediaurls")
    return template !== undefined && !isInline;
  return (field === "contentsid" || field === "contentvariables") && isInline;
}

function readChannel(value: Json, from: string, draft: Draft): void {
  const channel = typeof value === "string" ? value.toLowerCase() : "";
  if (channel === "mms") draft.carry("channel", "sms", from, "An SMS with media is an MMS.");
  else if (["sms", "whatsapp", "rcs", "messenger"].includes(channel))
    draft.carry("channel", channel, from);
  else
    draft.lose({
      path: from,
      what: "the channel",
      why: "A mapping's channel is fixed, and one that is known.",
      fix: "Make a mapping for each channel.",
    });
}

function readField(name: string, value: Json, from: string, draft: Draft): void {
  const read = readMappingKit(withoutLabel(value), from);
  if ("lost" in read) {
    draft.lose(read.lost);
    return;
  }
  const given = written(read.value);
  const isNothing = given === undefined || given === "";
  if (isNothing) draft.loseEmpty(from);
  else draft.carry(name, given, from, [...read.notes].join(" "));
}

/** Segment's lists give a SID with its name: `Orders [MG0123…]`. */
function withoutLabel(value: Json): Json {
  if (typeof value !== "string") return value;
  return /\[((?:MG|HX)[0-9a-fA-F]{32})\]\s*$/.exec(value)?.[1] ?? value;
}

function loseOthers(given: Members, path: string, known: readonly string[], draft: Draft): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    draft.loseUnknown(at(path, name), `the member ${name}`, false);
  }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
