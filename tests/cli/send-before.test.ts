// `send`, where some rows were sent before: a dry run that knows them, and rows of standard input
// that are not the ones that the run was begun with.

import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { BegunRows, rowsFile } from "../../host-shim/cli/begun-rows.js";
import { type StandIn, sampleAccounts, startStandIn } from "../../host-shim/stand-in/index.js";
import { begin, ended, file, parsed, type Result, run } from "./support.js";

const { sid, authToken } = sampleAccounts.live;

const settings = {
  account_sid: sid,
  from: "+447700900000",
  consent: { categories: ["Marketing"], require: false },
  rate: { segments_per_second: 1_000, total_per_second: 1_000 },
  row: { to: "$.mobile", body: "Hello {{ name }}" },
  mappings: [{ trigger: "Ping", to: "$.properties.phone", body: "Ping {{ properties.n }}" }],
};

let twilio: StandIn;
before(async () => {
  twilio = await startStandIn({ seed: 1, delivery: "silent" });
});
after(() => twilio.close());
beforeEach(() => twilio.reset());

let people = 0;
/** Lines of NDJSON for people of whom nobody else has any. */
function rows(count: number): string[] {
  return Array.from({ length: count }, () => {
    people += 1;
    return JSON.stringify({ mobile: `+4477009${10_000 + people}`, name: `you, ${people}` });
  });
}

function place() {
  const path = file(settings);
  const environment = { TWILIO_STAND_IN: twilio.url, TWILIO_AUTH_TOKEN: authToken };
  const send = (args: readonly string[], input = "") =>
    run(["send", ...args, "--settings", path], { environment, input });
  /** Sends these lines from standard input. */
  const handAs = (name: string, lines: readonly string[], ...args: readonly string[]) =>
    send(["--run", name, "--format", "ndjson", ...args], lines.join("\n"));
  const hand = (lines: readonly string[], ...args: readonly string[]) =>
    handAs("spring", lines, ...args);
  const start = (args: readonly string[]) =>
    begin(["send", ...args, "--settings", path], environment);
  return { journal: path.replace(/json$/, "journal"), send, hand, handAs, begin: start };
}

/** Every file beside the journal, with its bytes and times. */
function beside(journal: string): Record<string, string> {
  const folder = dirname(journal);
  const names = readdirSync(folder).filter((name) => name.startsWith(basename(journal)));
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      return [name, `${statSync(path).mtimeMs} ${readFileSync(path, "latin1")}`];
    }),
  );
}

const sum = ({ error }: Result) => error.replace(/^Sending to .*\n/, "").split("\n")[0];

