// Zeotap's row templates: `{{field}}` is the column of that name.

import type { Json } from "../json.js";
import { at, type Check, Draft, type Imported } from "./result.js";
import { membersOf, settle } from "./settle.js";
import { isQuotable, type Part, pathValue, type Value, written } from "./text.js";

const fields: ReadonlyMap<string, string> = new Map([
  ["to", "to"],
  ["phone", "to"],
  ["phonenumber", "to"],
  ["from", "from"],
  ["messagingservicesid", "messaging_service_sid"],
  ["body", "body"],
  ["message", "body"],
  ["mediaurl", "media_url"],
  ["statuscallback", "status_callback"],
]);

const rootFields: ReadonlyMap<string, string> = new Map([
  ["accountsid", "account_sid"],
  ["accountid", "account_sid"],
]);

/** Fields in which a bare word is a column's name, and not a text to send. */
const columnFields = ["to", "media_url", "status_callback"];

/** Reads one template of rows: a text, which is a body, or an object of fields. */
export function importZeotap(source: Json, check: Check): Imported {
  const root = new Draft();
  const row = new Draft();
  const members = typeof source === "string" ? { body: source } : membersOf(source);
  for (const [name, value] of Object.entries(members)) {
    const from = typeof source === "string" ? "$" : at("$", name);
    const field = name.toLowerCase().replace(/[^a-z0-9]/g, "");
    const setting = fields.get(field);
    const rootSetting = rootFields.get(field);
    if (rootSetting !== undefined && typeof value === "string")
      root.carry(rootSetting, value, from);
    else if (/token|secret/.test(field)) {
      root.loseSecret(from);
    } else if (setting === undefined || typeof value !== "string") {
      row.loseUnknown(from, `the field ${name}`);
    } else if (value.trim() === "") row.loseEmpty(from);
    else readField(setting, value, from, row);
  }
  row.needRecipient("$");
  return settle({ root, mappings: [], row }, check);
}

function readField(setting: string, text: string, from: string, row: Draft): void {
  if (columnFields.includes(setting) && /^[A-Za-z_][\w ]*$/.test(text)) {
    row.carry(
      setting,
      written(pathValue([text])) ?? "",
      from,
      "The word is taken for a column's name.",
    );
    return;
  }
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{\{\{?([^{}]*)\}?\}\}/g)) {
    const name = (match[1] ?? "").trim();
    if (name === "" || name.includes("|") || !isQuotable(name)) {
      const why = "It is no column's name.";
      row.lose({
        path: from,
        what: "a tag of a template",
        why,
        fix: "Put a column's name between the braces.",
      });
      return;
    }
    if (match.index > end) parts.push({ kind: "text", text: text.slice(end, match.index) });
    parts.push({ kind: "path", steps: [name], filters: [] });
    end = match.index + match[0].length;
  }
  const hasColumns = parts.length > 0;
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  const value: Value = hasColumns ? { kind: "parts", parts } : { kind: "literal", value: text };
  const note = hasColumns
    ? "A row with an empty cell here is dropped; missing: blank sends it with a gap."
    : undefined;
  row.carry(setting, written(value) ?? "", from, note);
}
