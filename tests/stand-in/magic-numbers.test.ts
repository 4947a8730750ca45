import assert from "node:assert/strict";
import test from "node:test";
import {
  type Answer,
  call,
  create,
  type Json,
  messagesUrl,
  recorded,
  start,
  testing,
} from "./support.js";

interface Row {
  number: string;
  code: number | null;
  http_status: number;
  message_observed?: string;
  message_pattern?: string;
}

const magic = recorded<{
  from: Row[];
  to: Row[];
  other: Array<{ case: string; status: number; body: Json }>;
}>("magic-numbers");
const standIn = await start();

function check(answer: Answer, row: Row): void {
  assert.equal(answer.status, row.http_status);
  if (row.code === null) {
    assert.equal(answer.body.status, "queued");
    return;
  }
  assert.equal(answer.body.code, row.code);
  const message = row.message_observed ?? row.message_pattern?.replace("{to}", row.number);
  if (message !== undefined) assert.equal(answer.body.message, message);
}

for (const row of magic.from) {
  test(`From ${row.number} gives ${row.code ?? 201}`, async () => {
    check(await create(standIn, { From: row.number }, testing), row);
  });
}

for (const row of magic.to) {
  test(`To ${row.number} gives ${row.code}`, async () => {
    check(
      await create(standIn, { To: row.number, MediaUrl: "https://example.com/a.png" }, testing),
      row,
    );
  });
}

test("without media the unreachable number is unreachable via SMS", async () => {
  const { body } = await create(standIn, { To: "+15005550002" }, testing);
  assert.match(String(body.message), /via SMS\.$/);
});

test("other things observed with test credentials", async () => {
  const provoke: Record<string, () => Promise<Answer>> = {
    "Body empty and no MediaUrl": () => create(standIn, { Body: "" }, testing),
    "To='123'": () => create(standIn, { To: "123" }, testing),
    "From='+123'": () => create(standIn, { From: "+123" }, testing),
    "wrong auth token": () => create(standIn, {}, { ...testing, authToken: "f".repeat(32) }),
    "malformed account SID in the path": () =>
      create(standIn, {}, { ...testing, sid: "invalid_sid" }),
  };
  for (const row of magic.other) {
    const answer = await provoke[row.case]?.();
    assert.ok(answer, row.case);
    assert.equal(answer.status, row.status, row.case);
    assert.deepEqual(answer.body, row.body);
  }
});

test("any other recipient is taken, and nothing more happens to the message", async () => {
  const answer = await create(
    standIn,
    { To: "+15005550010", StatusCallback: "http://127.0.0.1:9/" },
    testing,
  );
  assert.equal(answer.status, 201);
  await standIn.idle();
  assert.equal(standIn.callbacks.length, 0);
});

test("test credentials may do nothing but create", async () => {
  const answer = await call("GET", messagesUrl(standIn, testing), testing);
  assert.equal(answer.status, 403);
  assert.equal(answer.body.code, 20008);
});
