import assert from "node:assert/strict";
import test from "node:test";
import { ManualClock } from "../../host-shim/stand-in/index.js";
import {
  call,
  create,
  FROM,
  type Json,
  live,
  messagesUrl,
  recorded,
  SERVICE,
  start,
  TO,
} from "./support.js";

const START = Date.UTC(2026, 0, 10, 12);
const clock = new ManualClock(START);
const standIn = await start({ clock });
const OTHER = "+447700900124";

/** The bodies listed for a query, newest first, and the page around them. */
async function list(query: string): Promise<{ texts: string[]; page: Json }> {
  const { status, body } = await call("GET", messagesUrl(standIn, live, `.json${query}`), live);
  assert.equal(status, 200, JSON.stringify(body));
  return { texts: (body.messages as Json[]).map((message) => String(message.body)), page: body };
}

for (const day of [1, 2, 3, 4, 5]) {
  await create(standIn, { Body: `day ${day}`, To: day === 3 ? OTHER : TO });
  clock.advance(86_400_000);
}
await create(standIn, { Body: "by service", From: "", MessagingServiceSid: SERVICE });

test("newest first, with the members of a page", async () => {
  const { texts, page } = await list("");
  assert.deepEqual(texts, ["by service", "day 5", "day 4", "day 3", "day 2", "day 1"]);
  assert.deepEqual(Object.keys(page).sort(), recorded<{ page: string[] }>("shapes").page.sort());
  assert.deepEqual([page.start, page.end, page.page, page.page_size], [0, 5, 0, 50]);
  assert.deepEqual([page.next_page_uri, page.previous_page_uri], [null, null]);
});

test("filters by To and From", async () => {
  assert.deepEqual((await list(`?To=${encodeURIComponent(OTHER)}`)).texts, ["day 3"]);
  assert.deepEqual((await list(`?From=${encodeURIComponent(FROM)}`)).texts.length, 5);
  assert.deepEqual((await list(`?From=${encodeURIComponent(OTHER)}`)).texts, []);
});

// The first message is sent at noon on 10 January, plus 40 ms.
const DATES: Array<[query: string, texts: string[]]> = [
  ["?DateSent=2026-01-11", ["day 2"]],
  ["?DateSent%3E=2026-01-13", ["day 5", "day 4"]],
  ["?DateSent>=2026-01-13", ["day 5", "day 4"]],
  ["?DateSent%3C=2026-01-11", ["day 1"]],
  ["?DateSent%3E=2026-01-11T12:00:00Z&DateSent%3C=2026-01-12T12:00:00Z", ["day 3", "day 2"]],
  ["?DateSent%3E=2026-01-11T12:00:01Z&DateSent%3C=2026-01-12T11:59:59Z", []],
];

for (const [query, texts] of DATES) {
  test(`${query} lists ${texts.length}`, async () =>
    assert.deepEqual((await list(query)).texts, texts));
}

test("pages follow their URIs in both directions and survive new messages", async () => {
  const first = await list(`?PageSize=2&To=${encodeURIComponent(TO)}`);
  assert.deepEqual(first.texts, ["by service", "day 5"]);
  assert.match(
    String(first.page.next_page_uri),
    new RegExp(
      `^/2010-04-01/Accounts/${live.sid}/Messages\\.json\\?To=%2B447700900123&PageSize=2&Page=1&PageToken=PASM[0-9a-f]{32}$`,
    ),
  );
  await create(standIn, { Body: "meanwhile" });

  const follow = async (uri: unknown): Promise<{ texts: string[]; page: Json }> =>
    list(String(uri).slice(String(uri).indexOf("?")));
  const second = await follow(first.page.next_page_uri);
  assert.deepEqual(second.texts, ["day 4", "day 2"]);
  assert.deepEqual([second.page.start, second.page.end, second.page.page], [2, 3, 1]);
  const third = await follow(second.page.next_page_uri);
  assert.deepEqual(third.texts, ["day 1"]);
  assert.equal(third.page.next_page_uri, null);
  assert.deepEqual((await follow(third.page.previous_page_uri)).texts, ["day 4", "day 2"]);
  assert.deepEqual((await follow(third.page.first_page_uri)).texts, ["meanwhile", "by service"]);
});

test("filters stay in the URIs of pages, encoded", async () => {
  const { page } = await list("?DateSent%3E=2026-01-01&PageSize=1");
  assert.match(
    String(page.next_page_uri),
    /\?DateSent%3E=2026-01-01&PageSize=1&Page=1&PageToken=PA/,
  );
});

const REFUSED: Array<[query: string, code: number]> = [
  ["?PageSize=1001", 20007],
  ["?PageSize=0", 20422],
  ["?PageSize=many", 20422],
  ["?Page=1", 20422],
  ["?PageToken=PASM0", 21481],
  ["?DateSent=yesterday", 20422],
];

for (const [query, code] of REFUSED) {
  test(`${query} is refused with ${code}`, async () => {
    const { status, body } = await call("GET", messagesUrl(standIn, live, `.json${query}`), live);
    assert.deepEqual([status, body.code], [400, code]);
  });
}

test("the list lags when told to, a fetch does not", async () => {
  standIn.listLag = 5000;
  const { body } = await create(standIn, { Body: "late" });
  const url = messagesUrl(standIn, live, `/${String(body.sid)}.json`);
  assert.equal((await call("GET", url, live)).status, 200);
  assert.ok(!(await list("")).texts.includes("late"));
  clock.advance(4999);
  assert.ok(!(await list("")).texts.includes("late"));
  clock.advance(1);
  assert.equal((await list("")).texts[0], "late");
  standIn.listLag = 0;
});

test("another account's messages are not listed", async () => {
  const alone = await start({ clock, accounts: [live, { ...live, sid: `AC${"8".repeat(32)}` }] });
  await create(alone);
  const other = { ...live, sid: `AC${"8".repeat(32)}` };
  assert.deepEqual((await call("GET", messagesUrl(alone, other), other)).body.messages, []);
});