describe("a dry run of what was begun", () => {
  it("tells what was done before, counts the segments of the rest, and changes nothing", async () => {
    const { journal, send } = place();
    const list = file(`${rows(5).join("\n")}\n`);
    await send([list, "--format", "ndjson", "--limit", "3"]);
    const [known, sent] = [beside(journal), twilio.messages.length];
    const result = await send([list, "--format", "ndjson", "--dry-run"]);
    assert.equal(
      result.error,
      "5 rows: 2 would be sent, 3 done before\n2 segments would be billed\n",
    );
    assert.equal(result.code, 0);
    const told = parsed(result.out) as { decisions: { type: string; first?: { as: string } }[] }[];
    assert.deepEqual(
      told.map(({ decisions: [one] }) => one?.first?.as ?? one?.type),
      ["sent", "sent", "sent", "send", "send"],
    );
    assert.doesNotMatch(result.out, /7700|Hello/);
    assert.deepEqual(beside(journal), known);
    assert.equal(twilio.messages.length, sent);
    assert.match((await send([list, "--format", "ndjson"])).error, /5 rows: 2 sent, 3 done before/);
  });

  it("knows events by their ids", async () => {
    const { send } = place();
    const event = (id: string) => ({
      type: "track",
      event: "Ping",
      messageId: id,
      properties: { phone: "+447700909999", n: id },
    });
    const list = file([event("a"), event("b")].map((it) => JSON.stringify(it)).join("\n"));
    await send([list, "--events", "--limit", "1"]);
    const result = await send([list, "--events", "--dry-run"]);
    assert.equal(sum(result), "2 rows: 1 would be sent, 1 done before");
  });

  it("knows whom an earlier event has told the number of", async () => {
    const path = file({ ...settings, mappings: [{ trigger: "Ping", body: "Ping" }] });
    const environment = { TWILIO_STAND_IN: twilio.url, TWILIO_AUTH_TOKEN: authToken };
    const told = {
      type: "identify",
      messageId: "told",
      userId: "u",
      traits: { phone: "+447700909998" },
    };
    const due = { type: "track", event: "Ping", messageId: "due", userId: "u" };
    const lacking = { ...due, messageId: "lacking", userId: "somebody else" };
    const list = file([told, due, lacking].map((it) => JSON.stringify(it)).join("\n"));
    const sendAll = (...args: string[]) =>
      run(["send", list, "--events", ...args, "--settings", path], { environment });
    const foresee = async () => {
      const result = await sendAll("--dry-run");
      assert.equal(sum(result), "3 rows: 1 would be sent, 2 dropped");
      assert.match(result.error, /those of 1 message whose segments are not known/);
    };
    // In the same file, and in an earlier run.
    await foresee();
    assert.equal(existsSync(path.replace(/json$/, "journal")), false);
    await sendAll("--limit", "1");
    await foresee();
    assert.equal(sum(await sendAll()), "3 rows: 1 sent, 2 dropped");
  });

  it("knows who opted out", async () => {
    const { hand, handAs } = place();
    const [row = ""] = rows(1);
    const { mobile } = JSON.parse(row) as { mobile: string };
    await twilio.receive({ from: mobile, to: settings.from, body: "STOP" });
    await hand([row]);
    const result = await handAs("summer", [row], "--dry-run");
    assert.match(result.error, /^1 row: 1 dropped\n {2}1 dropped, recipient_suppressed: /);
  });

  it("says of what may have been sent that nobody knows", async () => {
    const { begin, send } = place();
    const list = file(`${rows(2).join("\n")}\n`);
    twilio.faults.add({ preset: "silence-created", match: { method: "POST" } });
    const first = twilio.messages.length;
    const child = begin([list, "--format", "ndjson"]);
    while (twilio.messages.length === first) await new Promise((done) => setTimeout(done, 5));
    child.kill("SIGKILL");
    await ended(child);
    const result = await send([list, "--format", "ndjson", "--dry-run"]);
    assert.match(
      result.error,
      /^2 rows: 1 would be sent, 1 still unclear\n1 segment would be billed\n {2}1 still unclear, /,
    );
    assert.equal(twilio.messages.length, first + 1);
  });

  it("tells what it can while another process has the journal, and says so", async () => {
    const { journal, send } = place();
    const list = file(`${rows(2).join("\n")}\n`);
    await send([list, "--format", "ndjson", "--limit", "1"]);
    const holder = { pid: process.pid, host: hostname(), space: null, started: null, token: "t" };
    const lock = JSON.stringify({ ...holder, host: "elsewhere" });
    writeFileSync(`${journal}.lock`, lock);
    const result = await send([list, "--format", "ndjson", "--dry-run"]);
    assert.match(
      result.error,
      /^The journal is in use by process \d+ on elsewhere; .*\n2 rows: 1 /,
    );
    assert.equal(readFileSync(`${journal}.lock`, "utf8"), lock);
  });

  it("is refused where sending would be: at a changed file, and at a damaged journal", async () => {
    const { journal, send } = place();
    const list = file(`${rows(2).join("\n")}\n`);
    const dry = () => send([list, "--format", "ndjson", "--dry-run"]);
    await send([list, "--format", "ndjson"]);
    const whole = readFileSync(journal);
    writeFileSync(journal, whole.subarray(0, 80));
    assert.match((await dry()).error, /damaged or ends here/);
    writeFileSync(journal, whole);
    appendFileSync(list, `${rows(1)[0]}\n`);
    const changed = await dry();
    assert.equal(changed.code, 3);
    assert.match(changed.error, /rows_changed: the file has changed/);
  });
});

