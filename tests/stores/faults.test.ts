// The journal upon a disk that is full, fails or loses power: what was answered for is kept, and
// what was refused has not happened.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { JournalError } from "../../host-shim/stores/journal/error.js";
import { type Journal, openJournal } from "../../host-shim/stores/journal/journal.js";
import { type Action, FakeDisk, systemError } from "./fake-disk.js";
import { add, addLazily, apply, read } from "./support.js";

const path = "/data/claims.journal";
const open = (disk: FakeDisk, slack?: number) => openJournal(path, { apply, slack }, disk);

async function refusal(refused: Promise<unknown>): Promise<JournalError> {
  const error = await refused.then(
    () => assert.fail("it was not refused"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof JournalError, String(error));
  return error;
}

/** Makes the next of an action upon the journal's file fail, once. */
function failNext(disk: FakeDisk, failing: Action, code: string): void {
  disk.fault = (action, file) => {
    if (action !== failing || file.includes(".lock")) return undefined;
    disk.fault = () => undefined;
    throw systemError(code);
  };
}

describe("a journal on a full disk", () => {
  it("refuses the update, keeps what was, and goes on once there is room", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk);
    await add(journal, "a", "1");
    for (const wrote of [0, 1, 30, 60]) {
      disk.fault = (action) => (action === "append" ? { wrote } : undefined);
      const error = await refusal(add(journal, "a", "2"));
      assert.equal(error.code, "journal_not_saved");
      assert.match(error.cause, /ENOSPC/);
      disk.fault = () => undefined;
      assert.deepEqual(await read(journal, "a"), ["1"]);
    }
    await add(journal, "a", "3");
    await journal.close();
    const again = await open(disk);
    assert.deepEqual(await read(again, "a"), ["1", "3"]);
    await again.close();
  });

  it("refuses what was built upon the refused update too", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = new SlowDisk(held);
    const other = await openJournal(path, { apply }, slow);
    await add(other, "a", "0");
    slow.hold = true;
    const written = refusal(add(other, "a", "1"));
    await slow.writing;
    const built = refusal(add(other, "a", "2"));
    const seen = refusal(read(other, "a"));
    const elsewhere = refusal(add(other, "b", "1"));
    release();
    for (const one of [written, built, seen, elsewhere]) {
      assert.equal((await one).code, "journal_not_saved");
    }
    slow.hold = false;
    assert.deepEqual(await read(other, "a"), ["0"]);
    assert.deepEqual(await read(other, "b"), []);
    await other.close();
  });

  it("keeps what was answered at once, and refuses what was waited for", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk);
    await addLazily(journal, "a", "1");
    await addLazily(journal, "b", "1");
    disk.fault = (action) => (action === "append" ? { wrote: 30 } : undefined);
    assert.equal((await refusal(add(journal, "a", "2"))).code, "journal_not_saved");
    disk.fault = () => undefined;
    await add(journal, "c", "1");
    const after = await open(disk.afterPowerLoss(() => 0));
    assert.deepEqual(await read(after, "a"), ["1"]);
    assert.deepEqual(await read(after, "b"), ["1"]);
    assert.deepEqual(await read(journal, "a"), ["1"]);
    await journal.close();
  });

  it("answers nothing at once that is built upon what may be refused", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = new SlowDisk(held);
    const journal = await openJournal(path, { apply }, slow);
    slow.hold = true;
    const written = refusal(add(journal, "a", "1"));
    await slow.writing;
    const built = refusal(addLazily(journal, "a", "2"));
    await addLazily(journal, "b", "1");
    release();
    assert.equal((await written).code, "journal_not_saved");
    assert.equal((await built).code, "journal_not_saved");
    slow.hold = false;
    assert.deepEqual(await read(journal, "a"), []);
    assert.deepEqual(await read(journal, "b"), ["1"]);
    await journal.close();
  });

  it("answers only so many at once, and refuses the others until there is room", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk);
    disk.fault = (action) => (action === "append" ? { wrote: 0 } : undefined);
    const attempts = Array.from({ length: 2_000 }, (_, at) => String(at));
    const answered: string[] = [];
    for (const key of attempts) {
      const done = addLazily(journal, key, "1").then(() => answered.push(key));
      await done.catch((error: JournalError) => assert.equal(error.code, "journal_not_saved"));
    }
    assert.ok(answered.length > 0 && answered.length < 1_000, String(answered.length));
    disk.fault = () => undefined;
    await add(journal, "z", "1");
    const after = await open(disk.afterPowerLoss(() => 0));
    for (const key of attempts) {
      assert.deepEqual(await read(after, key), answered.includes(key) ? ["1"] : [], key);
    }
    await journal.close();
  });

  it("goes on in the old file where there is no room to write it anew", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk, 0);
    disk.fault = (action) => {
      if (action === "create") throw systemError("ENOSPC");
      return undefined;
    };
    const marks = Array.from({ length: 20 }, (_, at) => String(at));
    for (const mark of marks) await add(journal, "a", mark);
    await journal.close();
    disk.fault = () => undefined;
    const again = await open(disk);
    assert.deepEqual(await read(again, "a"), marks);
    await again.close();
  });

  it("is refused when it is opened, and left as it is", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk);
    await add(journal, "a", "1");
    await journal.close();
    const found = disk.names;
    const steps = [
      "create",
      "append",
      "sync",
      "rename",
      "syncFolder",
      "link",
      "writeText",
    ] as const;
    for (const failing of steps) {
      disk.fault = (action) => {
        if (action === failing) throw systemError("ENOSPC");
        return undefined;
      };
      assert.equal((await refusal(open(disk))).code, "journal_unusable", failing);
      assert.deepEqual(disk.names, found, failing);
      disk.fault = () => undefined;
      const again = await open(disk);
      assert.deepEqual(await read(again, "a"), ["1"]);
      await again.close();
    }
  });
});

