import assert from "node:assert/strict";
import test from "node:test";
import { type AccountOptions, ManualClock } from "../../host-shim/stand-in/index.js";
import {
  ask,
  basic,
  create,
  FROM,
  live,
  messagesUrl,
  SERVICE,
  start,
  TO,
  trial,
} from "./support.js";

const clock = new ManualClock(Date.UTC(2026, 0, 1));
const EMPTY = `MG${"2".repeat(32)}`;
const PAUSED = `MG${"3".repeat(32)}`;
const RCS = `MG${"4".repeat(32)}`;
const CONTENT = `HX${"1".repeat(32)}`;
const APP = `AP${"1".repeat(32)}`;
const account: AccountOptions = {
  ...live,
  services: [
    ...(live.services ?? []),
    { sid: EMPTY, senders: [] },
    { sid: PAUSED, senders: [FROM], available: false },
    { sid: RCS, senders: [FROM], rcs: true },
  ],
  contentSids: [CONTENT],
  applications: { [APP]: "http://127.0.0.1:9/app" },
  countries: ["+44", "+1", "+33"],
  queueSegments: 3,
  recipients: {
    "+447700900001": "invalid",
    "+447700900002": "unreachable",
    "+447700900003": "no_permission",
    "+447700900004": "not_mobile",
    "+447700900005": "landline",
    "+447700900006": "premium",
    "+447700900007": "foreign_network",
  },
};
const standIn = await start({ clock, accounts: [account, trial] });

const service = { From: "", MessagingServiceSid: SERVICE };
/** A time so many seconds ahead, for `SendAt`; in the table it is written `@SECONDS`. */
const at = (seconds: number): string =>
  new Date(clock.now() + seconds * 1000).toISOString().replace(".000", "");
const fixed = { ...service, ScheduleType: "fixed" };

