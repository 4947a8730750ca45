// Runs with the real core, in virtual time, against a Twilio of a few lines.

import assert from "node:assert/strict";
import { it } from "node:test";
import {
  apply,
  createDestination,
  memoryStore,
  type RowResult,
  type Store,
} from "twilio-destination";

const settings = {
  account_sid: `AC${"1".repeat(32)}`,
  auth_token: "1".repeat(32),
  from: "+447700900000",
  rate: { segments_per_second: 1_000, total_per_second: 1_000 },
  delivery: { list_lag_seconds: 10 },
};

/** One request to create a message. */
interface Create {
  readonly to: string;
  readonly body: string;
}

/** A host whose time passes when it waits. */
function host(answer: (create: Create, created: Create[]) => Response | "lost", store?: Store) {
  const created: Create[] = [];
  const asked: string[] = [];
  let now = Date.UTC(2026, 4, 4);
  const timers: { at: number; done: () => void }[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    asked.push(init.method ?? "");
    if (init.method === "GET") return Response.json({ messages: listed(url, created, now) });
    const form = new URLSearchParams(String(init.body));
    const create = { to: form.get("To") ?? "", body: form.get("Body") ?? "" };
    const reply = answer(create, created);
    if (reply === "lost") throw new TypeError("the reply was lost");
    return reply;
  };
  /** Time passes once nobody has anything else to do. */
  const pass = () => {
    timers.sort((a, b) => a.at - b.at);
    const next = timers.shift();
    if (next === undefined) return;
    now = Math.max(now, next.at);
    next.done();
  };
  const wait = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      timers.push({ at: now + ms, done: resolve });
      signal?.addEventListener("abort", () => resolve());
      if (signal?.aborted) resolve();
      setImmediate(pass);
    });
  const kept = store ?? memoryStore({ now: () => now });
  const given = { fetch, now: () => now, store: kept, wait };
  const run = async (by: typeof fetch, source: Iterable<object>) => {
    const destination = createDestination(settings, { ...given, fetch: by });
    return { created, results: await all(destination.sendRows(source, { run: "r" })) };
  };
  const destination = createDestination(settings, given);
  return { created, asked, fetch, run, store: kept, destination };
}

function listed(url: string, created: readonly Create[], now: number): object[] {
  const to = new URL(url).searchParams.get("To");
  return created
    .filter((create) => create.to === to)
    .map((create, index) => ({
      sid: `SM${String(index).padStart(32, "0")}`,
      status: "sent",
      direction: "outbound-api",
      from: settings.from,
      date_created: new Date(now).toUTCString().replace("GMT", "+0000"),
      num_media: "0",
      num_segments: "1",
      ...create,
    }));
}

function accept(create: Create, created: Create[]): Response {
  created.push(create);
  const sid = `SM${created.length.toString(16).padStart(32, "0")}`;
  return Response.json({ sid, status: "queued", num_segments: "1" }, { status: 201 });
}

function refuse(): Response {
  return Response.json({ code: 20003, message: "Authenticate", status: 401 }, { status: 401 });
}

function* rows(count: number) {
  for (let row = 1; row <= count; row += 1) {
    yield { to: `+4477009${10_000 + row}`, body: `Row ${row}` };
  }
}

async function all(results: AsyncIterable<RowResult>): Promise<RowResult[]> {
  const taken: RowResult[] = [];
  for await (const result of results) taken.push(result);
  return taken;
}

/** A store that counts how often a cell became another one, and so would have to be saved. */
function countingStore(): Store & { changes: number } {
  const cells = new Map<string, string>();
  let now = Date.UTC(2026, 4, 4);
  return {
    changes: 0,
    async update(key, operation) {
      now += 1;
      const before = cells.get(key) ?? "null";
      const { cell, answer } = apply(JSON.parse(before) as object | null, operation, now);
      const after = JSON.stringify(cell);
      if (after !== before) this.changes += 1;
      cells.set(key, after);
      return answer;
    },
  };
}

const typesOf = (results: readonly RowResult[]) =>
  [...results].sort((a, b) => a.row - b.row).map(({ outcomes }) => outcomes[0]?.type);

it("the same run again sends nothing twice, and gives the first outcomes", async () => {
  const { created, store, destination } = host(accept);
  await all(destination.sendRows(rows(3), { run: "spring" }));
  const again = host(accept, store);
  const results = await all(again.destination.sendRows(rows(5), { run: "spring" }));
  assert.deepEqual(typesOf(results), ["dropped", "dropped", "dropped", "sent", "sent"]);
  const [first] = results[0]?.outcomes ?? [];
  assert.ok(first?.type === "dropped" && first.reason.code === "duplicate");
  assert.equal(first.first?.as, "sent");
  assert.deepEqual([created.length, again.created.length], [3, 2]);
  await all(again.destination.sendRows(rows(1), { run: "summer" }));
  assert.equal(again.created.length, 3);
});

