// The parts of `send` that can be tried without sending: reading, counting, showing.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { Outcome } from "twilio-destination";
import { commandLine } from "../../host-shim/cli/command-line.js";
import { csvRecords, type RowFault } from "../../host-shim/cli/csv.js";
import { readRows, survey } from "../../host-shim/cli/input.js";
import { bar, duration, Progress, plainLine, Speed } from "../../host-shim/cli/progress.js";
import { beginRun } from "../../host-shim/cli/runs.js";
import { redirectTo, standInOf } from "../../host-shim/cli/stand-in.js";
import { Tally } from "../../host-shim/cli/tally.js";
import { file } from "./support.js";

/** Bytes in pieces of this size, so that everything is cut somewhere. */
async function* pieces(text: string | Uint8Array, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function records(text: string, delimiter = ",", size = 3) {
  const found: unknown[] = [];
  const options = { delimiter, longest: 1_000 };
  for await (const record of csvRecords(pieces(text, size), options)) found.push(record);
  return found;
}

async function faults(text: string): Promise<string[]> {
  const found: RowFault[] = [];
  const options = { delimiter: ",", longest: 100, onFault: (fault: RowFault) => found.push(fault) };
  try {
    for await (const _ of csvRecords(pieces(text, 7), options));
  } catch (error) {
    found.push(error as RowFault);
  }
  return found.map(({ message }) => message);
}

describe("CSV", () => {
  it("is read with quotes, line breaks in values, a byte order mark and any line ends", async () => {
    const expected = [
      { to: "+447700900123", body: 'Hi "you",\nthere' },
      { to: "+447700900124", body: "" },
    ];
    const text = 'to,body\n+447700900123,"Hi ""you"",\nthere"\n\n+447700900124,\n';
    assert.deepEqual(await records(text), expected);
    assert.deepEqual(await records(`\ufeff${text.trimEnd()}`), expected);
    assert.deepEqual(await records("to , body\r\n1,ü🙂\r\n"), [{ to: "1", body: "ü🙂" }]);
    assert.deepEqual(await records("to;body\n1;a,b\n", ";"), [{ to: "1", body: "a,b" }]);
    assert.deepEqual(await records("to,__proto__\n1,2\n"), [
      Object.defineProperty({ to: "1" }, "__proto__", {
        value: "2",
        enumerable: true,
        configurable: true,
        writable: true,
      }),
    ]);
    assert.deepEqual(await records("to,body\n"), []);
    assert.deepEqual(await records(""), []);
  });

  it("is refused where it is damaged: each place, and no value", async () => {
    const columns = "it has more or fewer values than there are columns";
    assert.deepEqual(await faults("to,body\n1\n1,2\n1,2,3\n"), [
      `line 2: ${columns}`,
      `line 4: ${columns}`,
    ]);
    for (const [text, reason] of [
      [
        'to\n1\n"5ec2e7\nand more\n',
        /line 3: in this row or one after it, a quote is never closed/,
      ],
      ['to,body\n1,a"5ec2e7"\n', /line 2: there is a quote within a value/],
      ['to,body\n1,"a"5ec2e7\n', /line 2: a quote is followed by something other/],
      [`to\n${"5ec2e7".repeat(50)}\n`, /line 2: it is longer than any row can be/],
      ["to,to\n1,2\n", /line 1: columns 1 and 2 have the same name/],
      ["to,,x\n1,2,3\n", /line 1: column 2 has no name/],
    ] as const) {
      const told = await faults(text);
      assert.match(told.join("\n"), reason);
      assert.ok(!told.join("").includes("5ec2e7"), told.join("\n"));
    }
  });
});

describe("rows of a file", () => {
  const never = new AbortController().signal;
  const csv = (path: string) => ({ file: path, format: "csv" as const, delimiter: "," });
  const ndjson = (path: string) => ({ file: path, format: "ndjson" as const, delimiter: "," });

  it("are counted, and the file has a hash", async () => {
    const path = file("to,body\n1,2\n3,4\n");
    const found = await survey(csv(path), never);
    assert.equal(found.rows, 2);
    assert.match(found.hash, /^[0-9a-f]{64}$/);
    assert.notEqual((await survey(csv(file("to,body\n1,2\n3,5\n")), never)).hash, found.hash);
    assert.equal((await survey(ndjson(file('{"to":1}\n\n{"to":2}')), never)).rows, 2);
  });

  it("are refused where a line of NDJSON is no row", async () => {
    const lines = ['{"to":1}', "{", "", "[1]", '{"name":"Jos\u00e9"}', "null"];
    const path = file(
      Buffer.from(`\n${lines.join("\n")}\n{"to":"${"1".repeat(1 << 20)}"}`, "latin1"),
    );
    await assert.rejects(survey(ndjson(path), never), (error: Error) => {
      const told = error.message.split("\n").map((line) => line.replace(/^.*json`, /, ""));
      assert.deepEqual(told, [
        "line 3: it is not JSON",
        "line 5: it is JSON, but no object",
        "line 6: it is not text in UTF-8; save the file as UTF-8",
        "line 7: it is JSON, but no object",
        "line 8: it is longer than any row can be",
        "Nothing was sent.",
      ]);
      return true;
    });
  });

  it("are those that were looked through, or none", async () => {
    for (const change of [
      (path: string) => appendFileSync(path, "3\n"),
      (path: string) => {
        rmSync(path);
        writeFileSync(path, "to\n1\n4\n");
      },
    ]) {
      const path = file(`to\n1\n2\n`);
      const { stamp } = await survey(csv(path), never);
      change(path);
      await assert.rejects(async () => {
        for await (const _ of readRows(csv(path), never, stamp)) assert.fail("a row was read");
      }, /has changed while it was being read/);
    }
  });

  it("are not those of a pipe, which can be read once", {
    skip: process.platform === "win32",
  }, async () => {
    const path = `${file("")}.pipe`;
    execFileSync("mkfifo", [path]);
    await assert.rejects(survey(csv(path), never), /is no file that can be read twice/);
  });

  it("are given as objects, or as the bytes of their lines", async () => {
    const all = async (rows: AsyncIterable<unknown>) => {
      const taken: unknown[] = [];
      for await (const row of rows) taken.push(row);
      return taken;
    };
    assert.deepEqual(await all(readRows(csv(file("to\n1\n")), never)), [{ to: "1" }]);
    const [line] = await all(readRows(ndjson(file('\ufeff{"to":1}\n')), never));
    assert.deepEqual(Buffer.from(line as Uint8Array).toString(), '{"to":1}');
  });

  it("are refused as a whole, with every damaged place, up to ten", async () => {
    const path = file(`to,body\n${"1\n".repeat(12)}`);
    await assert.rejects(survey(csv(path), never), (error: Error) => {
      const lines = error.message.split("\n");
      assert.equal(lines.length, 12);
      assert.match(lines[0] ?? "", /json`, line 2: it has more or fewer values/);
      assert.deepEqual(lines.slice(10), ["and 2 more", "Nothing was sent."]);
      return true;
    });
    const latin1 = file(Buffer.from("to,body\n1,Jos\u00e9\n2,b\n", "latin1"));
    await assert.rejects(survey(csv(latin1), never), /line 2: it is not text in UTF-8/);
    const cut = file(Buffer.concat([Buffer.from("to,body\n1,a\n2,b"), Buffer.of(0xe2, 0x82)]));
    await assert.rejects(survey(csv(cut), never), /line 3: it is not text in UTF-8/);
    const wide = file(Buffer.from("\ufeffto,body\n1,a\n", "utf16le"));
    await assert.rejects(survey(csv(wide), never), /line 1: it is text in UTF-16/);
    await assert.rejects(survey(csv("no/such/file"), never), /there is no such file/);
  });
});

describe("a CSV file's columns", () => {
  const never = new AbortController().signal;
  const read = (text: string, columns: readonly string[]) =>
    survey({ file: file(text), format: "csv", delimiter: ",", columns }, never);

  it("must have one that is read, if any is", async () => {
    assert.equal((await read("to,other\n1,2\n", ["to", "body"])).rows, 1);
    assert.equal((await read("any\n1\n", [])).rows, 1);
    await assert.rejects(
      read("phone;text\n1;2\n", ["to", "body"]),
      /line 1: it has none of the columns that the settings read, `to`, `body`; .*--delimiter/,
    );
  });

  it("say of one damaged place once that it is damaged", async () => {
    const text = `to,body\n1,"a"5ec2e7 "\n1,"${"x".repeat(3_000_000)}"\n`;
    await assert.rejects(read(text, ["to"]), (error: Error) => {
      const lines = error.message.split("\n").map((line) => /line \d+/.exec(line)?.[0]);
      assert.equal(new Set(lines).size, lines.length, error.message);
      return true;
    });
  });
});

describe("the list of runs", () => {
  it("lets a run go on with the same file, and no other", async () => {
    const journal = file("");
    const chosen = true;
    await beginRun(journal, { name: "spring", hash: "a", chosen });
    await beginRun(journal, { name: "__proto__", hash: "b", chosen });
    await beginRun(journal, { name: "spring", hash: "a", chosen });
    await assert.rejects(
      beginRun(journal, { name: "spring", hash: "b", chosen }),
      /the file has changed since the run `spring` was begun.*--run/,
    );
    assert.match(readFileSync(`${journal}.runs`, "utf8"), /"version": 1/);
  });

  it("sends the same rows again only under a name that was chosen", async () => {
    const journal = file("");
    await beginRun(journal, { name: "a.csv", hash: "a", chosen: false });
    await beginRun(journal, { name: "a.csv", hash: "a", chosen: false });
    await assert.rejects(
      beginRun(journal, { name: "./a.csv", hash: "a", chosen: false }),
      /the same rows as the run `a\.csv`.*--run/,
    );
    await beginRun(journal, { name: "again", hash: "a", chosen: true });
    await beginRun(journal, { name: "b.csv", hash: "b", chosen: false });
  });

  it("is refused if it cannot be read, and left as it is", async () => {
    for (const content of ["{", "[]", "null", '{"format":"twilio-destination-runs","version":2}']) {
      const journal = file("");
      writeFileSync(`${journal}.runs`, content);
      await assert.rejects(
        beginRun(journal, { name: "spring", hash: "a", chosen: true }),
        /is no list of runs that can be read/,
      );
      assert.equal(readFileSync(`${journal}.runs`, "utf8"), content);
    }
  });
});

const reply = { code: "sent", cause: "It was.", fix: "Nothing.", segments: 2 };
const sent = { type: "sent", mapping: "m", reply, againAt: null } as never as Outcome;

function outcome(type: string, code: string, more: object = {}): Outcome {
  const said = { code, cause: `Cause of ${code}.`, fix: "Fix it.", segments: null };
  const place = { reply: said, reason: said, ...said };
  return { type, mapping: "m", againAt: null, ...place, ...more } as never as Outcome;
}

describe("the sum of a run", () => {
  it("counts by outcome and reason, with the cost in segments", () => {
    const tally = new Tally(false);
    assert.equal(tally.summary(), "no rows: nothing to send\n");
    for (let row = 0; row < 1_200; row += 1) tally.addOutcomes([sent]);
    assert.ok(tally.isClean && !tally.canGoOn);
    tally.addOutcomes([outcome("sent", "sent")]);
    tally.addOutcomes([outcome("dropped", "recipient_invalid")]);
    tally.addOutcomes([outcome("dropped", "recipient_invalid"), sent]);
    tally.addOutcomes([outcome("dropped", "duplicate", { first: { as: "sent" } })]);
    assert.ok(tally.isClean && !tally.canGoOn);
    tally.addOutcomes([outcome("failed", "recipient_refused")]);
    tally.addOutcomes([outcome("unknown", "gave_up")]);
    assert.ok(!tally.isClean && !tally.canGoOn);
    tally.addOutcomes([outcome("unknown", "lost", { againAt: 5 })]);
    tally.addOutcomes([outcome("halted", "credentials_wrong")]);
    tally.addOutcomes([outcome("deferred", "rate")]);
    assert.ok(!tally.isClean && tally.canGoOn);
    assert.equal(tally.rows, 1_209);
    assert.equal(
      tally.summary(),
      `1,209 rows: 1,202 sent, 1 done before, 2 dropped, 1 failed, 1 halted, 1 unknown, 1 still unclear, 1 put off
2,402 segments were billed, and those of 1 message whose segments are not known
  1 halted, credentials_wrong: Cause of credentials_wrong. Fix it.
  1 unknown, gave_up: Cause of gave_up. Fix it.
  1 still unclear, lost: Cause of lost. Fix it.
  1 failed, recipient_refused: Cause of recipient_refused. Fix it.
  1 put off, rate: Cause of rate. Fix it.
  2 dropped, recipient_invalid: Cause of recipient_invalid. Fix it.
`,
    );
  });

  it("says how those ended that were done before, unless they were sent", () => {
    const tally = new Tally(false);
    const first = { as: "failed", code: "recipient_refused" };
    tally.addOutcomes([outcome("dropped", "duplicate", { first })]);
    assert.match(tally.summary(), / {2}1 done before, failed as recipient_refused/);
  });

  it("says of a cause that not all of them have that it is an example", () => {
    const tally = new Tally(false);
    for (const cause of ["Until 08:00.", "Until 09:00."]) {
      const reason = { code: "quiet_hours", cause, fix: "Wait." };
      tally.addOutcomes([outcome("dropped", "quiet_hours", { reason })]);
    }
    assert.match(
      tally.summary(),
      /\n {2}2 dropped, quiet_hours: for example: Until 08:00\. Wait\.\n/,
    );
  });

  it("says of a dry run what would be", () => {
    const tally = new Tally(true);
    tally.addForeseen([{ type: "send", segments: { count: 3 } } as never]);
    assert.equal(tally.summary(), "1 row: 1 would be sent\n3 segments would be billed\n");
  });
});

describe("progress", () => {
  it("is a bar on a terminal, no wider than it", () => {
    const standing = { rows: 1_204, total: 2_408, short: "1,190 sent, 14 dropped" };
    assert.equal(
      bar(standing, 9.84, 200),
      "[##########----------] 50 % 1,204/2,408  9.8 a second  2 min 3 s left  1,190 sent, 14 dropped",
    );
    assert.equal(bar(standing, 9.84, 40).length, 39);
    assert.equal(bar({ rows: 7, total: undefined, short: "7 sent" }, undefined, 80), "7  7 sent");
    assert.equal(
      bar({ rows: 0, total: 0, short: "" }, 0, 80),
      `[${"#".repeat(20)}] 100 % 0/0  0.0 a second`,
    );
  });

  it("is a plain line elsewhere", () => {
    const standing = { rows: 1_204, total: 2_408, short: "1,204 sent" };
    assert.equal(
      plainLine(standing, 250),
      "1,204 of 2,408 rows; 250 a second; 5 s left; 1,204 sent",
    );
    assert.equal(plainLine({ rows: 3, total: undefined, short: "" }, undefined), "3 rows");
  });

  it("takes its speed from the last half minute", () => {
    const speed = new Speed();
    assert.equal(speed.note(0, 0), undefined);
    assert.equal(speed.note(100, 10), undefined);
    assert.equal(speed.note(1_000, 100), 100);
    for (let second = 2; second <= 100; second += 1) speed.note(second * 1_000, 100);
    assert.equal(speed.note(101_000, 100), 0);
  });

  it("says spans in words", () => {
    assert.deepEqual([0.2, 59.5, 61, 3_599, 100_000].map(duration), [
      "1 s",
      "1 min 0 s",
      "1 min 1 s",
      "59 min 59 s",
      "27 h 46 min",
    ]);
  });

  it("takes the bar away before it writes anything else, without control characters", async () => {
    const written: string[] = [];
    const screen = { isTTY: true, columns: 0, write: (text: string) => written.push(text) };
    const progress = new Progress(screen, () => ({ rows: 1, total: 2, short: "" }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    progress.say("Stopping \u0007");
    progress.end();
    assert.match(written[0] ?? "", /^\[#{10}/);
    assert.deepEqual(written.slice(-2), ["\r\u001b[K", "Stopping \\u{7}\n"]);
  });
});

describe("the rest", () => {
  it("writes a command line that a shell reads back", () => {
    const options = new Map([
      ["settings", "my settings.json"],
      ["events", ""],
      ["run", "it's"],
    ]);
    assert.equal(
      commandLine("send", { argument: "$HOME/a.csv", options }),
      "twilio-destination send '$HOME/a.csv' --settings 'my settings.json' --events --run 'it'\\''s'",
    );
  });

  it("takes only this machine for a stand-in", () => {
    const of = (TWILIO_STAND_IN: string) => standInOf({ TWILIO_STAND_IN });
    assert.equal(standInOf({}), undefined);
    assert.equal(of(""), undefined);
    assert.equal(of("http://127.0.0.1:4010/"), "http://127.0.0.1:4010");
    assert.equal(of("http://[::1]:4010"), "http://[::1]:4010");
    for (const wrong of [
      "http://example.com:80",
      "https://127.0.0.1:4010",
      "http://127.0.0.1:4010@example.com",
      "http://localhost.example.com:1",
      "http://127.0.0.1:4010/path",
    ]) {
      assert.throws(() => of(wrong), /is not an origin of this machine/);
    }
  });

  it("sends to the stand-in what is for Twilio, and nothing else anywhere", async () => {
    const asked: string[] = [];
    const fetch = redirectTo("http://127.0.0.1:1", async (url) => {
      asked.push(url);
      return new Response();
    });
    await fetch("https://api.twilio.com/2010-04-01/x?y=1", {});
    await fetch("https://api.dublin.ie1.twilio.com/z", {});
    assert.deepEqual(asked, ["http://127.0.0.1:1/2010-04-01/x?y=1", "http://127.0.0.1:1/z"]);
    for (const url of [
      "https://example.com/",
      "https://twilio.com.example.com/",
      "http://api.twilio.com/",
    ]) {
      await assert.rejects(fetch(url, {}), /only Twilio has a stand-in/);
    }
  });
});
