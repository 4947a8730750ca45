// The store in memory, and the rules that every store keeps.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { memoryStore } from "../../host-shim/stores/memory.js";
import { add, apply, read } from "./support.js";

describe("a store in memory", () => {
  it("keeps cells apart by their keys", async () => {
    const store = memoryStore({ apply });
    await add(store, "a", "1");
    await add(store, "b", "2");
    await add(store, "a", "3");
    assert.deepEqual(await read(store, "a"), ["1", "3"]);
    assert.deepEqual(await read(store, "b"), ["2"]);
    assert.deepEqual(await read(store, "__proto__"), []);
  });

  it("removes a cell that the core gives up", async () => {
    const store = memoryStore({ apply });
    await add(store, "a", "1");
    await store.update("a", { type: "remove" });
    assert.equal(store.size, 0);
    assert.deepEqual(await read(store, "a"), []);
  });

  it("changes nothing when the core refuses", async () => {
    const store = memoryStore({ apply });
    await add(store, "a", "1");
    await assert.rejects(store.update("a", { type: "throw" }), /thrown by apply/);
    assert.deepEqual(await read(store, "a"), ["1"]);
  });

  it("hands out nothing that could change a cell", async () => {
    const store = memoryStore({ apply });
    const answer = await add(store, "a", "1");
    (answer.marks as string[]).push("forged");
    assert.deepEqual(await read(store, "a"), ["1"]);
  });

  it("never takes a cell's time back", async () => {
    let now = 1_000;
    const store = memoryStore({ apply, now: () => now });
    assert.equal((await add(store, "a", "1")).now, 1_000);
    now = 400;
    assert.equal((await add(store, "a", "2")).now, 1_000);
    assert.equal((await add(store, "b", "1")).now, 400);
    now = 1_001;
    assert.equal((await add(store, "a", "3")).now, 1_001);
  });

  it("refuses a clock that gives no time", async () => {
    const store = memoryStore({ apply, now: () => Number.NaN });
    await assert.rejects(add(store, "a", "1"), TypeError);
    assert.equal(store.size, 0);
  });

  it("takes an expired cell for absent, to the millisecond", async () => {
    let now = 0;
    const store = memoryStore({ apply, now: () => now });
    await add(store, "a", "1", 100);
    now = 99;
    assert.deepEqual(await read(store, "a"), ["1"]);
    await add(store, "b", "1", 100);
    now = 100;
    assert.deepEqual(await read(store, "b"), []);
  });

  it("forgets expired cells before it holds many more than live", async () => {
    let now = 0;
    const living = 500;
    const store = memoryStore({ apply, now: () => now });
    let most = 0;
    for (now = 1; now <= 20_000; now += 1) {
      await add(store, `key ${now}`, "1", now + living);
      most = Math.max(most, store.size);
    }
    assert.ok(most <= 2 * living, `${most} cells were held`);
  });

  it("applies updates of a key one after the other", async () => {
    const marks = fc.uniqueArray(fc.nat().map(String), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(marks, async (all) => {
        const store = memoryStore({ apply });
        const answers = await Promise.all(all.map((mark) => add(store, "a", mark)));
        const seen = answers.map((answer) => answer.marks);
        assert.deepEqual(
          seen,
          all.map((_, at) => all.slice(0, at + 1)),
        );
      }),
    );
  });
});