describe("a journal on a disk that fails", () => {
  it("stops after a sync that failed, until it is opened again", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk);
    await add(journal, "a", "1");
    failNext(disk, "sync", "EIO");
    assert.equal((await refusal(add(journal, "a", "2"))).code, "journal_stopped");
    assert.equal((await refusal(add(journal, "a", "3"))).code, "journal_stopped");
    assert.equal((await refusal(read(journal, "a"))).code, "journal_stopped");
    await journal.close();
    const again = await open(disk);
    assert.equal((await read(again, "a"))[0], "1");
    await again.close();
  });

  it("stops when its new file may not outlast a loss of power", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk, 0);
    disk.fault = (action) => {
      if (action === "syncFolder") throw systemError("EIO");
      return undefined;
    };
    const codes: string[] = [];
    for (let mark = 0; mark < 5; mark += 1) {
      await add(journal, "a", String(mark)).catch((error: JournalError) => codes.push(error.code));
    }
    assert.ok(codes.length > 0 && codes.every((code) => code === "journal_stopped"));
  });

  it("stops when its lock cannot be read", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk);
    disk.fault = (action, file) => {
      if (action === "read" && file.endsWith(".lock")) throw systemError("EIO");
      return undefined;
    };
    assert.equal((await refusal(add(journal, "a", "1"))).code, "journal_stopped");
  });
});

it("a lock that another took over in between is given back to it", async () => {
  const disk = new FakeDisk();
  const lock = `${path}.lock`;
  await open(disk);
  const living = await disk.readText(lock);
  const left = JSON.stringify({ ...(JSON.parse(living) as object), space: "an earlier start" });
  await disk.writeText(lock, left);
  const stealing = disk.writeText.bind(disk, lock, living);
  let taken: Promise<void> | undefined;
  disk.fault = (action, file) => {
    if (action === "rename" && file === lock) taken ??= stealing();
    return undefined;
  };
  assert.equal((await refusal(open(disk))).code, "journal_locked");
  assert.ok(taken !== undefined);
  assert.equal(await disk.readText(lock), living);
});

/** Something that a run does: updates at the same time, while the disk may fail. */
interface Burst {
  readonly keys: readonly string[];
  /** Whether each of them need not be durable when it is answered. */
  readonly lazy: readonly boolean[];
  readonly fault: {
    readonly action: Action;
    readonly after: number;
    readonly wrote: number;
  } | null;
}

const burst = fc.record({
  keys: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 }),
  lazy: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  fault: fc.option(
    fc.record({
      action: fc.constantFrom<Action>("append", "sync", "create", "rename", "syncFolder"),
      after: fc.nat(3),
      wrote: fc.nat(80),
    }),
    { freq: 3 },
  ),
});

function inject(disk: FakeDisk, fault: Burst["fault"]): void {
  let left = fault?.after ?? 0;
  disk.fault = (action) => {
    if (action !== fault?.action) return undefined;
    left -= 1;
    if (left >= 0) return undefined;
    if (action === "append") return { wrote: fault.wrote };
    throw systemError("EIO");
  };
}