const CASES: Array<[what: string, form: Record<string, string>, code: number | null]> = [
  ["a good message", {}, null],
  ["no To", { To: "" }, 21604],
  ["no sender", { From: "" }, 21603],
  ["no content", { Body: "" }, 21602],
  ["no content with a service", { ...service, Body: "" }, 21619],
  ["media instead of a body", { Body: "", MediaUrl: "https://example.com/a.png" }, null],
  ["a template instead of a body", { Body: "", ContentSid: CONTENT }, null],
  ["a number in words", { To: "five" }, 21211],
  ["eleven digits after +1", { To: "+120255501421" }, 21211],
  ["a national number", { To: "07700900123" }, 21211],
  ["ten digits are read as a US number", { To: "2025550143" }, null],
  ["punctuation is dropped", { To: "+44 7700 900-123" }, null],
  ["a short code as recipient", { To: "55555" }, 21265],
  ["To equal to From", { To: FROM }, 21266],
  ["a number that is not ours", { From: "+12025550111" }, 21659],
  ["a number without SMS", { From: "+12025550199" }, 21661],
  ["a number without MMS", { From: "+447700900000", MediaUrl: "https://example.com/a.png" }, 21621],
  ["a From that is nothing", { From: "+12" }, 21212],
  ["an alphanumeric ID", { From: "ACME" }, null],
  ["an alphanumeric ID that is too long", { From: "ACME INDUSTRIES" }, 21212],
  ["an alphanumeric ID to the US", { From: "ACME", To: "+12025550143" }, 21612],
  ["WhatsApp on one side", { To: `whatsapp:${TO}` }, 21910],
  ["WhatsApp on both sides", { To: `whatsapp:${TO}`, From: "whatsapp:+14155551234" }, null],
  [
    "a WhatsApp sender that is not ours",
    { To: `whatsapp:${TO}`, From: "whatsapp:+12025550111" },
    63007,
  ],
  ["a malformed service", { From: "", MessagingServiceSid: "MG1" }, 21705],
  ["an unknown service", { From: "", MessagingServiceSid: `MG${"9".repeat(32)}` }, 21701],
  ["a service that may not send", { From: "", MessagingServiceSid: PAUSED }, 21702],
  ["a service without senders", { From: "", MessagingServiceSid: EMPTY }, 21704],
  ["a service that reaches nobody there", { ...service, To: "+447700900007" }, 21703],
  ["a From of the pool beside its service", { MessagingServiceSid: SERVICE }, null],
  ["a From outside the pool", { MessagingServiceSid: SERVICE, From: "+12025550142" }, 21711],
  ["a service in From", { From: SERVICE }, null],
  ["1,600 characters", { ...service, Body: "x".repeat(1600) }, null],
  ["1,601 characters", { Body: "x".repeat(1601) }, 21617],
  ["800 emoji and one letter", { Body: `${"😀".repeat(800)}x` }, 21617],
  ["media without a scheme", { MediaUrl: "example.com/a.png" }, 21620],
  ["ContentVariables alone", { ContentVariables: "{}" }, 21654],
  ["a malformed ContentSid", { ContentSid: "HX1" }, 21655],
  ["an unknown ContentSid", { ContentSid: `HX${"9".repeat(32)}` }, 21655],
  ["good variables", { ContentSid: CONTENT, ContentVariables: '{"1":"a"}' }, null],
  ["variables that are no JSON", { ContentSid: CONTENT, ContentVariables: "1=a" }, 21656],
  ["a null among the variables", { ContentSid: CONTENT, ContentVariables: '{"1":null}' }, 21656],
  ["a list of variables", { ContentSid: CONTENT, ContentVariables: '["a"]' }, 21656],
  [
    "a variable that is too long",
    { ContentSid: CONTENT, ContentVariables: JSON.stringify({ 1: "x".repeat(1601) }) },
    21658,
  ],
  ["a callback without a scheme", { StatusCallback: "example.com" }, 21609],
  ["a callback host with an underscore", { StatusCallback: "https://my_host.example.com/" }, 21609],
  ["a malformed ApplicationSid", { ApplicationSid: "AP1" }, 21218],
  ["an unknown ApplicationSid", { ApplicationSid: `AP${"9".repeat(32)}` }, 21420],
  ["a known ApplicationSid", { ApplicationSid: APP }, null],
  ["no validity", { ValidityPeriod: "0" }, 21624],
  ["the longest validity", { ValidityPeriod: "36000" }, null],
  ["a validity that is too long", { ValidityPeriod: "36001" }, 21624],
  ["a price in words", { MaxPrice: "cheap" }, 21627],
  ["an unknown ContentRetention", { ContentRetention: "burn" }, 30029],
  ["an unknown AddressRetention", { AddressRetention: "hide" }, 30030],
  ["ShortenUrls without a service", { ShortenUrls: "true" }, 30124],
  ["ShortenUrls with a service", { ...service, ShortenUrls: "true" }, null],
  [
    "ShortenUrls with a service that has no domain",
    { From: "", MessagingServiceSid: RCS, ShortenUrls: "true" },
    30137,
  ],
  ["FallbackFrom with From", { FallbackFrom: FROM }, 21664],
  ["FallbackFrom without an RCS sender", { ...service, FallbackFrom: FROM }, 21667],
  [
    "FallbackFrom outside the pool",
    { From: "", MessagingServiceSid: RCS, FallbackFrom: "+12025550142" },
    21665,
  ],
  ["FallbackFrom of the pool", { From: "", MessagingServiceSid: RCS, FallbackFrom: FROM }, null],
  ["a schedule without a service", { ScheduleType: "fixed", SendAt: "@3600" }, 35118],
  ["a schedule without a time", fixed, 35111],
  ["another kind of schedule", { ...service, ScheduleType: "optimized", SendAt: "@3600" }, 35126],
  ["a time that is none", { ...fixed, SendAt: "tomorrow" }, 35114],
  ["a day that does not exist", { ...fixed, SendAt: "2026-13-01T00:00:00Z" }, 35114],
  ["the shortest lead", { ...fixed, SendAt: "@300" }, null],
  ["a lead that is too short", { ...fixed, SendAt: "@299" }, 35114],
  ["the longest lead", { ...fixed, SendAt: "@3024000" }, null],
  ["a lead that is too long", { ...fixed, SendAt: "@3024001" }, 35114],
  ["a number that is invalid", { To: "+447700900001" }, 21211],
  ["a number that cannot be reached", { To: "+447700900002" }, 21612],
  ["a number without permission", { To: "+447700900003" }, 21408],
  ["a country without permission", { To: "+4915112345678" }, 21408],
  ["a number that is not mobile", { To: "+447700900004" }, 21614],
  ["a landline", { To: "+447700900005" }, 21635],
  ["a landline by force", { To: "+447700900005", ForceDelivery: "true" }, null],
  ["a premium number", { To: "+447700900006" }, 21268],
];