describe("rows of standard input", () => {
  it("go on after they were cut off anywhere", async () => {
    const { journal, hand } = place();
    const [a = "", b = "", c = ""] = rows(3);
    assert.equal(sum(await hand([a])), "1 row: 1 sent");
    // A line without its end is no row, and may be whole the next time.
    assert.equal(sum(await hand([a, b.slice(0, 20)])), "2 rows: 1 done before, 1 dropped");
    assert.equal(sum(await hand([a, b, c])), "3 rows: 2 sent, 1 done before");
    assert.equal(sum(await hand([a, b])), "2 rows: 2 done before");
    const noted = readFileSync(rowsFile(journal, "spring"), "utf8");
    assert.match(
      noted,
      /^\{"format":"twilio-destination-rows","version":1,"run":"spring"\}\n[0-9a-f]{6}$/,
    );
    assert.equal(statSync(rowsFile(journal, "spring")).mode & 0o77, 0);
  });

  it("go on after Ctrl-C in the middle of one", async () => {
    const { begin, send } = place();
    const list = rows(2).map((row) => Object.values(JSON.parse(row) as object));
    const [a = "", b = ""] = list.map(([mobile, name]) => `${mobile},"${name}"\n`);
    const args = ["--run", "spring", "--format", "csv"];
    // What is written down of the first row takes a while after Ctrl-C.
    twilio.faults.add({ preset: "500-created", match: { method: "POST" } });
    const child = begin(args);
    const first = twilio.messages.length;
    child.stdin.write(`mobile,name\n${a}${b.slice(0, 14)}x`);
    while (twilio.messages.length === first) await new Promise((done) => setTimeout(done, 5));
    await new Promise((done) => setTimeout(done, 100));
    child.kill("SIGINT");
    assert.equal((await ended(child)).code, 130);
    const result = await send(args, `mobile,name\n${a}${b}`);
    assert.equal(sum(result), "2 rows: 2 sent");
  });

  it("are not called damaged by a dry run that Ctrl-C ends in the middle of one", async () => {
    const child = place().begin(["--format", "csv", "--dry-run"]);
    child.stdin.write('mobile,name\n+447700909997,"you"\n+4477009');
    child.stdout.once("data", () => child.kill("SIGINT"));
    const result = await ended(child);
    assert.equal(result.code, 130);
    assert.match(sum(result) ?? "", /^Stopping/);
    assert.match(result.error, /\n1 row: 1 would be sent\n/);
    assert.doesNotMatch(result.error, /line 3/);
  });

  it("are refused where they are others, before any of them counts as done or is sent", async () => {
    const { hand, handAs } = place();
    const list = rows(4);
    await hand(list);
    const sent = twilio.messages.length;
    const others = rows(4);
    for (const [lines, at] of [
      [others, 1],
      [[list[0] ?? "", list[1] ?? "", others[0] ?? "", list[3] ?? ""], 3],
      [list.slice(1), 1],
    ] as const) {
      for (const more of [[], ["--dry-run"]]) {
        const result = await hand(lines, ...more);
        assert.equal(result.code, 3);
        assert.match(
          result.error,
          new RegExp(`rows_changed: row ${at} is not .*\`spring\`.*--run`),
        );
        assert.equal(parsed(result.out).length, at - 1);
        assert.doesNotMatch(result.error, /7700|you,/);
      }
    }
    assert.equal(twilio.messages.length, sent);
    assert.equal(sum(await hand(list)), "4 rows: 4 done before");
    assert.equal(sum(await handAs("summer", others)), "4 rows: 4 sent");
  });

  it("are compared with a file's rows too, and a file not with theirs", async () => {
    const { send, hand, handAs } = place();
    const lines = rows(3);
    const [same, other] = [file(`${lines.join("\n")}\n`), file(`${rows(3).join("\n")}\n`)];
    const from = (path: string, name: string) => send([path, "--run", name, "--format", "ndjson"]);
    await hand(lines.slice(0, 2));
    assert.equal(sum(await from(same, "spring")), "3 rows: 1 sent, 2 done before");
    assert.match((await from(other, "spring")).error, /rows_changed: row 1 /);
    await from(other, "summer");
    const result = await handAs("summer", lines);
    assert.equal(result.code, 3);
    assert.match(result.error, /rows_changed: the run `summer` was begun with a file/);
  });

  it("are known by whatever name the journal has", async () => {
    const { journal, hand } = place();
    await hand(rows(2));
    const link = `${journal}.link`;
    symlinkSync(journal, link);
    assert.match((await hand(rows(2), "--journal", link)).error, /rows_changed: row 1 /);
  });

  it("are not sent anew when the journal is gone", async () => {
    const { journal, hand } = place();
    const lines = rows(1);
    await hand(lines);
    assert.ok(existsSync(`${journal}.runs`));
    rmSync(journal);
    for (const more of [[], ["--dry-run"]]) {
      assert.match((await hand(lines, ...more)).error, /is gone, but the runs/);
    }
  });
});

describe("the rows that a run was begun with", () => {
  const bytes = (text: string) => Buffer.from(text);
  const taking = async (begun: BegunRows, texts: readonly string[]) => {
    try {
      for (const text of texts) await begun.take(bytes(text));
    } finally {
      await begun.close();
    }
  };

  it("are found out at the first that differs, or at one soon after it", async () => {
    const journal = file("");
    const list = Array.from({ length: 600 }, (_, id) => JSON.stringify({ id }));
    await taking(await BegunRows.begin(journal, "r"), list);
    let late = 0;
    for (let at = 0; at < 500; at += 1) {
      const others = list.map((text, index) => (index === at ? `{"id":"x"}` : text));
      let row = 0;
      await assert.rejects(taking(await BegunRows.look(journal, "r"), others), (error: Error) => {
        row = Number(/row (\d+)/.exec(error.message)?.[1]);
        return true;
      });
      assert.ok(row > at && row < at + 6, `row ${at + 1} was found out at ${row}`);
      if (row > at + 1) late += 1;
    }
    assert.ok(late < 20, `${late} of 500 were found out late`);
  });

  it("outlast what a loss of power leaves, and are refused if they are none", async () => {
    const journal = file("");
    await taking(await BegunRows.begin(journal, "r"), ['{"a":1}', '{"a":2}']);
    const path = rowsFile(journal, "r");
    const whole = readFileSync(path, "utf8");
    appendFileSync(path, "a\0\0");
    await taking(await BegunRows.goOn(journal, "r"), ['{"a":1}', '{"a":2}']);
    assert.equal(readFileSync(path, "utf8"), whole);
    for (const content of ["", "{", '{"format":"twilio-destination-rows","version":2}\n']) {
      writeFileSync(path, content);
      await assert.rejects(BegunRows.goOn(journal, "r"), /it is no list of rows; bring it back/);
      assert.equal(readFileSync(path, "utf8"), content);
    }
  });
});
