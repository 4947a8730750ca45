// Our verdict on signatures against that of Twilio's own client, over generated webhooks: right
// ones, right ones whose URL came in another form, and wrong ones.
//
// Where we differ, and mean to:
// - Twilio's client brings every URL into WHATWG's form. We do so for those of the usual kind; one
//   with a host in capitals, dot segments, backslashes, line breaks, a fragment or a host that is an address, not ASCII
//   or in Punycode is compared as it is written. Then we say `signature_wrong` where it may say yes.
//   A host in capitals is the one kind that is generated, and counted.
// - WHATWG has escaped `^` in paths since 2023, and so do we; runtimes differ.
// - Its client throws for a URL that WHATWG refuses. We answer with a verdict.
// - In a query whose names are whole numbers, its legacy form puts those first, as JavaScript's
//   objects do. We keep the order.
// - Null is an empty text for us, as for Twilio's other clients, and the word `null` for this one.
// - We refuse an empty signature or token, a URL over 16,384 bytes, a body over 65,536 and more
//   than 300 parameters unread.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import twilio from "twilio/lib/webhooks/webhooks.js";
import { ask, build } from "../answers.mjs";
import { randomFrom } from "../random.mjs";

const requests = 40_000;

const random = randomFrom(20_260_301);
const pick = (list) => list[random(list.length)];
const some = (most, make) => Array.from({ length: random(most + 1) }, make);
const join = (most, make, separator = "") => some(most, make).join(separator);

const plain = () => pick([..."abcXYZ019-_.~"]);
const awkward = [
  ..."'\"+*!()<>`{}|^$,;:@[]%",
  "%27",
  "%20",
  "%2B",
  "%zz",
  "%C3%A9",
  "é",
  "😀",
  "\ue000",
];
const inQuery = () => (random(4) > 0 ? plain() : pick([...awkward, " ", "/", "?"]));
const inPath = () => (random(5) > 0 ? plain() : pick([...awkward, " "])).replace("^", "");
const inText = () => (random(3) > 0 ? plain() : pick([...awkward, " ", "&", "=", "\n", "\u0000"]));

const name = () => pick(["foo", "bar", "claim", "n", "Body", join(4, inQuery)]);
const pair = () => (random(8) === 0 ? name() : `${name()}=${join(8, inQuery)}`);

function query() {
  if (random(4) === 0) return pick(["", "?"]);
  // Whole numbers as names are a difference that is meant.
  const pairs = some(4, pair).filter((text) => !/^\+*[0-9]*(=|$)/.test(decoded(text)));
  return `?${pairs.join("&")}`;
}

function decoded(text) {
  return [...new URLSearchParams(text)].map(([key]) => `${key}=`).join("") || text;
}

const isPlainPath = (path) => !path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part));

function url() {
  const scheme = pick(["https", "https", "http", "HTTPS", "Http"]);
  const user = pick(["", "", "", "user:pass@", "user@", "a:b:c@", "u%20:p'@", "u:é@", "@", ":p@"]);
  const host = pick(["example.com", "Hooks.Example.COM", "a-b.example.org", "localhost", "a_b.io"]);
  const port = pick(["", "", "", ":443", ":80", ":8443", ":0443", ":"]);
  let path = random(6) === 0 ? "" : `/${join(3, () => join(6, inPath), "/")}`;
  if (!isPlainPath(path)) path = "/plain";
  return `${scheme}://${user}${host}${port}${path}${query()}`.trimEnd();
}

function params() {
  const entries = some(6, () => {
    const key = pick(["To", "From", "Body", "MessageSid", "messageSid", `_${join(5, inText)}`]);
    const text = () => join(10, inText);
    return [key, random(5) === 0 ? some(4, text) : text()];
  });
  return Object.fromEntries(entries);
}

/** The URL as something on the way may have rewritten it. */
function rewritten(from) {
  const parsed = new URL(from);
  switch (random(6)) {
    case 0:
      return parsed.toString();
    case 1:
      return from.replace(/^(\w+:\/\/[^/?:@]+)(?=[/?]|$)/, `$1:${/^https/i.test(from) ? 443 : 80}`);
    case 2:
      return from.replace(/:(443|80)(?=[/?]|$)/, "");
    case 3:
      return from.replaceAll("'", "%27");
    case 4:
      return from.replaceAll("%27", "'");
    default:
      return from.replaceAll("%20", "+");
  }
}

function mutated(text) {
  const at = random(text.length + 1);
  return text.slice(0, at) + pick(["", "x", "&", "A"]) + text.slice(at + random(2));
}

function request() {
  const token = join(32, plain) || "t";
  const received = url();
  const body = random(4) === 0 ? join(30, inText) : undefined;
  const hash = createHash("sha256")
    .update(body ?? "")
    .digest("hex");
  const glue = received.includes("?") ? "&" : "?";
  const target = body === undefined ? received : `${received}${glue}bodySHA256=${hash}`;
  const form = body === undefined ? params() : {};
  const signedUrl = random(3) === 0 ? rewritten(target) : target;
  let signature = twilio.getExpectedTwilioSignature(token, signedUrl, form);
  const given = { url: target, token, ...(body === undefined ? { params: form } : { body }) };
  switch (random(8)) {
    case 0:
      signature = mutated(signature);
      break;
    case 1:
      given.url = rewritten(target);
      break;
    case 2:
      if (body === undefined) given.params = { ...form, To: join(4, inText) };
      else given.body = mutated(body);
      break;
    case 3:
      given.token = `${token}x`;
      break;
  }
  return { ...given, signature: signature || "A" };
}

function theirs({ url: target, token, params: form, body, signature }) {
  return body === undefined
    ? twilio.validateRequest(token, signature, target, form)
    : twilio.validateRequestWithBody(token, signature, target, body);
}

/** Whether the signature fits, but only a URL whose host is spelt otherwise. */
function fitsOtherCapitals({ url: target, token, params: form = {}, signature }) {
  const parts = /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#:]*)(:\d*)?(.*)$/s.exec(target);
  const [, start, host, port = "", rest] = parts;
  const standard = /^https/i.test(start) ? ":443" : ":80";
  const forms = [`${start}${host}${rest}`, `${start}${host}${port || standard}${rest}`];
  const fits = (signed) => twilio.getExpectedTwilioSignature(token, signed, form) === signature;
  return /[A-Z]/.test(host) && !forms.some(fits);
}

test("verdicts equal those of Twilio's client", () => {
  const cases = Array.from({ length: requests }, request).filter(
    // An empty body is no body.
    ({ body }) => body !== "",
  );
  const program = build("signature-answers");
  const answers = ask(
    program,
    cases.map((given) => JSON.stringify(given)),
  );
  const count = { valid: 0, invalid: 0, capitals: 0 };
  const differing = [];
  for (const [index, given] of cases.entries()) {
    const expected = theirs(given);
    count[expected ? "valid" : "invalid"] += 1;
    if (expected && fitsOtherCapitals(given)) {
      assert.equal(answers[index], "signature_wrong");
      count.capitals += 1;
    } else if ((answers[index] === "valid") !== expected) {
      differing.push(`${expected} ${answers[index]} ${JSON.stringify(given)}`);
    }
  }
  assert.deepEqual(differing.slice(0, 10), [], `${differing.length} differ`);
  // A test that only ever sees one verdict would prove little.
  assert.ok(
    cases.length >= 20_000 && count.valid >= 10_000 && count.invalid >= 8_000,
    JSON.stringify(count),
  );
});
