import assert from "node:assert/strict";
import test from "node:test";
import twilio from "twilio";
import { create, FROM, live, SERVICE, start, TO, testing } from "./support.js";

const standIn = await start();

/** The client's own HTTP, with another host and nothing else changed. */
function toStandIn(
  options?: ConstructorParameters<typeof twilio.RequestClient>[0],
): InstanceType<typeof twilio.RequestClient> {
  const httpClient = new twilio.RequestClient(options);
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (asked) => {
    const { pathname, search } = new URL(asked.uri);
    return request({ ...asked, uri: standIn.url + pathname + search });
  };
  return httpClient;
}

const client = twilio(live.sid, live.authToken, { httpClient: toStandIn() });

/** The error that a call of the client ends with. */
async function refusal(
  call: Promise<unknown>,
): Promise<{ status: number; code?: number; message: string; moreInfo?: string }> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof twilio.RestException);
    return error as unknown as { status: number; code: number; message: string; moreInfo: string };
  }
  return assert.fail("the call went well");
}

test("create and fetch", async () => {
  const created = await client.messages.create({
    to: TO,
    from: FROM,
    body: "Grüße 😀",
    mediaUrl: ["https://example.com/a.png", "https://example.com/b.png"],
  });
  assert.match(created.sid, /^MM/);
  assert.deepEqual(
    [created.status, created.numMedia, created.numSegments, created.errorCode],
    ["queued", "2", "1", null],
  );
  assert.ok(created.dateCreated instanceof Date && !Number.isNaN(created.dateCreated.getTime()));
  await standIn.idle();
  const fetched = await client.messages(created.sid).fetch();
  assert.deepEqual([fetched.body, fetched.status], ["Grüße 😀", "delivered"]);
});

test("schedule and cancel", async () => {
  const sendAt = new Date(Date.now() + 3_600_000);
  const scheduled = await client.messages.create({
    to: TO,
    messagingServiceSid: SERVICE,
    body: "Later",
    scheduleType: "fixed",
    sendAt,
  });
  assert.equal(scheduled.status, "scheduled");
  assert.equal(
    (await client.messages(scheduled.sid).update({ status: "canceled" })).status,
    "canceled",
  );
});

test("list over pages, with every filter", async () => {
  const to = "+447700900321";
  for (let i = 0; i < 5; i++) await create(standIn, { To: to, Body: `number ${i}` });
  await create(standIn, { To: to, From: "+12025550142", Body: "another sender" });
  await standIn.idle();
  const bodies = async (filter: object): Promise<string[]> =>
    (await client.messages.list({ to, ...filter })).map(({ body }) => body);
  const hour = 3_600_000;
  assert.deepEqual(await bodies({ pageSize: 2, from: FROM }), [
    "number 4",
    "number 3",
    "number 2",
    "number 1",
    "number 0",
  ]);
  assert.equal((await bodies({ limit: 3, pageSize: 2 })).length, 3);
  assert.equal((await bodies({ dateSentAfter: new Date(Date.now() - hour) })).length, 6);
  assert.equal((await bodies({ dateSentAfter: new Date(Date.now() + hour) })).length, 0);
  assert.equal((await bodies({ dateSentBefore: new Date(Date.now() + hour) })).length, 6);
  assert.equal((await bodies({ dateSentBefore: new Date(Date.now() - hour) })).length, 0);
  assert.equal((await client.messages.page({ to, pageSize: 4 })).instances.length, 4);
});

test("redact, give feedback and remove", async () => {
  const { sid } = await client.messages.create({
    to: TO,
    from: FROM,
    body: "secret",
    provideFeedback: true,
  });
  assert.equal((await refusal(client.messages(sid).remove())).code, 20009);
  await standIn.idle();
  assert.equal(
    (await client.messages(sid).feedback.create({ outcome: "confirmed" })).outcome,
    "confirmed",
  );
  assert.equal((await client.messages(sid).update({ body: "" })).body, "");
  assert.equal(await client.messages(sid).remove(), true);
  assert.deepEqual(
    (({ status, code }) => [status, code])(await refusal(client.messages(sid).fetch())),
    [404, 20404],
  );
});

