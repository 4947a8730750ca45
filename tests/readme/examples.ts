// The examples of README.md, by the word behind their language: ```js node

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type StandIn, sampleAccounts, startStandIn } from "../../host-shim/stand-in/index.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The example of that name, as it stands in README.md. */
export function example(name: string): string {
  const [, text] = readme.split(`\`\`\`js ${name}\n`, 2);
  assert.ok(text !== undefined, `README.md has no example named ${name}`);
  return text.split("```", 1)[0] ?? "";
}

/** A stand-in, and what a person would put into the environment to use it. */
export async function startTwilio(): Promise<{ twilio: StandIn; sid: string; token: string }> {
  const { sid, authToken } = sampleAccounts.live;
  return { twilio: await startStandIn({ seed: 1 }), sid, token: authToken };
}

/** Twilio's address in `url` replaced by the stand-in's. */
export function atStandIn(url: string, twilio: StandIn): string {
  return url.replace("https://api.twilio.com", twilio.url);
}

/** What the first example and the Worker's send. */
export const orderEvent = {
  type: "track",
  event: "Order Completed",
  context: { traits: { first_name: "Ada", phone: "+44 7700 900123" } },
  properties: { order_id: "ORD-001", total: 27.5, sms_body: "Your order is on its way." },
};
