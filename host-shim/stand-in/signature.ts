import { createHmac } from "node:crypto";

/**
 * The value of `X-Twilio-Signature` for a form POST: HMAC-SHA1, in base64, over the URL as configured and every
 * parameter in order of its name, name and value run together.
 */
export function signature(
  authToken: string,
  url: string,
  params: Readonly<Record<string, string>>,
): string {
  let text = url;
  for (const name of Object.keys(params).sort()) text += name + params[name];
  return createHmac("sha1", authToken).update(text, "utf8").digest("base64");
}
