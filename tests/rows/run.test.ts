// The order in which a run asks for things, without the core: what is sent is told by a script.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Outcome, SendOptions } from "twilio-destination";
import { type RowResult, type Rows, type RunOptions, runRows } from "../../host-shim/rows/run.js";
import type { Step } from "../../host-shim/types.js";

const reply = { code: "c", cause: "", fix: "" };
const sent = {
  type: "sent",
  mapping: "m",
  reply,
  recorded: true,
  againAt: null,
} as never as Outcome;
const failed = { ...sent, type: "failed" } as Outcome;
const deferred = (until: number) => ({ type: "deferred", mapping: "m", until }) as never as Outcome;
const unclear = (againAt: number) => ({ ...sent, type: "unknown", againAt }) as Outcome;
const aside: Step = { why: "wait_for_list", type: "wait", until: 0, aside: true };
const inLine: Step = { why: "wait_for_rate", type: "wait", until: 0, aside: false };

/** A gate that opens when it is told to. */
function gate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

type Script = (row: number, options: SendOptions, time: number) => Promise<Outcome[]> | Outcome[];

/** A run of which everything is written down. */
function scene(script: Script, options: Partial<RunOptions> = {}) {
  const log: string[] = [];
  const times = new Map<number, number>();
  let now = 1_000;
  const hands = {
    send: async (event: unknown, asked: SendOptions) => {
      const row = asked.place?.row ?? Number((event as { id: number }).id);
      const time = (times.get(row) ?? 0) + 1;
      times.set(row, time);
      log.push(`begin ${row}`);
      const outcomes = await script(row, asked, time);
      log.push(`end ${row}`);
      return outcomes;
    },
    now: () => now,
    wait: async (ms: number, signal?: AbortSignal) => {
      log.push(`wait ${ms}`);
      if (!signal?.aborted) await setImmediate();
      now += ms;
    },
  };
  const begin = (rows: Rows) => runRows(rows, { run: "r", ...options }, hands);
  return { log, begin };
}

function* numbered(count: number) {
  for (let id = 1; id <= count; id += 1) yield { id };
}

async function all(results: AsyncIterable<RowResult>): Promise<RowResult[]> {
  const taken: RowResult[] = [];
  for await (const result of results) taken.push(result);
  return taken;
}

const rowsOf = (results: readonly RowResult[]) => results.map(({ row }) => row);

