import assert from "node:assert/strict";
import test from "node:test";
import { ManualClock } from "../../host-shim/stand-in/index.js";
import { call, create, type Json, live, messagesUrl, SERVICE, start } from "./support.js";

const clock = new ManualClock();
const standIn = await start({ clock });
const at = (body: Json, rest = ".json"): string =>
  messagesUrl(standIn, live, `/${String(body.sid)}${rest}`);
const inAnHour = (): string => new Date(clock.now() + 3_600_000).toISOString().replace(".000", "");
const scheduled = (): Record<string, string> => ({
  From: "",
  MessagingServiceSid: SERVICE,
  ScheduleType: "fixed",
  SendAt: inAnHour(),
});

test("a message goes from queued to delivered and gets its date and price", async () => {
  const { body } = await create(standIn);
  const seen: unknown[] = [body.status];
  for (let i = 0; i < 3; i++) {
    clock.advance(i === 2 ? 40 : 20);
    seen.push((await call("GET", at(body), live)).body.status);
  }
  assert.deepEqual(seen, ["queued", "sending", "sent", "delivered"]);
  const { body: done } = await call("GET", at(body), live);
  assert.match(String(done.date_sent), /\+0000$/);
  assert.equal(done.price, "-0.00790");
});

test("a service chooses a sender on the way", async () => {
  const { body } = await create(standIn, { From: "", MessagingServiceSid: SERVICE });
  clock.advance(0);
  const { body: queued } = await call("GET", at(body), live);
  assert.deepEqual(
    [queued.status, queued.from, queued.num_segments],
    ["queued", "+447700900000", "1"],
  );
});

test("a failed message carries its error code", async () => {
  standIn.deliver("undelivered");
  const { body } = await create(standIn);
  clock.advance(1000);
  const { body: done } = await call("GET", at(body), live);
  assert.deepEqual([done.status, done.error_code], ["undelivered", 30003]);
});

test("a scheduled message is sent when its time has come", async () => {
  const { body } = await create(standIn, scheduled());
  clock.advance(3_599_000);
  assert.equal((await call("GET", at(body), live)).body.status, "scheduled");
  clock.advance(2_000);
  assert.equal((await call("GET", at(body), live)).body.status, "delivered");
});

test("a scheduled message can be canceled, another cannot", async () => {
  const { body } = await create(standIn, scheduled());
  assert.equal(
    (await call("POST", at(body), live, { Status: "canceled" })).body.status,
    "canceled",
  );
  clock.advance(4_000_000);
  assert.equal((await call("GET", at(body), live)).body.status, "canceled");
  const again = await call("POST", at(body), live, { Status: "canceled" });
  assert.deepEqual([again.status, again.body.code], [409, 30409]);
  assert.equal((await call("POST", at(body), live, { Status: "sent" })).body.code, 30400);
});

test("a body can be taken out once the message is done", async () => {
  const { body } = await create(standIn);
  const early = await call("POST", at(body), live, { Body: "" });
  assert.deepEqual([early.status, early.body.code], [409, 20009]);
  clock.advance(1000);
  assert.equal((await call("POST", at(body), live, { Body: "other" })).body.code, 30400);
  assert.equal((await call("POST", at(body), live, { Body: "" })).body.body, "");
  assert.equal((await call("GET", at(body), live)).body.body, "");
});

test("a message can be deleted once it is done", async () => {
  const { body } = await create(standIn);
  assert.equal((await call("DELETE", at(body), live)).status, 409);
  clock.advance(1000);
  const gone = await call("DELETE", at(body), live);
  assert.deepEqual([gone.status, gone.text], [204, ""]);
  const missing = await call("GET", at(body), live);
  assert.deepEqual([missing.status, missing.body.code], [404, 20404]);
});

test("feedback is taken", async () => {
  const { body } = await create(standIn, { ProvideFeedback: "true" });
  const { status, body: feedback } = await call("POST", at(body, "/Feedback.json"), live, {
    Outcome: "unconfirmed",
  });
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(feedback).sort(), [
    "account_sid",
    "date_created",
    "date_updated",
    "message_sid",
    "outcome",
    "uri",
  ]);
  assert.equal(standIn.messages.find(({ sid }) => sid === body.sid)?.feedback, "unconfirmed");
  assert.equal(
    (await call("POST", at(body, "/Feedback.json"), live, { Outcome: "maybe" })).status,
    400,
  );
});

test("the same seed gives the same SIDs, whatever else is asked", async () => {
  const [one, two, three] = [
    await start({ seed: 7 }),
    await start({ seed: 7 }),
    await start({ seed: 8 }),
  ];
  await call("GET", messagesUrl(two, live), live);
  const sids = [await create(one), await create(two), await create(three)].map(
    ({ body }) => body.sid,
  );
  assert.equal(sids[0], sids[1]);
  assert.notEqual(sids[0], sids[2]);
});
