// One message as a curl command for a POSIX shell.

import type { HttpRequest } from "../../../host-shim/types.js";
import { isObject, type Json } from "../json.js";
import type { Schema } from "../schema.js";
import { portable } from "./credentials.js";

/**
 * The command that sends what was previewed. Its password comes from the environment:
 * `TWILIO_AUTH_TOKEN`, or `TWILIO_API_KEY_SECRET` with an API key.
 */
export function asCurl(request: HttpRequest, settings: Json, schema: Schema): string {
  const { clean } = portable(settings, schema);
  const given: Record<string, unknown> = isObject(settings) ? settings : {};
  const key = typeof given.api_key_sid === "string" ? given.api_key_sid.trim() : undefined;
  const [, account = ""] = /\/Accounts\/(\w+)\//.exec(request.url) ?? [];
  const variable = key === undefined ? "TWILIO_AUTH_TOKEN" : "TWILIO_API_KEY_SECRET";
  const form = [...new URLSearchParams(request.body)].map(
    ([name, value]) => `--data-urlencode ${quoted(`${name}=${clean(value)}`)}`,
  );
  const lines = [
    `curl --request ${request.method} ${quoted(request.url)}`,
    `--user ${quoted(`${key ?? account}:`)}"$${variable}"`,
    ...form,
  ];
  return `# This sends a text, which is billed.\n${lines.join(" \\\n  ")}\n`;
}

/** A word for the shell in which nothing has a meaning. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
