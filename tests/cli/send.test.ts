// `send`, the published program, against a stand-in for Twilio.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { after, before, beforeEach, describe, it } from "node:test";
import {
  type FaultSpec,
  type StandIn,
  sampleAccounts,
  startStandIn,
} from "../../host-shim/stand-in/index.js";
import { begin, ended, file, parsed, peakMegabytes, type Result, run } from "./support.js";

const { sid, authToken } = sampleAccounts.live;

const base = {
  account_sid: sid,
  from: "+447700900000",
  consent: { categories: ["Marketing"], require: false },
  rate: { segments_per_second: 1_000, total_per_second: 1_000 },
  delivery: { list_lag_seconds: 10 },
  row: { to: "$.mobile", body: "Hello {{ name }}" },
  mappings: [{ trigger: "Ping", to: "$.properties.phone", body: "Ping" }],
};

let twilio: StandIn;
before(async () => {
  twilio = await startStandIn({ seed: 1, delivery: "silent" });
});
after(() => twilio.close());
beforeEach(() => twilio.reset());

const numberOf = (row: number) => `+4477009${10_000 + row}`;

let texts = 0;
/** Rows for people of whom nobody else has any, as CSV. */
function csv(count: number, first = 1): string {
  texts += 1;
  const lines = Array.from({ length: count }, (_, index) => {
    return `${numberOf(first + index)},"you, ${texts}"`;
  });
  return `mobile,name\n${lines.join("\n")}\n`;
}

function environment(more: Readonly<Record<string, string>> = {}) {
  return { TWILIO_STAND_IN: twilio.url, TWILIO_AUTH_TOKEN: authToken, ...more };
}

interface Row {
  readonly row: number;
  readonly outcomes: readonly {
    readonly type: string;
    readonly reason?: { readonly code: string };
    readonly first?: { readonly as: string };
    readonly againAt?: number | null;
  }[];
}

const rowsOf = ({ out }: Result) => parsed(out) as Row[];
const typesOf = (result: Result) =>
  rowsOf(result)
    .sort((a, b) => a.row - b.row)
    .map(({ outcomes }) => outcomes[0]?.type);

/** A place to send from: settings, their journal, and how to call the program. */
function place(settings: object = {}) {
  const path = file({ ...base, ...settings });
  const journal = path.replace(/json$/, "journal");
  const send = (args: readonly string[], more = {}) =>
    run(["send", ...args, "--settings", path], { environment: environment(), ...more });
  return { settings: path, journal, send };
}

async function sentWhile(work: () => Promise<unknown>): Promise<string[]> {
  const first = twilio.messages.length;
  await work();
  return twilio.messages.slice(first).map(({ to }) => to);
}

function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => (condition() ? resolve() : void setTimeout(look, 5));
    look();
  });
}

