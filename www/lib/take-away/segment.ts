// A Segment destination function.

import type { Json } from "../json.js";
import type { Schema } from "../schema.js";
import { camelCase, portable } from "./credentials.js";
import { holesOf } from "./node.js";
import { sourceOf } from "./source.js";

/** Segment ends a function after 5 seconds; a send must have ended before. */
const longestSendMs = 4000;

/** The kinds of events that a function is called with; Segment wants a handler for each. */
const handlers = ["onTrack", "onIdentify", "onPage", "onScreen", "onGroup", "onAlias", "onDelete"];

/** The function. Its secrets are settings of the function: see {@link segmentSettings}. */
export function asSegmentFunction(settings: Json, schema: Schema): string {
  const { settings: without, variables } = portable(settings, schema);
  const source = sourceOf(without, 4, holesOf(variables, "settings", camelCase));
  return `// Paste the bundled package above this: npx esbuild twilio-destination/inline \\
//   --bundle --format=iife --global-name=twilio --minify

async function send(event, settings) {
  const destination = twilio.createDestination(
    ${source},
    { fetch, now: Date.now },
  );
  const outcomes = await destination.send(event, { deadline: Date.now() + ${longestSendMs} });
  const ended = (...types) => outcomes.find(({ type }) => types.includes(type));
  // Trying again repeats every message of the event, so only if none may have gone out.
  if (ended("deferred") && !ended("sent", "unknown")) throw new RetryError(ended("deferred").cause);
  const other = outcomes.find(({ type }) => type !== "sent" && type !== "confirmed");
  if (other) throw new ValidationError((other.reason ?? other.reply ?? other).cause);
}

${handlers.map((name) => `async function ${name}(event, settings) {\n  await send(event, settings);\n}\n`).join("\n")}`;
}

/** The names of the settings that the function needs; each is sensitive. */
export function segmentSettings(settings: Json, schema: Schema): string[] {
  return portable(settings, schema).variables.map(({ name }) => camelCase(name));
}
