// What the tests of the page's modules share.

import { readFileSync } from "node:fs";
import type { Json } from "../../www/lib/json.js";
import type { Schema } from "../../www/lib/schema.js";

/** The published schema of the settings. */
export const schema = JSON.parse(
  readFileSync(new URL("../../host-shim/settings.schema.json", import.meta.url), "utf8"),
) as Schema;

/** An account that does not exist. */
export const sid = "AC0123456789abcdef0123456789abcdef";

/** An auth token that opens nothing, and looks like one that does. */
export const token = "c0ffee5ec2e7A1b2c0ffee5ec2e70001";

/** Settings that send a text for a completed order. */
export const settings: { [name: string]: Json } = {
  account_sid: sid,
  auth_token: token,
  from: "+14155551234",
  consent: { categories: [] },
  mappings: [{ trigger: "Order Completed", body: "Hi {{ traits.first_name }}" }],
};

/** An event that they send a text for. */
export const event: { [name: string]: Json } = {
  type: "track",
  event: "Order Completed",
  context: { traits: { first_name: "Ada", phone: "+44 7400 123456" } },
};