describe("send", () => {
  it("sends each row of a CSV file, in order, and says how each ended", async () => {
    const { journal, send } = place();
    const rows = file(`${csv(3)}nonsense,you\n`);
    let result: Result | undefined;
    const sent = await sentWhile(async () => {
      result = await send([rows, "--format", "csv"]);
    });
    assert.ok(result);
    assert.deepEqual(sent, [numberOf(1), numberOf(2), numberOf(3)]);
    assert.deepEqual(typesOf(result), ["sent", "sent", "sent", "dropped"]);
    assert.equal(result.code, 0);
    assert.match(
      result.error,
      /^Sending to http:\/\/127\.0\.0\.1:\d+, not to Twilio\.\n4 rows: 3 sent, 1 dropped\n3 segments were billed\n {2}1 dropped, recipient_invalid: The text is not a phone number\. .*\n$/,
    );
    assert.ok(!`${result.out}${result.error}`.includes("77009100"), "a number was written");
    assert.equal(statSync(journal).mode & 0o77, 0);
    assert.doesNotMatch(readFileSync(journal, "latin1"), /7009100|Hello/);
  });

  it("sends a file once, whether it is called again or was limited before", async () => {
    const { send } = place();
    const rows = file(csv(5));
    const args = [rows, "--format", "csv"];
    const sent = await sentWhile(async () => {
      assert.deepEqual(typesOf(await send([...args, "--limit", "2"])), ["sent", "sent"]);
      const second = await send(args);
      assert.deepEqual(typesOf(second), ["dropped", "dropped", "sent", "sent", "sent"]);
      assert.match(second.error, /5 rows: 3 sent, 2 done before\n/);
      assert.equal(rowsOf(second)[0]?.outcomes[0]?.first?.as, "sent");
      const third = await send(args);
      assert.match(third.error, /5 rows: 5 done before\n$/);
      assert.equal(third.code, 0);
    });
    assert.equal(sent.length, 5);
    assert.equal((await sentWhile(() => send([...args, "--run", "again"]))).length, 5);
  });

  it("does not go on with a run whose file has changed", async () => {
    const { send } = place();
    assert.equal((await send([file(csv(2)), "--format", "csv", "--run", "spring"])).code, 0);
    const sent = await sentWhile(async () => {
      const { code, error } = await send([file(csv(2)), "--format", "csv", "--run", "spring"]);
      assert.equal(code, 3);
      assert.match(error, /the file has changed since the run `spring` was begun/);
    });
    assert.deepEqual(sent, []);
  });

  it("tells how a row ended without waiting for the next", async () => {
    const { settings } = place();
    const args = ["send", "--format", "ndjson", "--run", "r", "--settings", settings];
    const child = begin(args, environment());
    const end = ended(child);
    child.stdin.write(`${JSON.stringify({ mobile: numberOf(1), name: "you" })}\n`);
    await once(child.stdout, "data");
    child.stdin.end();
    assert.deepEqual(typesOf(await end), ["sent"]);
  });

  it("does not begin anew when the journal is gone and its runs are not", async () => {
    const { journal, send } = place();
    const args = [file(csv(2)), "--format", "csv"];
    assert.equal((await send(args)).code, 0);
    rmSync(journal);
    const sent = await sentWhile(async () => {
      const { code, error } = await send(args);
      assert.equal(code, 3);
      assert.match(error, /journal` is gone, but the runs that it belongs to stand in/);
    });
    assert.deepEqual([sent, existsSync(journal)], [[], false]);
  });

  it("takes a file by another name for the same file", async () => {
    const { send } = place();
    const rows = file(csv(2));
    assert.equal((await send([rows, "--format", "csv"])).code, 0);
    const sent = await sentWhile(async () => {
      const other = rows.replace(/([^/\\]+)$/, "./$1");
      const { code, error } = await send([other, "--format", "csv"]);
      assert.equal(code, 3);
      assert.match(error, /the same rows as the run/);
    });
    assert.deepEqual(sent, []);
  });

  it("takes NDJSON, standard input and events", async () => {
    const { send } = place();
    const lines = [1, 2].map((row) => JSON.stringify({ mobile: numberOf(row), name: "Zoë" }));
    const input = `${lines.join("\n\n")}\n`;
    const piped = await send(["-", "--format", "ndjson", "--run", "r"], {
      input,
      environment: environment(),
    });
    assert.deepEqual(typesOf(piped), ["sent", "sent"]);
    const event = (id: string) => ({
      type: "track",
      event: "Ping",
      messageId: id,
      properties: { phone: numberOf(3) },
    });
    const events = file(
      [event("a"), event("b"), event("a")].map((it) => JSON.stringify(it)).join("\n"),
    );
    const sent = await send([events, "--events"]);
    assert.deepEqual(typesOf(sent), ["sent", "sent", "dropped"]);
    assert.equal(twilio.messages.at(-3)?.body, "Hello Zoë");
  });

  it("writes to a file, and nothing to standard output", async () => {
    const { send } = place();
    const output = file("");
    const { code, out } = await send([file(csv(2)), "--format", "csv", "--output", output]);
    assert.deepEqual([code, out], [0, ""]);
    assert.equal(parsed(readFileSync(output, "utf8")).length, 2);
  });

  it("sends nothing in a dry run, keeps no journal, and shows neither number nor text", async () => {
    const { journal, send } = place();
    const sent = await sentWhile(async () => {
      const result = await send([file(csv(3)), "--format", "csv", "--dry-run", "--limit", "2"]);
      const expected = {
        type: "send",
        mapping: "row",
        channel: "sms",
        country: null,
        segments: 1,
        warnings: [],
      };
      assert.deepEqual(parsed(result.out), [
        { row: 1, decisions: [expected] },
        { row: 2, decisions: [expected] },
      ]);
      assert.equal(result.error, "2 rows: 2 would be sent\n2 segments would be billed\n");
    });
    assert.deepEqual(sent, []);
    assert.ok(!existsSync(journal));
  });

  it("sends nothing from a damaged file", async () => {
    const { journal, send } = place();
    const sent = await sentWhile(async () => {
      const { code, out, error } = await send([file(`${csv(2)}1\n`), "--format", "csv"]);
      assert.deepEqual([code, out], [3, ""]);
      assert.match(
        error,
        /line 4: it has more or fewer values than there are columns\nNothing was sent/,
      );
    });
    assert.deepEqual([sent, existsSync(journal)], [[], false]);
  });

  it("stops at the damage where it cannot look ahead, and says where it lies", async () => {
    const { send } = place();
    const sent = await sentWhile(async () => {
      const { code, error } = await send(["--format", "csv", "--run", "r"], {
        input: `${csv(2)}1\n${csv(2, 11)}`,
        environment: environment(),
      });
      assert.equal(code, 3);
      assert.match(error, /standard input, line 4: it has more or fewer values/);
    });
    // What the parser had not handed over by then is not sent either.
    assert.ok(sent.length <= 2, `${sent.length} were sent`);
  });

  it("makes one call with a wrong token, ends every row, and goes on with another token", async () => {
    const { send } = place();
    const rows = file(csv(200));
    const args = [rows, "--format", "csv"];
    const requests = twilio.requests.length;
    const wrong = await send(args, {
      environment: environment({ TWILIO_AUTH_TOKEN: "f".repeat(32) }),
    });
    assert.equal(twilio.requests.length - requests, 1);
    assert.equal(wrong.code, 4);
    assert.match(wrong.error, /200 rows: 200 halted\n {2}200 halted, credentials_wrong: /);
    assert.match(wrong.error, /To go on, which sends no row twice:\n {2}twilio-destination send /);
    assert.ok(!wrong.error.includes("ffff"));
    const right = await send(args);
    assert.deepEqual([right.code, typesOf(right).length], [0, 200]);
    assert.match(right.error, /200 rows: 200 sent\n/);
  });

  it("holds no more than a few rows in memory, however many there are", async (test) => {
    const { settings } = place();
    const args = ["send", "-", "--format", "ndjson", "--run", "r", "--settings", settings];
    const child = begin(args, environment({ TWILIO_AUTH_TOKEN: "f".repeat(32) }));
    const end = ended(child);
    const line = `${JSON.stringify({ mobile: numberOf(1), name: "you", padding: "x".repeat(2_000) })}\n`;
    const count = 40_000;
    let most = 0;
    for (let row = 0; row < count; row += 100) {
      if (!child.stdin.write(line.repeat(100))) await once(child.stdin, "drain");
      most = Math.max(most, peakMegabytes(child.pid) ?? 0);
    }
    child.stdin.end();
    const { error } = await end;
    assert.match(error, /40,000 rows: 40,000 halted\n/);
    if (most === 0) return test.skip("the system does not tell how much memory a process has");
    // The rows alone have 80 MB.
    assert.ok(most < 230, `${most} MB`);
    test.diagnostic(`${most.toFixed(0)} MB at most`);
  });

  it("goes on with the rows behind an unclear one, and finds out", async () => {
    const { send } = place();
    const fault: FaultSpec = { preset: "500-created", match: { to: numberOf(2), method: "POST" } };
    twilio.faults.add(fault);
    const sent = await sentWhile(async () => {
      const result = await send([file(csv(3)), "--format", "csv"]);
      assert.deepEqual(typesOf(result), ["sent", "sent", "sent"]);
      assert.deepEqual(
        rowsOf(result).map(({ row }) => row),
        [1, 3, 2],
      );
    });
    assert.equal(sent.length, 3);
  });
});

describe("send, stopped", () => {
  /** Starts to send, and does something once so many messages were created. */
  async function interrupted(count: number, work: (child: ReturnType<typeof begin>) => void) {
    const { settings, send } = place({ rate: { segments_per_second: 20, total_per_second: 20 } });
    const rows = file(csv(60));
    const first = twilio.messages.length;
    const args = ["send", rows, "--format", "csv", "--settings", settings];
    const child = begin(args, environment());
    const end = ended(child);
    await until(() => twilio.messages.length >= first + count);
    work(child);
    const result = await end;
    return { args, result, first, send: () => send([rows, "--format", "csv"]) };
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`by ${signal}, it ends the row under way, and says how to go on; going on sends the rest`, async () => {
      const { args, result, first, send } = await interrupted(25, (child) => child.kill(signal));
      assert.equal(result.code, 130);
      assert.match(result.error, /\nStopping\. Press Ctrl-C again to stop at once\.\n/);
      const [, command] =
        /\nTo go on, which sends no row twice:\n {2}(.*)\n$/.exec(result.error) ?? [];
      assert.equal(command, `twilio-destination ${args.join(" ")}`);
      const sent = twilio.messages.length - first;
      assert.ok(sent < 60, `${sent} were sent`);
      assert.equal(typesOf(result).filter((type) => type === "sent").length, sent);
      const rest = await send();
      assert.deepEqual(typesOf(rest).length, 60);
      assert.equal(rest.code, 0);
      assert.equal(new Set(twilio.messages.slice(first).map(({ to }) => to)).size, 60);
      assert.equal(twilio.messages.length - first, 60);
    });
  }

  it("by a second Ctrl-C, it ends at once, and says how to go on", async () => {
    twilio.faults.add({ preset: "silence-created", match: { to: numberOf(26), method: "POST" } });
    const { result } = await interrupted(26, (child) => {
      child.kill("SIGINT");
      setTimeout(() => child.kill("SIGINT"), 200);
    });
    assert.equal(result.code, 130);
    assert.match(result.error, /Stopped at once\. To go on:\n {2}twilio-destination send /);
  });

  it("when nobody reads what it writes any more", async () => {
    const { result, first, send } = await interrupted(25, (child) => child.stdout.destroy());
    assert.equal(result.code, 130);
    assert.match(result.error, /\nTo go on, which sends no row twice:\n/);
    assert.equal((await send()).code, 0);
    assert.equal(twilio.messages.length - first, 60);
  });

  it("while it waits for the next line of standard input", async () => {
    const { settings } = place();
    const args = ["send", "--format", "ndjson", "--run", "r", "--settings", settings];
    const child = begin(args, environment());
    const end = ended(child);
    const first = twilio.messages.length;
    child.stdin.write(`${JSON.stringify({ mobile: numberOf(1), name: "you" })}\n`);
    await until(() => twilio.messages.length > first);
    child.kill("SIGINT");
    const { code, error } = await end;
    assert.equal(code, 130);
    assert.match(error, /1 row: 1 sent\n/);
    assert.match(error, /To go on, with the same input:\n/);
  });
});

describe("send, refused", () => {
  it("ends with 2 when it is called wrongly", async () => {
    const { settings, journal, send } = place();
    const rows = file(csv(1));
    const both = ["--format", "csv"];
    const link = `${rows}.link`;
    symlinkSync(settings, link);
    for (const [args, reason] of [
      [[rows], /say with `--format` whether it is csv or ndjson/],
      [[rows, "--format", "xlsx"], /`--format` is csv or ndjson/],
      [[rows, "--events", ...both], /events are not read from CSV/],
      [[rows, "--events", "--run", "r"], /`--run` does not go with `--events`/],
      [[...both], /rows from standard input need `--run NAME`/],
      [[rows, ...both, "--limit", "0"], /`--limit` is not a number of rows/],
      [[rows, ...both, "--delimiter", "ab"], /`--delimiter` is one of/],
      [[rows, ...both, "--output", rows], /`--output` would be written over a file that is read/],
      [[rows, ...both, "--output", settings], /`--output` would be written over/],
      [[rows, ...both, "--output", link], /`--output` would be written over/],
      [[rows, ...both, "--output", `${journal}.new`], /`--output` would be written over/],
    ] as const) {
      const { code, out, error } = await send(args);
      assert.deepEqual([code, out], [2, ""], args.join(" "));
      assert.match(error, reason);
    }
    const { code, error } = await send([rows, ...both], {
      environment: environment({ TWILIO_STAND_IN: "http://example.com:80" }),
    });
    assert.equal(code, 2);
    assert.match(error, /`TWILIO_STAND_IN` is not an origin of this machine/);
  });

  it("ends with 1 at settings with problems", async () => {
    const { send } = place({ from: "nobody at all" });
    const { code, error } = await send([file(csv(1)), "--format", "csv"]);
    assert.equal(code, 1);
    assert.match(error, /Problem sender_invalid at \$\.from/);
  });

  it("ends with 3 at a journal that is none, or that another process has", async () => {
    const { journal, send, settings } = place();
    const rows = file(csv(1));
    const foreign = await send([rows, "--format", "csv", "--journal", settings]);
    assert.equal(foreign.code, 3);
    assert.match(foreign.error, /There is something here that is no journal/);

    const args = ["send", "--format", "ndjson", "--run", "r", "--settings", settings];
    const child = begin(args, environment());
    const end = ended(child);
    await until(() => existsSync(`${journal}.lock`));
    const second = await send([rows, "--format", "csv"]);
    assert.equal(second.code, 3);
    assert.match(second.error, /The journal is in use by process \d+/);
    child.stdin.end();
    assert.equal((await end).code, 0);
    assert.ok(!existsSync(`${journal}.lock`));
  });

  it("stops at a journal that fails, and sends nothing more", async () => {
    const { journal, settings, send } = place({
      rate: { segments_per_second: 20, total_per_second: 20 },
    });
    const rows = file(csv(60));
    const first = twilio.messages.length;
    const child = begin(["send", rows, "--format", "csv", "--settings", settings], environment());
    const end = ended(child);
    await until(() => twilio.messages.length > first + 22);
    // Whoever loses the lock cannot know what is in the file by now.
    rmSync(`${journal}.lock`);
    const { code, error } = await end;
    assert.equal(code, 3);
    assert.match(error, /Another process has taken the journal over/);
    const sent = twilio.messages.length - first;
    assert.ok(sent < 60, `${sent} were sent`);
    assert.equal((await send([rows, "--format", "csv"])).code, 0);
    const people = twilio.messages.slice(first).map(({ to }) => to);
    assert.deepEqual([new Set(people).size, people.length], [60, 60]);
  });
});