it("a row is not sent at a place that is none, where it could be sent again and again", async () => {
  const { created, destination } = host(accept);
  const [row = {}] = rows(1);
  const refused = /a row's place is its run's name and its number/;
  for (const place of [
    { run: "spring" },
    { row: 1 },
    { run: "spring", row: 0 },
    { run: "spring", row: -1 },
    { run: "spring", row: 1.5 },
    { run: "spring", row: Number.NaN },
    { run: "spring", row: 2 ** 53 },
  ]) {
    const given = { row: true, place: place as { run: string; row: number } };
    await assert.rejects(destination.send(row, given), refused);
  }
  const nameless = { run: undefined as never as string };
  await assert.rejects(all(destination.sendRows(rows(2), nameless)), refused);
  assert.equal(created.length, 0);
});

it("an unclear row is set aside, and found again or sent again", async () => {
  const struck = new Set<string>();
  const { created, destination } = host((create, made) => {
    if (struck.has(create.body)) return accept(create, made);
    struck.add(create.body);
    if (create.body === "Row 2") made.push(create);
    return create.body === "Row 2" || create.body === "Row 3" ? "lost" : accept(create, made);
  });
  const results = await all(destination.sendRows(rows(5), { run: "r" }));
  assert.deepEqual(results.map(({ row }) => row).slice(0, 3), [1, 4, 5]);
  assert.deepEqual(typesOf(results), ["sent", "sent", "sent", "sent", "sent"]);
  assert.deepEqual(created.map(({ body }) => body).sort(), [
    "Row 1",
    "Row 2",
    "Row 3",
    "Row 4",
    "Row 5",
  ]);
});

it("after a wrong token, 20,000 rows end without a call and without a change in the store", async () => {
  const store = countingStore();
  const { asked, destination } = host(refuse, store);
  const results = await all(destination.sendRows(rows(20_000), { run: "r" }));
  assert.deepEqual(asked, ["POST"]);
  assert.equal(results.length, 20_000);
  for (const { outcomes } of results) {
    assert.ok(outcomes[0]?.type === "halted" && outcomes[0].reply.twilioCode === 20003);
  }
  assert.ok(store.changes < 20, `${store.changes} changes`);
});

it("rows that were done before cost no change in the store", async () => {
  const store = countingStore();
  await all(host(accept, store).destination.sendRows(rows(5), { run: "r" }));
  const { changes } = store;
  await all(host(accept, store).destination.sendRows(rows(5), { run: "r" }));
  assert.equal(store.changes, changes);
});

it("rows that were done before are told so although the sender is halted", async () => {
  const { store, destination } = host(accept);
  await all(destination.sendRows(rows(2), { run: "r" }));
  const { destination: halted } = host(refuse, store);
  await all(halted.sendRows(rows(1), { run: "another" }));
  assert.deepEqual(typesOf(await all(halted.sendRows(rows(3), { run: "r" }))), [
    "dropped",
    "dropped",
    "halted",
  ]);
});

it("stopped, it tells of what is unclear when to go on, and going on finds out", async () => {
  const stopping = new AbortController();
  const { created, store, destination } = host((create, made) => {
    made.push(create);
    if (create.body === "Row 2") stopping.abort();
    return "lost";
  });
  const { signal } = stopping;
  const results = await all(destination.sendRows(rows(4), { run: "r", signal }));
  assert.equal(results.length, 2);
  for (const { outcomes } of results) {
    assert.ok(outcomes[0]?.type === "unknown" && outcomes[0].againAt !== null);
  }
  const next = host(accept, store);
  // What the list shows is the account's, whoever asks.
  next.created.push(...created);
  const gone = await all(next.destination.sendRows(rows(4), { run: "r" }));
  assert.deepEqual(typesOf(gone), ["sent", "sent", "sent", "sent"]);
  assert.equal(next.created.length, 4);
});

it("stopped while Twilio wants a pause, it puts off what was not sent", async () => {
  const stopping = new AbortController();
  const { destination } = host(() => {
    stopping.abort();
    const headers = { "Retry-After": "3600" };
    return Response.json({ code: 20429, message: "", status: 429 }, { status: 429, headers });
  });
  const { signal } = stopping;
  const results = await all(destination.sendRows(rows(3), { run: "r", signal }));
  assert.deepEqual(typesOf(results), ["deferred"]);
});

it("has one request under way at a time, also where rows come back from being set aside", async () => {
  let going = 0;
  let most = 0;
  const slow = host((create, created) => {
    const row = Number(create.body.slice("Row ".length));
    const again = created.some(({ to }) => to === create.to);
    // Of every third row the reply is lost, and so is the message of every sixth.
    if (row % 3 === 0 && !again && !lost.has(row)) {
      lost.add(row);
      if (row % 6 !== 0) created.push(create);
      return "lost";
    }
    return accept(create, created);
  });
  const lost = new Set<number>();
  const counted = async (url: string, init: RequestInit) => {
    if (init.method === "GET") return slow.fetch(url, init);
    going += 1;
    most = Math.max(most, going);
    await new Promise((resolve) => setTimeout(resolve, 2));
    going -= 1;
    return slow.fetch(url, init);
  };
  const { created, results } = await slow.run(counted, rows(60));
  assert.equal(most, 1);
  assert.equal(new Set(created.map(({ to }) => to)).size, 60);
  assert.equal(created.length, 60);
  assert.ok(typesOf(results).every((type) => type === "sent"));
});
