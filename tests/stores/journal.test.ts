// The journal upon a real disk: what it keeps, what it refuses, and who may hold it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Disk, disk } from "../../host-shim/stores/journal/disk.js";
import { JournalError } from "../../host-shim/stores/journal/error.js";
import {
  type Journal,
  type JournalOptions,
  openJournal,
} from "../../host-shim/stores/journal/journal.js";
import { freshPath } from "./paths.js";
import { add, apply, read } from "./support.js";

const open = (path: string, options: Partial<JournalOptions> = {}) =>
  openJournal(path, { apply, ...options });

/** A journal with one line for each of these marks, all in one cell. */
async function written(path: string, marks: readonly string[]): Promise<void> {
  const journal = await open(path);
  for (const mark of marks) await add(journal, "a", mark);
  await journal.close();
}

async function refusal(opening: Promise<unknown>): Promise<JournalError> {
  const error = await opening.then(
    () => assert.fail("it was opened"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof JournalError, String(error));
  return error;
}

/** What lies beside a file under a longer name, such as a lock. */
function beside(path: string): string[] {
  const names = readdirSync(dirname(path));
  return names.filter((name) => name !== basename(path) && name.startsWith(basename(path)));
}

describe("a journal", () => {
  it("keeps cells, removals and times over a restart", async () => {
    const path = freshPath();
    let journal = await open(path, { now: () => 5_000 });
    await add(journal, "a", "1");
    await add(journal, "b", "é \ud83d\ude00 \ud83d \u2028 \n");
    await add(journal, "gone", "1");
    await journal.update("gone", { type: "remove" });
    await add(journal, "a", "2");
    await journal.close();
    journal = await open(path, { now: () => 3_000 });
    assert.deepEqual(await read(journal, "b"), ["é \ud83d\ude00 \ud83d \u2028 \n"]);
    assert.deepEqual(await read(journal, "gone"), []);
    const answer = await add(journal, "a", "3");
    assert.deepEqual(answer, { marks: ["1", "2", "3"], now: 5_000 });
    await journal.close();
    assert.deepEqual(beside(path), []);
  });

  it("is a line that names the format, one that ends the whole, then one for each save", async () => {
    const path = freshPath();
    const journal = await open(path, { now: () => 7 });
    await add(journal, "a", "1", 90);
    await Promise.all([add(journal, "b", "1"), add(journal, "c", "1")]);
    await journal.update("b", { type: "remove" });
    const text = readFileSync(path, "utf8");
    await journal.close();
    assert.ok(text.endsWith("\n"));
    const lines = text.slice(0, -1).split("\n");
    const cells = lines.slice(1).map((line) => (JSON.parse(line) as { cells: unknown }).cells);
    assert.equal(lines[0], '{"format":"twilio-destination-journal","version":1}');
    assert.deepEqual(cells, [
      [],
      [["a", 7, 90, { marks: ["1"] }]],
      [
        ["b", 7, null, { marks: ["1"] }],
        ["c", 7, null, { marks: ["1"] }],
      ],
      [["b", 0, null, null]],
    ]);
  });

  it("can be read by its owner alone", { skip: process.platform === "win32" }, async () => {
    const path = freshPath();
    await written(path, ["1"]);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("is written anew when opened, without what was replaced or has expired", async () => {
    const path = freshPath();
    let now = 0;
    let journal = await open(path, { now: () => now });
    for (let mark = 0; mark < 100; mark += 1) await add(journal, "a", String(mark % 3));
    await add(journal, "late", "1", 50);
    await journal.close();
    now = 50;
    journal = await open(path, { now: () => now });
    const [, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
    assert.equal(lines.length, 2);
    assert.doesNotMatch(lines.join(), /late/);
    assert.deepEqual(await read(journal, "a"), ["0", "1", "2"]);
    await journal.close();
  });

  it("is written anew while it is open, once it has grown", async () => {
    const path = freshPath();
    const journal = await open(path, { slack: 4_000 });
    let largest = 0;
    for (let round = 0; round < 200; round += 1) {
      await journal.update("a", { type: "remove" });
      await Promise.all([add(journal, "a", String(round)), add(journal, "b", `${round % 2}`)]);
      largest = Math.max(largest, statSync(path).size);
    }
    await journal.close();
    assert.ok(largest < 8_000, `it grew to ${largest} bytes`);
    const again = await open(path);
    assert.deepEqual(await read(again, "a"), ["199"]);
    assert.deepEqual(await read(again, "b"), ["0", "1"]);
    await again.close();
  });

  it("saves what comes at the same time with one sync", async () => {
    let syncs = 0;
    const counting = {
      ...disk,
      create: async (path: string) => {
        const file = await disk.create(path);
        return {
          ...file,
          sync: async () => {
            syncs += 1;
            await file.sync();
          },
        };
      },
    };
    const journal = await openJournal(freshPath(), { apply }, counting);
    syncs = 0;
    await Promise.all(Array.from({ length: 500 }, (_, at) => add(journal, `key ${at}`, "1")));
    assert.equal(syncs, 1);
    await Promise.all([read(journal, "key 1"), read(journal, "key 2")]);
    assert.equal(syncs, 1, "an update that changes nothing saves nothing");
    await journal.close();
  });

  it("applies updates of a key one after the other", async () => {
    const journal = await open(freshPath());
    const marks = Array.from({ length: 300 }, (_, at) => String(at));
    const answers = await Promise.all(
      marks.map(async (mark, at) => {
        if (at % 7 === 0) await new Promise((resolve) => setTimeout(resolve, at % 5));
        return (await add(journal, "a", mark)).marks;
      }),
    );
    const order = await read(journal, "a");
    for (const seen of answers) assert.deepEqual(seen, order.slice(0, seen.length));
    assert.equal(order.length, marks.length);
    await journal.close();
  });

  it("saves what was asked for before it closes, and nothing after", async () => {
    const path = freshPath();
    const journal = await open(path);
    const adding = add(journal, "a", "1");
    await journal.close();
    await adding;
    const error = await refusal(add(journal, "a", "2"));
    assert.equal(error.code, "journal_closed");
    await journal.close();
    const again = await open(path);
    assert.deepEqual(await read(again, "a"), ["1"]);
    await again.close();
  });
});

describe("a journal of more cells than it holds in memory", () => {
  const count = 5_000;
  const names = Array.from({ length: count }, (_, at) => `key ${at} \u00fc`);
  const addAll = (journal: Journal, mark: string) =>
    Promise.all(names.map((name) => add(journal, name, `${mark} of ${name}`)));

  it("reads each back, before and after it is written anew and opened again", async () => {
    const path = freshPath();
    let journal = await open(path, { slack: 500_000 });
    await addAll(journal, "1");
    for (const name of names) assert.deepEqual(await read(journal, name), [`1 of ${name}`]);
    // Written anew meanwhile: the file would be several times as large.
    for (let round = 2; round < 6; round += 1) {
      await addAll(journal, "1");
      const some = names.slice(0, 1_000);
      await Promise.all(some.map((name) => journal.update(name, { type: "remove" })));
      await addAll(journal, "1");
    }
    assert.ok(statSync(path).size < 3_000_000, `${statSync(path).size} bytes`);
    for (const name of names) assert.deepEqual(await read(journal, name), [`1 of ${name}`]);
    await journal.close();
    journal = await open(path);
    for (const name of names) assert.deepEqual(await read(journal, name), [`1 of ${name}`]);
    await journal.close();
  });

  it("stops if its file was changed by something else", async () => {
    const path = freshPath();
    const journal = await open(path);
    await addAll(journal, "1");
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.alloc(bytes.length, "x"));
    const error = await refusal(read(journal, names[0] ?? ""));
    assert.equal(error.code, "journal_stopped");
    assert.match(error.cause, /changed by something else/);
    assert.equal((await refusal(add(journal, "new", "1"))).code, "journal_stopped");
    await journal.close();
  });
});

describe("cells that a process left", () => {
  const taken = (cell: object) => ({
    cell: { marks: [...(cell as { marks: string[] }).marks, "taken over"] },
  });

  it("are taken over when they are first asked for, and no others", async () => {
    const path = freshPath();
    await written(path, ["1"]);
    let journal = await open(path, { takeOver: taken });
    await add(journal, "b", "1");
    assert.deepEqual(await read(journal, "a"), ["1", "taken over"]);
    assert.deepEqual(await read(journal, "a"), ["1", "taken over"]);
    assert.deepEqual(await read(journal, "b"), ["1"]);
    await journal.close();
    journal = await open(path, { takeOver: taken });
    assert.deepEqual(await read(journal, "b"), ["1", "taken over"]);
    await journal.close();
  });

  it("are still theirs after the file was written anew", async () => {
    const path = freshPath();
    await written(path, ["1"]);
    const journal = await open(path, { takeOver: taken, slack: 500 });
    const before = statSync(path).ino;
    for (let mark = 0; statSync(path).ino === before; mark += 1) {
      assert.ok(mark < 1_000, "it is not written anew");
      await add(journal, "b", String(mark % 2));
      await journal.update("b", { type: "remove" });
    }
    await add(journal, "b", "1");
    assert.deepEqual(await read(journal, "a"), ["1", "taken over"]);
    assert.deepEqual(await read(journal, "b"), ["1"]);
    await journal.close();
  });
});

describe("a journal that was cut off", () => {
  it("at any byte gives back every line that was whole", async () => {
    const path = freshPath();
    await written(path, []);
    const journal = await open(path);
    const marks = ["1", "zwei", "üç", "4"];
    const ends = [statSync(path).size];
    for (const mark of marks) {
      await add(journal, "a", mark);
      ends.push(statSync(path).size);
    }
    await journal.close();
    const whole = readFileSync(path);
    assert.equal(whole.length, ends.at(-1));
    for (let size = ends[0] ?? 0; size <= whole.length; size += 1) {
      writeFileSync(path, whole.subarray(0, size));
      const cut = await open(path);
      const answered = ends.filter((end) => end <= size).length - 1;
      assert.deepEqual(await read(cut, "a"), marks.slice(0, answered), `cut at ${size}`);
      await add(cut, "a", "new");
      await cut.close();
      const again = await open(path);
      assert.deepEqual(await read(again, "a"), [...marks.slice(0, answered), "new"]);
      await again.close();
    }
  });

  it("may end in anything but lines of a journal", async () => {
    const path = freshPath();
    await written(path, ["1", "2"]);
    const whole = readFileSync(path);
    const tail = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const zeros = fc.nat(5_000).map((length) => new Uint8Array(length + 1));
    await fc.assert(
      fc.asyncProperty(fc.oneof(tail, zeros), async (garbage) => {
        writeFileSync(path, Buffer.concat([whole, garbage]));
        const journal = await open(path);
        assert.deepEqual(await read(journal, "a"), ["1", "2"]);
        await journal.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe("a file that is refused, and left as it is", () => {
  const refused = async (path: string, content: string | Uint8Array, code: string) => {
    writeFileSync(path, content);
    const error = await refusal(open(path));
    assert.equal(error.code, code);
    assert.equal(error.path, path);
    assert.ok(error.cause.endsWith(".") && error.fix.endsWith("."));
    assert.deepEqual(readFileSync(path), Buffer.from(content));
    assert.deepEqual(beside(path), []);
    return error;
  };

  for (const [name, content] of [
    ["nothing", ""],
    ["a text", "To,Body\n+447700900123,Hi\n"],
    ["other JSON", '{"format":"something else","version":1}\n'],
    ["null", "null\n"],
    ["half of a first line", '{"format":"twilio-destination-jou'],
    ["no version", '{"format":"twilio-destination-journal","version":"1"}\n'],
    ["bytes without lines", new Uint8Array(3 << 20).fill(7)],
  ] as const) {
    it(name, async () => {
      await refused(freshPath(), content, "journal_foreign");
    });
  }

  it("without being read to its end", async () => {
    let reads = 0;
    const counting: Disk = {
      ...disk,
      openToRead: async (path) => {
        const file = await disk.openToRead(path);
        return {
          ...file,
          read: async (into) => {
            reads += 1;
            return await file.read(into);
          },
        };
      },
    };
    const path = freshPath();
    writeFileSync(path, new Uint8Array(8 << 20));
    assert.equal((await refusal(openJournal(path, { apply }, counting))).code, "journal_foreign");
    assert.equal(reads, 1);
  });

  it("a folder", async () => {
    const path = freshPath();
    mkdirSync(path);
    assert.equal((await refusal(open(path))).code, "journal_foreign");
  });

  it("a newer version", async () => {
    const newer = '{"format":"twilio-destination-journal","version":2,"more":[]}\nunknown\n';
    const { cause } = await refused(freshPath(), newer, "journal_newer");
    assert.match(cause, /version 2\b.*version 1\b/);
  });

  it("any byte changed in a line that others follow", async () => {
    const path = freshPath();
    await written(path, []);
    const journal = await open(path);
    await add(journal, "a", "1");
    const first = statSync(path).size;
    await add(journal, "a", "2");
    const second = statSync(path).size;
    await add(journal, "a", "3");
    await journal.close();
    const whole = readFileSync(path);
    for (let at = first; at < second; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (whole[at] ?? 0) ^ 1;
      const { line } = await refused(path, damaged, "journal_corrupt");
      assert.equal(line, 4, `byte ${at}`);
    }
  });

  it("cut off, or any byte changed, in what was written as a whole", async () => {
    const path = freshPath();
    await written(path, ["1", "2"]);
    const journal = await open(path);
    const whole = readFileSync(path);
    await journal.close();
    const [head = ""] = whole.toString("utf8").split("\n");
    for (let at = head.length; at < whole.length; at += 1) {
      await refused(path, whole.subarray(0, at), "journal_corrupt");
    }
    for (let at = head.length + 1; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (whole[at] ?? 0) ^ 1;
      await refused(path, damaged, "journal_corrupt");
    }
  });

  it("a line that is missing, twice there, or elsewhere", async () => {
    const path = freshPath();
    await written(path, []);
    const journal = await open(path);
    for (const mark of ["1", "2", "3", "4"]) await add(journal, "a", mark);
    await journal.close();
    const [head, end, one, two, three, four] = readFileSync(path, "utf8").trimEnd().split("\n");
    for (const [lines, line] of [
      [[head, one, two, three, four], 2],
      [[head, end, two, three, four], 3],
      [[head, end, one, three, four], 4],
      [[head, end, one, one, two, three, four], 4],
      [[head, end, one, three, two, four], 4],
    ] as const) {
      const error = await refused(path, `${lines.join("\n")}\n`, "journal_corrupt");
      assert.equal(error.line, line);
    }
  });

  it("what cannot be reached", async () => {
    const path = `${freshPath()}/deeper`;
    assert.equal((await refusal(open(path))).code, "journal_unusable");
    writeFileSync(dirname(path), "");
    assert.equal((await refusal(open(path))).code, "journal_unusable");
  });
});

describe("a journal's lock", () => {
  const ended = async (): Promise<number> => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await new Promise((resolve) => child.on("close", resolve));
    return child.pid ?? 0;
  };
  const leave = async (change: object): Promise<string> => {
    const path = freshPath();
    const journal = await open(path);
    const lock = JSON.parse(readFileSync(`${path}.lock`, "utf8")) as object;
    await journal.close();
    writeFileSync(`${path}.lock`, JSON.stringify({ ...lock, token: "left", ...change }));
    return path;
  };

  it("keeps everybody else out", async () => {
    const path = freshPath();
    const journal = await open(path);
    const error = await refusal(open(path));
    assert.equal(error.code, "journal_locked");
    assert.match(error.cause, new RegExp(`process ${process.pid} on ${hostname()}`));
    await add(journal, "a", "1");
    await journal.close();
    await (await open(path)).close();
  });

  it("is one lock for a file and a link to it", async () => {
    const path = freshPath();
    const link = freshPath();
    await written(path, ["1"]);
    symlinkSync(path, link);
    const journal = await open(link);
    assert.equal((await refusal(open(path))).code, "journal_locked");
    await add(journal, "a", "2");
    await journal.close();
    const again = await open(path);
    assert.deepEqual(await read(again, "a"), ["1", "2"]);
    await again.close();
  });

  it("is taken over from a process that has ended", async () => {
    const path = await leave({ pid: await ended() });
    await (await open(path)).close();
    assert.deepEqual(beside(path), []);
  });

  it("is taken over when its process id was given to another", {
    skip: process.platform !== "linux",
  }, async () => {
    await (await open(await leave({ started: "1" }))).close();
    await (await open(await leave({ space: "an earlier start" }))).close();
  });

  it("is respected when it is of another machine, or not understood", async () => {
    const path = await leave({ host: "another.example", pid: await ended() });
    assert.equal((await refusal(open(path))).code, "journal_locked");
    writeFileSync(`${path}.lock`, "somebody's\n");
    const { code, fix } = await refusal(open(path));
    assert.equal(code, "journal_locked");
    assert.ok(fix.includes(`delete ${path}.lock`));
    assert.equal(readFileSync(`${path}.lock`, "utf8"), "somebody's\n");
  });

  it("is taken over by one, however many try at once", async () => {
    for (let round = 0; round < 20; round += 1) {
      const path = await leave({ pid: await ended() });
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => open(path)));
      const opened = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      const works = await Promise.allSettled(opened.map((one, at) => add(one, "a", String(at))));
      const answered = works.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      assert.equal(answered.length, 1);
      await Promise.all(opened.map((one) => one.close()));
      const journal = await open(path);
      assert.deepEqual(await read(journal, "a"), answered[0]?.marks);
      await journal.close();
      assert.deepEqual(beside(path), []);
    }
  });

  it("that was taken away stops the journal before it answers", async () => {
    const path = freshPath();
    const robbed = await open(path);
    await add(robbed, "a", "1");
    renameSync(`${path}.lock`, `${path}.taken`);
    const next = await open(path);
    await add(next, "a", "2");
    const error = await refusal(add(robbed, "a", "3"));
    assert.equal(error.code, "journal_stopped");
    assert.equal((await refusal(read(robbed, "a"))).code, "journal_stopped");
    await robbed.close();
    assert.ok(existsSync(`${path}.lock`), "the other's lock is left");
    assert.deepEqual(await read(next, "a"), ["1", "2"]);
    await next.close();
    const again = await open(path);
    assert.deepEqual(await read(again, "a"), ["1", "2"]);
    await again.close();
  });

  it("that was taken away does not let a journal be replaced", async () => {
    // After one of these numbers of updates, the next writes the file anew.
    for (let before = 0; before < 8; before += 1) {
      const path = freshPath();
      const robbed = await open(path, { slack: 0 });
      for (let mark = 0; mark < before; mark += 1) await add(robbed, "a", String(mark));
      renameSync(`${path}.lock`, `${path}.taken`);
      const next = await open(path);
      const { marks } = await add(next, "a", "next");
      await refusal(add(robbed, "a", "robbed"));
      await next.close();
      const again = await open(path);
      assert.deepEqual(await read(again, "a"), marks);
      await again.close();
    }
  });
});

it("a journal that somebody else wrote into is refused when it is opened again", async () => {
  const path = freshPath();
  const journal = await open(path);
  await add(journal, "a", "1");
  appendFileSync(path, "a note\n");
  await add(journal, "a", "2");
  await journal.close();
  const { code, line } = await refusal(open(path));
  assert.deepEqual([code, line], ["journal_corrupt", 4]);
});
