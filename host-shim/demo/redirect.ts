import type { Fetch } from "twilio-destination";

const twilio = "https://api.twilio.com/";

/**
 * A `fetch` that goes to a stand-in instead of Twilio. Only the origin is replaced, and no other
 * origin is reached.
 */
export function redirectTo(standIn: string, fetch: Fetch): Fetch {
  return async (url, init) => {
    if (!url.startsWith(twilio)) throw new Error("only Twilio has a stand-in");
    return fetch(`${standIn}/${url.slice(twilio.length)}`, init);
  };
}
