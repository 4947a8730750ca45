// The table of places against a map.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Found, IndexTable } from "../../host-shim/stores/journal/index-table.js";

const key = fc.nat(60).map((number) => `key ${number}`);
const offset = fc.oneof(fc.nat(1_000), fc.integer({ min: 2 ** 32 - 2, max: 2 ** 40 }));
const expiresAt = fc.option(fc.integer({ min: -5_000, max: 20_000 }));
const cell = fc.record({
  offset,
  length: fc.integer({ min: 1, max: 2 ** 20 }),
  left: fc.boolean(),
  expiresAt,
});
const step = fc.tuple(key, fc.option(cell, { freq: 2 }));

type Indexed = Found & { readonly expiresAt: number | null };

/** A table and a map after the same steps, the last of which removes where it is nothing. */
function built(steps: readonly (readonly [string, Indexed | null])[]) {
  const table = new IndexTable();
  const map = new Map<string, Indexed>();
  for (const [name, after] of steps) {
    if (after === null) {
      table.remove(name);
      map.delete(name);
    } else {
      table.put(name, after);
      map.set(name, after);
    }
  }
  return { table, map };
}

const placeOf = ({ offset, length, left }: Found) => ({ offset, length, left });

describe("a table of places", () => {
  it("finds what a map finds", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const { table, map } = built(steps);
        assert.equal(table.size, map.size);
        for (const [name] of steps) {
          const expected = map.get(name);
          assert.deepEqual(table.find(name), expected && placeOf(expected), name);
        }
      }),
    );
  });

  it("lists what has not expired in the file's order, and what may have as doubtful", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.nat(20_000), (steps, now) => {
        const { table, map } = built(steps);
        const listed = [...table.inOrder(now)];
        const offsets = listed.map((found) => found.offset);
        assert.deepEqual(
          offsets,
          [...offsets].sort((one, other) => one - other),
        );
        const sure = listed.filter(({ isDoubtful }) => !isDoubtful).length;
        const living = [...map.values()].filter(
          (it) => it.expiresAt === null || it.expiresAt > now,
        );
        assert.ok(sure <= living.length && living.length <= listed.length);
      }),
    );
  });

  it("is copied to other places", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { table, map } = built(steps);
        const other = new IndexTable();
        for (const { slot, offset } of table.inOrder(-10_000)) {
          other.copy(table, slot, offset + 2 ** 33);
        }
        assert.equal(other.size, map.size);
        for (const [name, { offset, length, left }] of map) {
          assert.deepEqual(other.find(name), { offset: offset + 2 ** 33, length, left });
        }
      }),
    );
  });

  it("grows, and gives back what was removed among a hundred thousand", () => {
    const table = new IndexTable();
    const count = 100_000;
    const cellOf = (at: number) => ({ offset: at * 300, length: 300, left: at % 2 === 0 });
    for (let at = 0; at < count; at += 1) {
      table.put(`key ${at}`, { ...cellOf(at), expiresAt: null });
      if (at % 3 === 0) table.remove(`key ${at / 3}`);
    }
    const removed = Math.ceil(count / 3);
    assert.equal(table.size, count - removed);
    for (let at = 0; at < count; at += 1) {
      assert.deepEqual(table.find(`key ${at}`), at < removed ? undefined : cellOf(at));
    }
  });
});
