import assert from "node:assert/strict";
import test from "node:test";
import {
  faultPresets,
  ManualClock,
  type PresetName,
  type Wire,
} from "../../host-shim/stand-in/index.js";
import {
  call,
  create,
  live,
  messagesUrl,
  type RawAnswer,
  raw,
  rawCreate,
  start,
  TO,
  until,
} from "./support.js";

const standIn = await start({ delivery: "stuck" });

interface Expected {
  /** Messages created: 1 or 0. */
  created: number;
  end?: RawAnswer["end"];
  /** What the bytes on the wire look like. */
  bytes?: RegExp;
  check?: (answer: RawAnswer) => void;
}

const body = (bytes: string): string => bytes.slice(bytes.indexOf("\r\n\r\n") + 4);
const owed = (bytes: string): number => Number(/Content-Length: (\d+)/i.exec(bytes)?.[1]);

const cutOff = ({ bytes }: RawAnswer): void => {
  assert.ok(
    body(bytes).length > 0 && body(bytes).length < owed(bytes),
    "the body must fall short of its length",
  );
};
const nothing = ({ bytes }: RawAnswer): void => assert.equal(bytes, "");
const empty = ({ bytes }: RawAnswer): void => assert.equal(body(bytes), "");
const json = (code: number): Partial<Expected> => ({
  check: ({ bytes }) => assert.equal((JSON.parse(body(bytes)) as { code: number }).code, code),
});
const backHere = {
  check: ({ bytes }: RawAnswer) =>
    assert.match(bytes, /^Location: http:\/\/127\.0\.0\.1:\d+\/2010-04-01\/Accounts\//m),
};

/** Every preset has to stand here. */
const EXPECTED: Record<PresetName, Expected> = {
  "delay-before": {
    created: 1,
    bytes: /^HTTP\/1\.1 201 /,
    check: ({ first }) => assert.ok(first >= 990),
  },
  "delay-after-created": {
    created: 1,
    bytes: /^HTTP\/1\.1 201 /,
    check: ({ first }) => assert.ok(first >= 990),
  },
  "reset-before-reading": { created: 0, end: "reset", check: nothing },
  "reset-lost": { created: 0, end: "reset", check: nothing },
  "reset-created": { created: 1, end: "reset", check: nothing },
  "close-lost": { created: 0, end: "fin", check: nothing },
  "close-created": { created: 1, end: "fin", check: nothing },
  "garbage-lost": { created: 0, bytes: /^(?!HTTP)./s },
  "garbage-created": { created: 1, bytes: /^(?!HTTP)./s },
  "silence-lost": { created: 0, end: "timeout", check: nothing },
  "silence-created": { created: 1, end: "timeout", check: nothing },
  "cut-off-created": { created: 1, end: "fin", bytes: /^HTTP\/1\.1 201 /, check: cutOff },
  "cut-off-400": { created: 0, end: "fin", bytes: /^HTTP\/1\.1 400 /, check: cutOff },
  "slow-body": {
    created: 1,
    bytes: /^HTTP\/1\.1 201 /,
    check: ({ bytes, first, total }) => {
      assert.equal(body(bytes).length, owed(bytes));
      assert.ok(total - first >= 300, "the body must take its time");
    },
  },
  "429": { created: 0, bytes: /^HTTP\/1\.1 429 (?![\s\S]*Retry-After)/, ...json(20429) },
  "429-retry-after-seconds": { created: 0, bytes: /^Retry-After: 2\r$/m, ...json(20429) },
  "429-retry-after-date": {
    created: 0,
    bytes: /^Retry-After: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/m,
    ...json(20429),
  },
  "429-queue-full": { created: 0, bytes: /^HTTP\/1\.1 429 /, ...json(21611) },
  "429-daily-limit": {
    created: 0,
    bytes: new RegExp(
      `^HTTP/1\\.1 429 [\\s\\S]*Account ${live.sid} exceeded the 9 daily messages limit`,
    ),
    ...json(63038),
  },
  "429-html": { created: 0, bytes: /^HTTP\/1\.1 429 [\s\S]*Content-Type: text\/html[\s\S]*<html>/ },
  "500-lost": { created: 0, bytes: /^HTTP\/1\.1 500 /, ...json(20500) },
  "500-created": { created: 1, bytes: /^HTTP\/1\.1 500 /, ...json(20500) },
  "502-html-lost": { created: 0, bytes: /^HTTP\/1\.1 502 [\s\S]*<html>/ },
  "502-html-created": { created: 1, bytes: /^HTTP\/1\.1 502 [\s\S]*<html>/ },
  "503-lost": { created: 0, bytes: /^HTTP\/1\.1 503 /, ...json(20503) },
  "503-created": { created: 1, bytes: /^HTTP\/1\.1 503 /, ...json(20503) },
  "504-empty-lost": { created: 0, bytes: /^HTTP\/1\.1 504 /, check: empty },
  "504-empty-created": { created: 1, bytes: /^HTTP\/1\.1 504 /, check: empty },
  "301": { created: 0, bytes: /^HTTP\/1\.1 301 /, ...backHere },
  "302": { created: 0, bytes: /^HTTP\/1\.1 302 /, ...backHere },
  "307": { created: 0, bytes: /^HTTP\/1\.1 307 /, ...backHere },
};

for (const name of Object.keys(faultPresets) as PresetName[]) {
  test(`${name} on the wire`, async () => {
    const { created, end = "fin", bytes, check } = EXPECTED[name];
    const before = standIn.messages.length;
    standIn.faults.add(name);
    const answer = await raw(standIn, rawCreate());
    assert.equal(answer.end, end);
    if (bytes) assert.match(answer.bytes, bytes);
    check?.(answer);
    assert.equal(standIn.messages.length - before, created);
    assert.equal(standIn.requests.at(-1)?.fault, name);
    assert.equal(standIn.faults.pending, 0);
    assert.match(
      (await raw(standIn, rawCreate())).bytes,
      /^HTTP\/1\.1 201 /,
      "the next request must go well",
    );
  });
}

test("a reset before reading leaves the body unread", async () => {
  standIn.faults.add("reset-before-reading");
  const [head = ""] = rawCreate().split("\r\n\r\n");
  const answer = await raw(standIn, `${head}\r\n\r\n`);
  assert.equal(answer.end, "reset");
  assert.equal(standIn.requests.at(-1)?.form, null);
});

test("a delay before acting and one before answering differ in what has happened meanwhile", async () => {
  const clock = new ManualClock();
  const still = await start({ clock });
  const waits = async (answer: Promise<unknown>): Promise<boolean> =>
    (await Promise.race([answer, new Promise((done) => setTimeout(done, 50, "waits"))])) ===
    "waits";

  still.faults.add("delay-before");
  const late = create(still);
  assert.ok(await waits(late));
  assert.equal(still.messages.length, 0);
  await until(() => still.faults.pending === 0);
  clock.advance(1000);
  await late;
  assert.equal(still.messages.length, 1);

  still.faults.add("delay-after-created");
  const held = create(still);
  await until(() => still.messages.length === 2);
  assert.ok(await waits(held));
  clock.advance(1000);
  assert.equal((await held).headers.get("twilio-request-duration"), "1.000");
});

test("a client that gives up has its message created all the same", async () => {
  const clock = new ManualClock();
  const still = await start({ clock });
  still.faults.add("delay-before");
  assert.equal((await raw(still, rawCreate(), 100)).end, "timeout");
  await until(() => still.faults.pending === 0);
  assert.equal(still.messages.length, 0);
  clock.advance(1000);
  await until(() => still.messages.length === 1);
});

test("faults strike in order, as often as they are told, and only what they match", async () => {
  standIn.faults.add(
    { preset: "429", times: 2, match: { to: TO } },
    { preset: "503-lost", match: { method: "GET", path: "/Messages" } },
  );
  assert.equal((await create(standIn, { To: "+447700900999" })).status, 201);
  assert.equal((await create(standIn)).status, 429);
  assert.equal((await call("GET", messagesUrl(standIn, live), live)).status, 503);
  assert.equal((await call("GET", messagesUrl(standIn, live), live)).status, 200);
  assert.equal((await create(standIn)).status, 429);
  assert.equal((await create(standIn)).status, 201);

  standIn.faults.add({ preset: "500-lost", times: "always", match: { body: "marked" } });
  for (let i = 0; i < 3; i++)
    assert.equal((await create(standIn, { Body: "a marked text" })).status, 500);
  assert.equal((await create(standIn)).status, 201);
  standIn.faults.clear();
  assert.equal((await create(standIn, { Body: "a marked text" })).status, 201);
});

test("a fault with effect still validates: a bad request creates nothing", async () => {
  const before = standIn.messages.length;
  standIn.faults.add("500-created");
  assert.equal((await create(standIn, { To: "123" })).status, 500);
  assert.equal(standIn.messages.length, before);
  assert.equal(standIn.requests.at(-1)?.note, "refused 21211");
});

test("a marker in the text strikes as often as it says", async () => {
  const text = { Body: "Hello [[fault:503-created:2]]" };
  const statuses = [
    await create(standIn, text),
    await create(standIn, text),
    await create(standIn, text),
  ].map(({ status }) => status);
  assert.deepEqual(statuses, [503, 503, 201]);
  assert.equal((await create(standIn, { Body: "[[fault:no-such-thing]]" })).status, 201);
});

test("faults that make no sense are refused when they are added", () => {
  assert.throws(() => standIn.faults.add("nonsense" as PresetName), /unknown fault `nonsense`/);
  assert.throws(() => standIn.faults.add("constructor" as PresetName), /unknown fault/);
  assert.throws(
    () => standIn.faults.add({ wire: "reset-before-reading", match: { to: TO } }),
    /cannot depend on the form/,
  );
  assert.throws(() => standIn.faults.add({ effect: false }), /needs a reply/);
  assert.throws(() => standIn.faults.add({ wire: "smoke" as Wire }), /unknown wire `smoke`/);
  assert.throws(() => standIn.faults.add({ delay: -1 }), /milliseconds/);
  assert.throws(() => standIn.faults.add({ reply: { status: 99 } }), /status from 200/);
  assert.throws(() => standIn.faults.add({ preset: "429", times: 0 }), /at least once/);
  assert.equal(standIn.faults.pending, 0);
});
