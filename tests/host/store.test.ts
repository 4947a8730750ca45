// Stores that do not answer: the delivery ends, sends nothing because of them, and goes on later.

import assert from "node:assert/strict";
import { afterEach, it, mock } from "node:test";
import { setImmediate as soon } from "node:timers/promises";
import { createDestination, memoryStore, type Outcome, type Store } from "twilio-destination";
import { type CoreDelivery, deliver } from "../../host-shim/deliver.js";

const settings = {
  account_sid: `AC${"1".repeat(32)}`,
  auth_token: "1".repeat(32),
  from: "+447700900000",
};

const row = { to: "+447700900123", body: "Hello" };
const begin = { row: true, place: { run: "spring", row: 1 } };

afterEach(() => mock.timers.reset());

/** What an operation does, by its name. */
const doing = (operation: object) => Object.keys(Object.values((operation as To).to)[0] ?? {})[0];
type To = { to: Record<string, object> };

/** A store that does what it is asked to and, from an operation on, does not say so. */
function silentFrom(name: string): Store & { again(): void } {
  const memory = memoryStore({ now: () => Date.now() });
  let isSilent = false;
  let told = false;
  return {
    again() {
      isSilent = false;
      told = true;
    },
    async update(key, operation) {
      isSilent ||= !told && doing(operation) === name;
      const answer = await memory.update(key, operation);
      return isSilent ? new Promise<object>(() => {}) : answer;
    },
  };
}

/** A host whose time passes once nothing else happens. */
function host(store: Store) {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 4, 4, 10) });
  const methods: string[] = [];
  const fetch = async (_url: string, { method = "" }: RequestInit) => {
    methods.push(method);
    if (method === "GET") return Response.json({ messages: [] });
    return Response.json({ sid: `SM${"1".repeat(32)}`, status: "queued" }, { status: 201 });
  };
  const destination = createDestination(settings, { fetch, now: Date.now, store });
  const ended = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    void work.then(over, over);
    const begun = Date.now();
    while (!isOver) {
      assert.ok(Date.now() < begun + 600_000, "it does not end");
      for (let turn = 0; turn < 20; turn += 1) await soon();
      if (!isOver) mock.timers.tick(500);
    }
    return work;
  };
  return { destination, methods, ended };
}

const only = (outcomes: readonly Outcome[]) => {
  assert.equal(outcomes.length, 1);
  return outcomes[0] as Outcome;
};

const codeOf = (outcome: Outcome) =>
  outcome.type === "deferred" ? outcome.code : JSON.stringify(outcome);

for (const name of ["open", "admit", "reserve", "dispatch"]) {
  it(`a message whose store falls silent at "${name}" is put off, then sent once`, async () => {
    const store = silentFrom(name);
    const { destination, methods, ended } = host(store);
    const begun = Date.now();
    const outcome = only(await ended(destination.send(row, begin)));
    assert.equal(codeOf(outcome), "store_late");
    assert.deepEqual(methods, []);
    const took = Date.now() - begun;
    assert.ok(took >= 30_000, `a slow disk is no dead store: ${took} ms`);
    assert.ok(took <= 40_000, `${took} ms`);
    store.again();
    let again = outcome;
    while (again.type === "deferred") {
      mock.timers.tick(Math.max(again.until - Date.now(), 0));
      again = only(await ended(destination.send(row, begin)));
    }
    assert.equal(again.type, "sent", JSON.stringify(again));
    assert.equal(methods.filter((method) => method === "POST").length, 1);
  });
}

it("a message whose outcome is not taken in is sent, and not noted", async () => {
  const { destination, methods, ended } = host(silentFrom("settle"));
  const outcome = only(await ended(destination.send(row, begin)));
  assert.ok(outcome.type === "sent" && !outcome.recorded, JSON.stringify(outcome));
  assert.deepEqual(methods, ["POST"]);
});

it("a deadline is the store's too", async () => {
  const { destination, ended } = host(silentFrom("open"));
  const begun = Date.now();
  const deadline = begun + 5_000;
  const outcome = only(await ended(destination.send(row, { ...begin, deadline })));
  assert.equal(codeOf(outcome), "store_late");
  assert.ok(Date.now() <= deadline + 2_000, `${Date.now() - begun} ms`);
});

it("an answer that comes too late goes to nobody, whatever it is", async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", note);
  const reports: unknown[] = [];
  const late: (() => void)[] = [];
  let steps = 0;
  const core: CoreDelivery = {
    step: () => ({ type: "store", why: "open_claim", key: "k", operation: {}, timeoutMs: 1 }),
    resume(report) {
      reports.push(report);
      steps += 1;
      return steps < 2 ? this.step() : { type: "done", why: "done", outcomes: [] };
    },
    free() {},
  };
  const store: Store = {
    update: () =>
      new Promise((resolve, reject) => {
        late.push(late.length === 0 ? () => resolve({}) : () => reject(new Error("too late")));
      }),
  };
  const hands = { fetch, now: Date.now, store, wait: async () => {} };
  await deliver(core, hands, Date.now());
  for (const answer of late) answer();
  await soon();
  process.off("unhandledRejection", note);
  assert.deepEqual(reports, [{ type: "storeLate" }, { type: "storeLate" }]);
  assert.deepEqual(unhandled, []);
});
