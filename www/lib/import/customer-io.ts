// Customer.io's templates: Liquid over `customer` and `event`, and the values of its Data Pipelines,
// `$.traits.phone` and `Hi {{ $.traits.first_name }}`.

import { isObject, type Json } from "../json.js";
import { at, type Check, Draft, type Imported } from "./result.js";
import { membersOf, settle } from "./settle.js";
import { isReadAlike } from "./trigger.js";

const fields: ReadonlyMap<string, string> = new Map([
  ["to", "to"],
  ["from", "from"],
  ["body", "body"],
  ["message", "body"],
  ["text", "body"],
  ["mediaurl", "media_url"],
  ["imageurl", "media_url"],
]);

const noteOnGaps =
  "A missing value drops the message here; give it a default filter, or set missing to blank.";

/**
 * Reads messages: a text, which is a body; an object with `to`, `body`, `media_url` and a `trigger`;
 * or a list of such.
 */
export function importCustomerIo(source: Json, check: Check): Imported {
  const root = new Draft();
  const { actions, settings, ...others } = membersOf(source);
  const list = Array.isArray(source) ? source : Array.isArray(actions) ? actions : [source];
  const path = Array.isArray(source)
    ? "$"
    : Array.isArray(actions)
      ? at("$", "actions")
      : undefined;
  if (path === "$.actions") {
    readSettings(membersOf(settings), root);
    for (const name of Object.keys(others)) root.loseUnknown(at("$", name), `the member ${name}`);
  }
  const mappings = list.map((one, index) =>
    readMessage(one, path === undefined ? "$" : at(path, index)),
  );
  return settle({ root, mappings }, check);
}

function readSettings(settings: { readonly [name: string]: Json }, root: Draft): void {
  const names: ReadonlyMap<string, string> = new Map([
    ["accountid", "account_sid"],
    ["phonenumber", "from"],
  ]);
  for (const [name, value] of Object.entries(settings)) {
    const path = at("$", "settings", name);
    const setting = names.get(plain(name));
    if (setting !== undefined && typeof value === "string") root.carry(setting, value, path);
    else if (/token|secret/i.test(name)) {
      root.loseSecret(path);
    } else root.loseUnknown(path, `the member ${name}`);
  }
}

function readMessage(given: Json, path: string): Draft {
  const draft = new Draft();
  const whole: Json = typeof given === "string" ? { body: given } : given;
  const members = membersOf(whole);
  const inner = isObject(members.fields)
    ? "fields"
    : isObject(members.mapping)
      ? "mapping"
      : undefined;
  const trigger = members.trigger ?? members.subscribe;
  if (typeof trigger === "string") {
    const name = members.trigger === undefined ? "subscribe" : "trigger";
    draft.carry("trigger", trigger, at(path, name));
    if (!isReadAlike(trigger) && /[=(!<>]/.test(trigger)) {
      const why = "Its own evaluator may read this filter in another way.";
      draft.lose({
        path: at(path, name),
        what: "how the filter is read",
        why,
        fix: "Try it on events, then switch the mapping on.",
      });
    }
  } else {
    draft.carry("trigger", 'type = "track"', path, "No trigger stands here.");
    const why = "The source does not say it.";
    draft.lose({
      path,
      what: "which events it is for",
      why,
      fix: "Give the mapping a trigger, then switch it on.",
    });
  }
  if (typeof members.name === "string") draft.carry("name", members.name, at(path, "name"));
  if (typeof members.enabled === "boolean")
    draft.carry("enabled", members.enabled, at(path, "enabled"));
  const values = Object.entries(inner === undefined ? members : membersOf(members[inner]));
  const valuesPath =
    typeof given === "string" ? undefined : inner === undefined ? path : at(path, inner);
  for (const [name, value] of values) {
    if (inner === undefined && ["trigger", "subscribe", "name", "enabled"].includes(name)) continue;
    readField(name, value, valuesPath === undefined ? path : at(valuesPath, name), draft);
  }
  draft.needRecipient(path);
  return draft;
}

function readField(name: string, value: Json, from: string, draft: Draft): void {
  const field = fields.get(plain(name));
  if (field === undefined || typeof value !== "string") {
    draft.loseUnknown(from, `the member ${name}`);
    return;
  }
  if (value.trim() === "") {
    draft.loseEmpty(from);
    return;
  }
  const tags = value.match(/\{\{.*?\}\}|\{%.*?%\}/gs) ?? [];
  const foreign = tags
    .map(
      (tag) =>
        /(?<![.\w"'])(trigger|snippets|journey|campaign|delivery|message|layout|content)\b\.?/.exec(
          outsideQuotes(tag),
        )?.[1],
    )
    .find(Boolean);
  if (foreign !== undefined) {
    const why = "Only the event and the user's traits are known here.";
    draft.lose({
      path: from,
      what: `\`${foreign}\` in a template`,
      why,
      fix: "Send the value with the event.",
    });
    return;
  }
  draft.carry(
    field,
    tags.reduce((text, tag) => text.replace(tag, () => renamed(tag)), value),
    from,
    tags.length > 0 ? noteOnGaps : undefined,
  );
}

/** `customer` is the user, whose attributes are traits; `event` holds the event's properties. */
function renamed(tag: string): string {
  return tag
    .split(/("[^"]*"|'[^']*')/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(/(?<![.\w$])customer(?=[.[])/g, "traits")
            .replace(/(?<![.\w$])event(?=[.[])/g, "properties"),
    )
    .join("");
}

function outsideQuotes(tag: string): string {
  return tag.replace(/"[^"]*"|'[^']*'/g, '""');
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