test("errors come out as RestException with status, code and link", async () => {
  const { status, code, message, moreInfo } = await refusal(
    client.messages.create({ to: "123", from: FROM, body: "Hi" }),
  );
  assert.deepEqual(
    [status, code, message],
    [400, 21211, "The 'To' number 123 is not a valid phone number."],
  );
  assert.equal(moreInfo, "https://www.twilio.com/docs/errors/21211");
  const stranger = twilio(live.sid, "0".repeat(32), { httpClient: toStandIn() });
  assert.deepEqual(
    (({ status: s, code: c }) => [s, c])(
      await refusal(stranger.messages.create({ to: TO, from: FROM, body: "Hi" })),
    ),
    [401, 20003],
  );
  for (const [fault, expected] of [
    ["429", 20429],
    ["500-lost", 20500],
    ["503-lost", 20503],
  ] as const) {
    standIn.faults.add(fault);
    assert.equal(
      (await refusal(client.messages.create({ to: TO, from: FROM, body: "Hi" }))).code,
      expected,
    );
  }
});

test("the client's own retry gets past a 429", async () => {
  const retrying = twilio(live.sid, live.authToken, {
    httpClient: toStandIn({ autoRetry: true, maxRetryDelay: 50 }),
  });
  standIn.faults.add({ preset: "429", times: 2 });
  const before = standIn.messages.length;
  assert.equal(
    (await retrying.messages.create({ to: TO, from: FROM, body: "Hi" })).status,
    "queued",
  );
  assert.equal(standIn.messages.length, before + 1);
});

test("magic numbers through the client", async () => {
  const tester = twilio(testing.sid, testing.authToken, { httpClient: toStandIn() });
  assert.equal(
    (await tester.messages.create({ to: TO, from: "+15005550006", body: "Hi" })).status,
    "queued",
  );
  assert.equal(
    (await refusal(tester.messages.create({ to: TO, from: "+15005550008", body: "Hi" }))).code,
    21611,
  );
});

test("what a live check reads", async () => {
  const account = await client.api.v2010.accounts(live.sid).fetch();
  assert.deepEqual([account.status, account.type, account.sid], ["active", "Full", live.sid]);
  const balance = await client.balance.fetch();
  assert.deepEqual([balance.balance, balance.currency], ["25.00", "USD"]);
  const [number, ...others] = await client.incomingPhoneNumbers.list({ phoneNumber: FROM });
  assert.deepEqual([number?.phoneNumber, number?.capabilities.sms, others.length], [FROM, true, 0]);
  assert.equal(
    (await client.incomingPhoneNumbers.list({ phoneNumber: "+12025550199" }))[0]?.capabilities.sms,
    false,
  );
  assert.deepEqual(await client.incomingPhoneNumbers.list({ phoneNumber: "+12025550111" }), []);
  assert.equal((await client.shortCodes.list({ shortCode: "55555" }))[0]?.shortCode, "55555");
  const service = client.messaging.v1.services(SERVICE);
  assert.deepEqual(
    [(await service.fetch()).sid, (await service.fetch()).usAppToPersonRegistered],
    [SERVICE, true],
  );
  assert.deepEqual(
    (await service.phoneNumbers.list()).map(({ phoneNumber }) => phoneNumber),
    [FROM, "+447700900000"],
  );
  assert.deepEqual(await service.alphaSenders.list(), []);
  assert.equal((await service.usAppToPerson.list())[0]?.campaignStatus, "VERIFIED");
  assert.equal(
    (await refusal(client.messaging.v1.services(`MG${"9".repeat(32)}`).fetch())).status,
    404,
  );
});
