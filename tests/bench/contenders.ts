// Who is compared: this package, Segment's own destination, and a bare function. All get the same
// account, the same trigger, the same recipient, sender and text.

import { createDestination, type Destination, type Fetch, type Settings } from "twilio-destination";

/** The name of the events that send. */
export const sends = "Order Completed";

export const settings: Settings & { account_sid: string; auth_token: string; from: string } = {
  account_sid: `AC${"0123456789abcdef".repeat(2)}`,
  auth_token: "0123456789abcdef".repeat(2),
  from: "+14155551234",
  mappings: [
    {
      trigger: `type = "track" and event = "${sends}"`,
      to: "context.traits.phone",
      body: "Thanks! Order {{properties.order_id}} arrives on {{properties.delivery_day}}.",
    },
  ],
};

/** What Segment's destination takes in place of our settings. */
export const segmentSettings = {
  accountSID: settings.account_sid,
  apiKeySID: `SK${"0123456789abcdef".repeat(2)}`,
  apiKeySecret: settings.auth_token,
  subscriptions: [
    {
      subscribe: `type = "track" and event = "${sends}"`,
      partnerAction: "sendMessage",
      mapping: {
        channel: "SMS",
        senderType: "Phone number",
        contentTemplateType: "Inline",
        toPhoneNumber: { "@path": "$.context.traits.phone" },
        fromPhoneNumber: settings.from,
        inlineBody: {
          "@template":
            "Thanks! Order {{properties.order_id}} arrives on {{properties.delivery_day}}.",
        },
      },
    },
  ],
};

/** The part of an event that the bare function reads. */
interface OrderEvent {
  readonly type?: string;
  readonly event?: string;
  readonly context?: { readonly traits?: { readonly phone?: string } };
  readonly properties?: { readonly order_id?: string; readonly delivery_day?: string };
}

type Parameters = readonly (readonly [name: string, value: string])[];

/** `%20` for a space. */
export function quickForm(parameters: Parameters): string {
  let form = "";
  for (const [name, value] of parameters) {
    form += `${form === "" ? "" : "&"}${name}=${encodeURIComponent(value)}`;
  }
  return form;
}

/** `+` for a space, as a browser's form does. */
export function standardForm(parameters: Parameters): string {
  return new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
}

/**
 * The floor: what somebody would write who needs one text for one event. It reads no phone number,
 * no template and no consent, and counts no segments.
 */
export function bareFunction(encode: (parameters: Parameters) => string) {
  const { account_sid, auth_token, from } = settings;
  const credentials = Buffer.from(`${account_sid}:${auth_token}`).toString("base64");
  const headers = {
    Authorization: `Basic ${credentials}`,
    "Content-Type": "application/x-www-form-urlencoded",
  };
  return (event: object) => {
    const { type, event: name, context, properties } = event as OrderEvent;
    if (type !== "track" || name !== sends) return undefined;
    const to = context?.traits?.phone;
    const order = properties?.order_id;
    const day = properties?.delivery_day;
    if (to === undefined || order === undefined || day === undefined) return undefined;
    const text = `Thanks! Order ${order} arrives on ${day}.`;
    return {
      method: "POST",
      url: `https://api.twilio.com/2010-04-01/Accounts/${account_sid}/Messages.json`,
      headers,
      body: encode([
        ["To", to],
        ["From", from],
        ["Body", text],
      ]),
    };
  };
}

/** Makes our destination; its requests go to `fetch`. */
export function ours(fetch: Fetch): Destination {
  return createDestination(settings, { fetch, now: Date.now });
}

/** The part of Segment's destination that is used. */
export interface SegmentDestination {
  onEvent(event: object, settings: object): Promise<readonly { readonly output?: unknown }[]>;
}

type SegmentFetch = (request: Request) => Promise<Response>;

/** Loads Segment's destination; its requests go to `fetch`. */
export async function segment(fetch: SegmentFetch): Promise<SegmentDestination> {
  const script = new URL("../../host-shim/scripts/segment-twilio.mjs", import.meta.url);
  const { segmentTwilio } = (await import(script.href)) as {
    segmentTwilio(fetch: SegmentFetch): Promise<SegmentDestination>;
  };
  return await segmentTwilio(fetch);
}

/** Twilio's answer, as light as both of them accept it: what the network costs is not compared. */
export function createdAnswer(): Response {
  const body = '{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued","error_code":null}';
  const answer = {
    ok: true,
    status: 201,
    headers: new Headers({ "content-type": "application/json" }),
    clone: () => answer,
    text: async () => body,
  };
  return answer as unknown as Response;
}
