// A decision that every host must make to the byte: the example that Datafly publishes.

import type { Settings } from "twilio-destination";

const settings: Settings = {
  account_sid: `AC${"0".repeat(32)}`,
  auth_token: "1".repeat(32),
  from: "+14155551234",
};
const event = {
  type: "track",
  event: "Order Completed",
  messageId: "m-1",
  userId: "u-1",
  context: { traits: { phone: "+44 7700 900123" } },
  properties: { sms_body: "Thanks! Order ORD-001 is confirmed and on its way." },
};

export const publishedBody =
  "To=%2B447700900123&From=%2B14155551234&Body=Thanks%21+Order+ORD-001+is+confirmed+and+on+its+way.";

/** JavaScript for any host: a function from the package's exports to the decisions as JSON. */
export const decide = `((core) => {
  const host = { now: () => 0, fetch: () => Promise.reject(new Error("nothing is sent here")) };
  const destination = core.createDestination(${JSON.stringify(settings)}, host);
  return JSON.stringify(destination.decide(${JSON.stringify(event)}));
})`;
