// Track events as Segment sends them, of an exact size, in as many variants as keep a contender
// from doing well by meeting the same text again.

/** How large the events are, in bytes of JSON. The largest lies below the limit of 32,768. */
export const sizes = [500, 1_600, 32_000] as const;

const variants = 16;

/** Events of this size; `event` is their name. */
export function eventTexts(size: number, event: string): string[] {
  return Array.from({ length: variants }, (_, variant) => eventText(size, event, variant));
}

function eventText(size: number, event: string, variant: number): string {
  const products: object[] = [];
  const properties = {
    order_id: `ORD-${1000 + variant}`,
    delivery_day: ["Monday", "Tuesday", "Wednesday", "Thursday"][variant % 4],
    total: 27.5 + variant,
    currency: "GBP",
    coupon: null,
    products,
    note: "",
  };
  const made = {
    type: "track",
    event,
    messageId: `ajs-next-1767607200000-${variant}f2d4c1e-8b7a`,
    userId: `user-${4711 + variant}`,
    timestamp: "2026-01-05T10:00:00.000Z",
    context: context(size, `+4477009001${String(variant).padStart(2, "0")}`),
    properties,
  };
  const room = () => size - Buffer.byteLength(JSON.stringify(made));
  while (room() >= 0) products.push(product(products.length));
  products.pop();
  // What is left is less than one product.
  properties.note = "Leave it with a neighbour. ".repeat(20).slice(0, room());
  return JSON.stringify(made);
}

function context(size: number, phone: string): object {
  const small = { traits: { phone, plan: "basic" }, locale: "en-GB" };
  if (size < 1_000) return small;
  return {
    ...small,
    ip: "192.0.2.7",
    userAgent:
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    library: { name: "analytics.js", version: "next-1.81.0" },
    page: {
      path: "/checkout/thanks",
      referrer: "https://shop.example/checkout",
      search: "?step=4",
      title: "Thanks for your order",
      url: "https://shop.example/checkout/thanks?step=4",
    },
    campaign: { name: "winter", source: "newsletter", medium: "email" },
    screen: { width: 1440, height: 900, density: 2 },
    timezone: "Europe/London",
  };
}

function product(number: number): object {
  return {
    product_id: `507f1f77bcf86cd7994390${10 + (number % 90)}`,
    sku: `G-${32 + number}`,
    name: "Café cup, large",
    price: 18.99,
    quantity: 1 + (number % 3),
    variant: { colour: "blue", size: { width: 8, height: 11.5 } },
    tags: ["kitchen", "gift"],
    in_stock: true,
  };
}