it("whatever fails and whenever the power goes, what was answered for is kept with all before it", async () => {
  const random = fc.infiniteStream(fc.nat(2 ** 30));
  const runs = fc.array(fc.array(burst, { maxLength: 8 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(runs, random, fc.nat(400), async (lives, numbers, slack) => {
      const draw = (end: number) => (numbers.next().value as number) % end;
      let disk = new FakeDisk();
      let marks = 0;
      /** What was answered for, and what was refused for certain. */
      const kept = new Map<string, Set<string>>();
      const refused = new Set<string>();
      for (const life of lives) {
        const journal: Journal = await open(disk, slack);
        /** What was answered at once, in order. */
        const answered: (readonly [string, string])[] = [];
        const keep = (key: string, mark: string) =>
          kept.set(key, (kept.get(key) ?? new Set()).add(mark));
        for (const { keys, lazy, fault } of life) {
          inject(disk, fault);
          await Promise.all(
            keys.map(async (key, at) => {
              marks += 1;
              const mark = String(marks);
              const before = [...answered];
              try {
                if (lazy[at]) {
                  await addLazily(journal, key, mark);
                  answered.push([key, mark]);
                  return;
                }
                await add(journal, key, mark);
                keep(key, mark);
                for (const earlier of before) keep(...earlier);
              } catch (error) {
                if ((error as JournalError).code === "journal_not_saved") refused.add(mark);
              }
            }),
          );
        }
        disk.fault = () => undefined;
        disk = disk.afterPowerLoss(draw);
        const again = await open(disk, slack);
        for (const key of ["a", "b", "c"]) {
          const found = await read(again, key);
          for (const mark of kept.get(key) ?? []) assert.ok(found.includes(mark), `${key} ${mark}`);
          for (const mark of found) assert.ok(!refused.has(mark), `${key} ${mark} was refused`);
          const order = found.map(Number);
          assert.deepEqual(
            order,
            [...order].sort((one, other) => one - other),
          );
        }
        await again.close();
      }
    }),
    { numRuns: 400 },
  );
});

/** A disk whose writes wait, then fail. */
class SlowDisk extends FakeDisk {
  hold = false;
  readonly writing: Promise<void>;
  readonly #release: Promise<void>;
  #begun = () => {};

  constructor(release: Promise<void>) {
    super();
    this.#release = release;
    this.writing = new Promise((resolve) => {
      this.#begun = resolve;
    });
  }

  override async create(file: string) {
    const made = await super.create(file);
    const append = async (bytes: Uint8Array) => {
      if (!this.hold) return made.append(bytes);
      this.#begun();
      await this.#release;
      throw systemError("ENOSPC");
    };
    return { ...made, append };
  }
}

describe("what need not be durable", () => {
  const counted = () => {
    const disk = new FakeDisk();
    const counts = { append: 0, sync: 0 };
    const count = () => {
      disk.fault = (action) => {
        if (action === "append" || action === "sync") counts[action] += 1;
        return undefined;
      };
    };
    return { disk, counts, count };
  };

  it("is answered at once, and saved in one line with what comes next", async () => {
    const { disk, counts, count } = counted();
    const journal = await open(disk);
    count();
    for (const key of ["a", "b", "c"]) await addLazily(journal, key, "1");
    assert.deepEqual(counts, { append: 0, sync: 0 });
    await add(journal, "d", "1");
    assert.deepEqual(counts, { append: 1, sync: 1 });
    const after = await open(disk.afterPowerLoss(() => 0));
    for (const key of ["a", "b", "c", "d"]) assert.deepEqual(await read(after, key), ["1"]);
    await after.close();
    await journal.close();
  });

  it("is saved before a durable answer rests on it", async () => {
    const { disk, counts, count } = counted();
    const journal = await open(disk);
    count();
    await addLazily(journal, "a", "1");
    assert.deepEqual(await read(journal, "b"), []);
    assert.equal(counts.sync, 0);
    assert.deepEqual(await read(journal, "a"), ["1"]);
    assert.equal(counts.sync, 1);
    await journal.close();
  });

  it("is saved when the journal is closed", async () => {
    const disk = new FakeDisk();
    const journal = await open(disk);
    await addLazily(journal, "a", "1");
    await journal.close();
    const again = await open(disk);
    assert.deepEqual(await read(again, "a"), ["1"]);
    await again.close();
  });

  it("does not gather without end", async () => {
    const { disk, counts, count } = counted();
    const journal = await open(disk);
    count();
    for (let key = 0; key < 2_000; key += 1) await addLazily(journal, String(key), "1");
    await journal.close();
    assert.ok(counts.sync >= 7 && counts.sync <= 9, `${counts.sync} syncs`);
  });
});