for (const [what, form, code] of CASES) {
  test(`${what} gives ${code ?? 201}`, async () => {
    const lead = form.SendAt?.startsWith("@") ? { SendAt: at(Number(form.SendAt.slice(1))) } : {};
    const { status, body } = await create(standIn, { ...form, ...lead }, account);
    assert.equal(body.code ?? null, code);
    assert.equal(status, code === null ? 201 : code === 21701 ? 404 : 400);
    // Let what was taken leave the sender's queue.
    clock.advance(1000);
  });
}

test("eleven media URLs are too many", async () => {
  const form = new URLSearchParams({ To: TO, From: FROM });
  for (let i = 0; i < 10; i++) form.append("MediaUrl", "https://example.com/a.png");
  const headers = { authorization: basic(live.sid, live.authToken) };
  assert.equal((await ask("POST", messagesUrl(standIn, live), headers, form)).body.num_media, "10");
  form.append("MediaUrl", "https://example.com/a.png");
  assert.equal((await ask("POST", messagesUrl(standIn, live), headers, form)).body.code, 21623);
  clock.advance(1000);
});

test("a JSON body has no To", async () => {
  const headers = {
    authorization: basic(live.sid, live.authToken),
    "content-type": "application/json",
  };
  const { body } = await ask(
    "POST",
    messagesUrl(standIn, live),
    headers,
    JSON.stringify({ To: TO, From: FROM, Body: "Hi" }),
  );
  assert.equal(body.code, 21604);
  const mislabelled = await ask(
    "POST",
    messagesUrl(standIn, live),
    headers,
    `To=${TO}&From=${FROM}&Body=Hi`,
  );
  assert.equal(mislabelled.body.code, 21604);
});

test("a sender's queue takes so many segments", async () => {
  assert.equal((await create(standIn, { Body: "x".repeat(460) }, account)).status, 429);
  assert.equal((await create(standIn, { Body: "x".repeat(459) }, account)).status, 201);
  const full = await create(standIn, {}, account);
  assert.deepEqual([full.status, full.body.code], [429, 21611]);
  clock.advance(1000);
  assert.equal((await create(standIn, {}, account)).status, 201);
});

test("a trial account sends with a prefix and not under an alphanumeric ID", async () => {
  assert.equal(
    (await create(standIn, { To: TO }, trial)).body.body,
    "Sent from your Twilio trial account - Hello",
  );
  assert.equal((await create(standIn, { To: TO, From: "ACME" }, trial)).body.code, 21267);
});

test("the day of the daily limit rolls on", async () => {
  const limited = { ...live, sid: `AC${"5".repeat(32)}`, dailyLimit: 2 };
  const alone = await start({ clock, accounts: [limited] });
  assert.equal((await create(alone, {}, limited)).status, 201);
  clock.advance(60_000);
  assert.equal((await create(alone, {}, limited)).status, 201);
  assert.equal((await create(alone, {}, limited)).body.code, 63038);
  clock.advance(86_400_000 - 60_000);
  assert.equal((await create(alone, {}, limited)).status, 201);
  assert.equal((await create(alone, {}, limited)).body.code, 63038);
});

test("initial status, sender and segments follow from the way it is sent", async () => {
  const plain = await create(standIn, { Body: "x".repeat(161) }, account);
  assert.deepEqual(
    [plain.body.status, plain.body.from, plain.body.num_segments],
    ["queued", FROM, "2"],
  );
  clock.advance(1000);
  const pooled = await create(standIn, service, account);
  assert.deepEqual(
    [pooled.body.status, pooled.body.from, pooled.body.num_segments],
    ["accepted", null, "0"],
  );
  const later = await create(standIn, { ...fixed, SendAt: at(3600) }, account);
  assert.deepEqual([later.body.status, later.body.messaging_service_sid], ["scheduled", SERVICE]);
  const mms = await create(standIn, { MediaUrl: "https://example.com/a.png" }, account);
  assert.match(String(mms.body.sid), /^MM/);
});
