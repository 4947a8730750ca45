// What the page begins with: an order, and settings that text its buyer.

import { created } from "./rehearsal/script.js";
import type { Input } from "./state.js";

const event = {
  type: "track",
  event: "Order Completed",
  messageId: "m-1",
  userId: "u-1",
  context: {
    traits: { first_name: "Ada", phone: "+44 7700 900123" },
    consent: { categoryPreferences: { marketing: true } },
  },
  properties: { order_id: "ORD-001", total: 27.5, items: 3 },
};

const settings = {
  from: "+14155551234",
  mappings: [
    {
      name: "Order confirmed",
      trigger: 'event = "Order Completed" and properties.total > 0',
      body: 'Thanks {{ traits.first_name | default: "there" }}! Order {{ properties.order_id }} is confirmed – we’ll text you when it’s on its way.',
    },
    {
      name: "Order shipped",
      trigger: "Order Shipped",
      body: "Your order {{ properties.order_id }} has left our warehouse.",
    },
  ],
  consent: { categories: ["marketing"] },
};

/** The first input. */
export const start: Input = {
  events: [{ key: 1, text: JSON.stringify(event, null, 2) }],
  current: 0,
  rows: false,
  settings: JSON.stringify(settings, null, 2),
  traits: "",
  suppression: null,
  now: undefined,
  script: created,
};