describe("a run over rows", () => {
  it("sends one row after the other, each by its run and its number", async () => {
    const places: unknown[] = [];
    const { log, begin } = scene((_, { place, row }) => {
      places.push({ ...place, flat: row });
      return [sent];
    });
    const results = await all(begin(numbered(3)));
    assert.deepEqual(rowsOf(results), [1, 2, 3]);
    assert.deepEqual(log, ["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
    assert.deepEqual(places[2], { run: "r", row: 3, flat: true });
  });

  it("sends events as events, which have ids of their own", async () => {
    const asked: SendOptions[] = [];
    const { begin } = scene(
      (_, options) => {
        asked.push(options);
        return [sent];
      },
      { events: true },
    );
    await all(begin(numbered(1)));
    assert.deepEqual([asked[0]?.place, asked[0]?.row], [undefined, undefined]);
  });

  it("sets a row aside that waits for word, and goes on with the next", async () => {
    const first = gate();
    const { log, begin } = scene(async (row, { onStep }) => {
      if (row !== 1) return [sent];
      onStep?.(inLine, 0);
      onStep?.(aside, 0);
      onStep?.(aside, 0);
      await first.passed;
      return [failed];
    });
    const results: number[] = [];
    for await (const { row } of begin(numbered(3))) {
      results.push(row);
      if (row === 3) first.open();
    }
    assert.deepEqual(results, [2, 3, 1]);
    assert.deepEqual(log.slice(0, 2), ["begin 1", "begin 2"]);
  });

  it("does not let a row go first that waits for the sender's turn", async () => {
    const first = gate();
    const { log, begin } = scene(async (row, { onStep }) => {
      if (row === 1) onStep?.(inLine, 0);
      if (row === 1) await first.passed;
      return [sent];
    });
    const taking = all(begin(numbered(2)));
    await setImmediate();
    assert.deepEqual(log, ["begin 1"]);
    first.open();
    assert.deepEqual(rowsOf(await taking), [1, 2]);
  });

  it("lets a row that was set aside go on between two others, before any new one", async () => {
    let going = 0;
    let most = 0;
    const turn = async () => {
      going += 1;
      most = Math.max(most, going);
      await setImmediate();
      await setImmediate();
      going -= 1;
    };
    const { log, begin } = scene(async (row, { onStep, signal, wait }) => {
      if (row === 1) {
        onStep?.(aside, 0);
        await wait?.(100, signal);
        log.push("back 1");
      }
      await turn();
      return [sent];
    });
    await all(begin(numbered(4)));
    assert.equal(most, 1, "two went on at once");
    const order = log.filter((line) => /^(begin|back|end)/.test(line));
    assert.deepEqual(order.slice(0, 5), ["begin 1", "begin 2", "end 2", "back 1", "end 1"]);
  });

  it("begins a row again that was put off only once the one under way has ended", async () => {
    let going = 0;
    const { begin } = scene(async (row, _, time) => {
      going += 1;
      assert.equal(going, 1, "two went on at once");
      for (let turn = 0; turn < 4; turn += 1) await setImmediate();
      going -= 1;
      return [row <= 2 && time === 1 ? deferred(1_001) : sent];
    });
    assert.equal((await all(begin(numbered(5)))).length, 5);
  });

  it("sets no more rows aside than it may", async () => {
    const gates = [gate(), gate(), gate()];
    const { log, begin } = scene(
      async (row, { onStep }) => {
        onStep?.(aside, 0);
        await gates[row - 1]?.passed;
        return [sent];
      },
      { aside: 2 },
    );
    const taking = all(begin(numbered(3)));
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    assert.deepEqual(log, ["begin 1", "begin 2"]);
    for (const { open } of gates) open();
    assert.deepEqual(rowsOf(await taking), [1, 2, 3]);
  });

  it("waits for each row if none may be set aside", async () => {
    const { log, begin } = scene(
      async (_, { onStep, wait }) => {
        onStep?.(aside, 0);
        await wait?.(1);
        return [sent];
      },
      { aside: 0 },
    );
    assert.deepEqual(rowsOf(await all(begin(numbered(2)))), [1, 2]);
    assert.deepEqual(log, ["begin 1", "wait 1", "end 1", "begin 2", "wait 1", "end 2"]);
  });

  it("begins again what was put off or stayed unclear, when its outcome says, until it settles", async () => {
    const { log, begin } = scene((row, _, time) => {
      if (row !== 1) return [sent];
      return [time === 1 ? deferred(1_500) : time === 2 ? unclear(2_500) : failed];
    });
    const results = await all(begin(numbered(2)));
    assert.deepEqual(rowsOf(results), [2, 1]);
    assert.deepEqual(results[1]?.outcomes, [failed]);
    assert.deepEqual(
      log.filter((line) => line.startsWith("wait")),
      ["wait 500", "wait 1000"],
    );
  });

  it("keeps what had ended when another message of the same event is begun again", async () => {
    const duplicate = { type: "dropped" } as never as Outcome;
    const { begin } = scene((_, __, time) =>
      time === 1 ? [sent, deferred(1_500)] : [duplicate, failed],
    );
    assert.deepEqual((await all(begin(numbered(1))))[0]?.outcomes, [sent, failed]);
  });

  it("reads no further than it has come", async () => {
    let read = 0;
    function* rows() {
      for (const row of numbered(1_000)) {
        read += 1;
        yield row;
      }
    }
    const { begin } = scene(() => [sent]);
    let taken = 0;
    for await (const _ of begin(rows())) {
      taken += 1;
      assert.ok(read <= taken + 1, `${read} read at ${taken}`);
    }
    assert.equal(taken, 1_000);
  });

  it("gives the result of a row that ends while the next one is awaited", async () => {
    const first = gate();
    const never = gate();
    async function* rows() {
      yield { id: 1 };
      await never.passed;
    }
    const { begin } = scene(async (_, { onStep }) => {
      onStep?.(aside, 0);
      await first.passed;
      return [sent];
    });
    const results = begin(rows());
    const taking = results.next();
    await setImmediate();
    first.open();
    assert.equal((await taking).value?.row, 1);
    never.open();
    assert.equal((await results.next()).done, true);
  });
});

describe("a run that is stopped", () => {
  it("begins nothing more, tells those under way, and gives their results", async () => {
    const stopping = new AbortController();
    const { log, begin } = scene(
      async (row, { onStep, signal }) => {
        if (row === 1) onStep?.(aside, 0);
        if (row === 2) stopping.abort();
        // As the core would: what waits ends without waiting.
        while (row === 1 && !signal?.aborted) await setImmediate();
        return [row === 1 ? unclear(9_000) : sent];
      },
      { signal: stopping.signal },
    );
    const results = await all(begin(numbered(5)));
    assert.deepEqual(rowsOf(results).sort(), [1, 2]);
    assert.ok(!log.includes("begin 3"));
  });

  it("does not begin again what was put off", async () => {
    const stopping = new AbortController();
    const { log, begin } = scene(
      () => {
        stopping.abort();
        return [deferred(5_000)];
      },
      { signal: stopping.signal },
    );
    const results = await all(begin(numbered(2)));
    assert.deepEqual(
      results.map(({ outcomes }) => outcomes[0]?.type),
      ["deferred"],
    );
    assert.equal(log.filter((line) => line.startsWith("begin")).length, 1);
  });

  it("comes to its end although the next row never comes", async () => {
    const stopping = new AbortController();
    async function* rows() {
      yield { id: 1 };
      await new Promise(() => {});
    }
    const { begin } = scene(() => [sent], { signal: stopping.signal });
    const results = begin(rows());
    assert.equal((await results.next()).value?.row, 1);
    setTimeout(() => stopping.abort(), 5);
    assert.equal((await results.next()).done, true);
  });

  it("sends nothing if it was stopped before", async () => {
    const { log, begin } = scene(() => [sent], { signal: AbortSignal.abort() });
    assert.deepEqual(await all(begin(numbered(2))), []);
    assert.deepEqual(log, []);
  });

  it("ends with whoever takes no more results, and closes what the rows were read from", async () => {
    let closed = false;
    let told = false;
    function* rows() {
      try {
        yield* numbered(5);
      } finally {
        closed = true;
      }
    }
    const { begin } = scene(async (row, { onStep, signal }) => {
      if (row !== 1) return [sent];
      onStep?.(aside, 0);
      while (!signal?.aborted) await setImmediate();
      told = true;
      return [sent];
    });
    for await (const _ of begin(rows())) break;
    assert.deepEqual([closed, told], [true, true]);
  });
});

describe("a run that meets an error", () => {
  it("lets the rows under way end before it says that reading failed", async () => {
    const first = gate();
    function* rows() {
      yield { id: 1 };
      yield { id: 2 };
      first.open();
      throw new Error("damaged");
    }
    const { begin } = scene(async (row, { onStep }) => {
      if (row === 1) onStep?.(aside, 0);
      if (row === 1) await first.passed;
      return [sent];
    });
    const taken: number[] = [];
    await assert.rejects(async () => {
      for await (const { row } of begin(rows())) taken.push(row);
    }, /damaged/);
    assert.deepEqual(taken, [2, 1]);
  });

  it("begins nothing more when a send throws, which is a mistake of the caller's", async () => {
    const { log, begin } = scene((row) => {
      if (row === 2) throw new Error("misuse");
      return [sent];
    });
    await assert.rejects(all(begin(numbered(5))), /misuse/);
    assert.ok(!log.includes("begin 3"));
  });
});
