import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { describe, it } from "node:test";
import { createDestination, type Preview, type PreviewDecision } from "twilio-destination";
import {
  begin,
  clean,
  ended,
  event,
  file,
  good,
  parsed,
  peakMegabytes,
  program,
  run,
  sid,
} from "./support.js";

const settings = file(good);
const now = "2026-05-04T09:30:00Z";

function decisionsOf(text: string): PreviewDecision[] {
  return (parsed(text) as Preview[]).flatMap(({ decisions }) => decisions);
}

function codesOf(text: string): string[] {
  return decisionsOf(text).map((decision) =>
    decision.type === "send" ? "send" : decision.reason.code,
  );
}

describe("preview", () => {
  const lines = [
    JSON.stringify(event()),
    JSON.stringify(event({ phone: "+44 77" })),
    JSON.stringify(event({ name: null })),
    "{oops",
    '"text"',
    "[]",
    `{"type":"track","event":"Order Completed","properties":{"phone":${"[".repeat(50)}${"]".repeat(50)}}}`,
    JSON.stringify({ ...event(), padding: "x".repeat(40_000) }),
    JSON.stringify({ type: "identify", traits: {} }),
  ];

  it("writes for each line what preview() returns, from a file and from standard input", async () => {
    const destination = createDestination(good, {
      fetch: () => Promise.reject(new Error("no network")),
      now: Date.now,
    });
    const time = Date.parse(now);
    const expected = lines
      .map((line) => destination.preview(Buffer.from(line), { now: time }))
      .map((preview) => `${JSON.stringify(preview)}\n`)
      .join("");
    const args = ["preview", "--settings", settings, "--now", now];
    const input = `${lines.join("\n")}\n`;
    const events = file(input);
    for (const result of [
      await run([...args, events]),
      await run(args, { input }),
      await run([...args, "-"], { input }),
      await run([...args, "--", events]),
      await run(args, { input: input.trimEnd() }),
      await run(args, { input: input.replaceAll("\n", "\r\n") }),
      await run(args, { input: `\n \t\n${input.replaceAll("\n", "\n\n")}\r\n` }),
      await run(args, { input: `\ufeff${input}` }),
    ]) {
      assert.equal(result.error, "");
      assert.equal(result.code, 0);
      assert.equal(result.out, expected);
    }
    assert.deepEqual(codesOf(expected), [
      "send",
      "recipient_invalid",
      "template_value_missing",
      "event_not_json",
      "event_not_object",
      "event_not_object",
      "event_too_deep",
      "event_too_large",
      "no_mapping_matched",
    ]);
  });

  it("takes bytes that are no text for an event that is no JSON", async () => {
    const input = Buffer.concat([
      Buffer.from([0xff, 0xfe, 0x0a]),
      Buffer.from(JSON.stringify(event())),
    ]);
    const { code, out } = await run(["preview", "--settings", settings], { input });
    assert.equal(code, 0);
    assert.deepEqual(codesOf(out), ["event_not_json", "send"]);
  });

  it("takes rows with --rows", async () => {
    const input = '{"id":"7","mobile":"+447700900456"}\n';
    const { out } = await run(
      ["preview", "--settings", file({ ...good, consent: null }), "--rows"],
      {
        input,
      },
    );
    const [decision] = decisionsOf(out);
    assert.ok(decision?.type === "send");
    assert.match(decision.request.body, /Body=Row\+7/);
  });

  it("takes the time of --now, else the clock's", async () => {
    const scheduled = file({
      ...good,
      from: null,
      messaging_service_sid: `MG${"1".repeat(32)}`,
      mappings: [
        {
          trigger: "Order Completed",
          to: "$.properties.phone",
          body: "x",
          send_at: "$.properties.at",
        },
      ],
    });
    const input = JSON.stringify(event({ at: "2026-05-05T00:00:00Z" }));
    const args = ["preview", "--settings", scheduled];
    for (const time of [now, "2026-05-04", "2026-05-04T11:30:00.5+02:00", "2026-05-04T09:30Z"]) {
      const { out } = await run([...args, "--now", time], { input });
      assert.deepEqual(codesOf(out), ["send"], time);
    }
    const late = await run([...args, "--now", "2026-05-06"], { input });
    assert.deepEqual(codesOf(late.out), ["send_at_out_of_range"]);
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const today = await run(args, { input: JSON.stringify(event({ at: soon })) });
    assert.deepEqual(codesOf(today.out), ["send"]);
  });

  it("hides the credentials, also those of the environment", async () => {
    const token = "a1".repeat(16);
    const { out } = await run(["preview", "--settings", file({ ...clean, account_sid: sid })], {
      input: JSON.stringify(event()),
      environment: { TWILIO_AUTH_TOKEN: token },
    });
    const [decision] = decisionsOf(out);
    assert.ok(decision?.type === "send");
    assert.deepEqual(decision.request.headers[0], ["Authorization", "Basic [hidden]"]);
    assert.ok(!out.includes(token));
  });

  it("writes nothing but the problems where settings have some", async () => {
    for (const [content, reason] of [
      [{ ...clean, account_sid: sid }, /Problem credentials_missing at \$/],
      [{ ...good, from: "nobody at all" }, /Problem sender_invalid at \$\.from/],
      ["{", /Problem settings_not_json at \$\n {2}Line 1, column 2/],
    ] as const) {
      const { code, out, error } = await run(["preview", "--settings", file(content)], {
        input: JSON.stringify(event()),
      });
      assert.deepEqual({ code, out }, { code: 1, out: "" });
      assert.match(error, reason);
    }
  });

  it("says on the side that there are warnings", async () => {
    const { code, out, error } = await run(
      ["preview", "--settings", file({ ...good, consent: null })],
      { input: JSON.stringify(event()) },
    );
    assert.equal(code, 0);
    assert.equal(parsed(out).length, 1);
    assert.match(error, /: 1 warning; `twilio-destination check` lists them\n$/);
  });

  it("ends with 3 at events that cannot be read", async () => {
    for (const [path, reason] of [
      ["no/such/file", /`no\/such\/file` cannot be read: there is no such file/],
      [".", /`\.` cannot be read: it is a folder/],
    ] as const) {
      const { code, out, error } = await run(["preview", "--settings", settings, path]);
      assert.deepEqual({ code, out }, { code: 3, out: "" });
      assert.match(error, reason);
    }
  });
});

describe("preview, as a stream", () => {
  it("answers 50,000 lines", async () => {
    const count = 50_000;
    const line = (index: number) => JSON.stringify(event({ name: `number ${index}` }));
    const input = Array.from({ length: count }, (_, index) => `${line(index)}\n`).join("");
    const { code, out } = await run(["preview", "--settings", settings], { input });
    assert.equal(code, 0);
    const answers = out.trimEnd().split("\n");
    assert.equal(answers.length, count);
    for (const index of [0, 1, count / 2, count - 1]) {
      assert.ok(answers[index]?.includes(`Body=Thanks%2C+number+${index}"`), answers[index]);
    }
  });

  it("answers a line before the next one comes, and ends on Ctrl-C without a word", async () => {
    const child = begin(["preview", "--settings", settings]);
    const result = ended(child);
    for (let index = 0; index < 3; index += 1) {
      child.stdin.write(`${JSON.stringify(event())}\n`);
      const [answer] = (await once(child.stdout, "data")) as [Buffer];
      assert.deepEqual(codesOf(answer.toString("utf8")), ["send"]);
    }
    child.kill("SIGINT");
    const { signal, out, error } = await result;
    assert.equal(signal, "SIGINT");
    assert.equal(error, "");
    assert.equal(parsed(out).length, 3);
  });

  it("does not keep a line that is far too long", async () => {
    const child = begin(["preview", "--settings", settings]);
    const result = ended(child);
    const part = Buffer.alloc(1 << 20, " ");
    child.stdin.write('{"a":"');
    for (let written = 0; written < 300; written += 1) {
      if (!child.stdin.write(part)) await once(child.stdin, "drain");
    }
    const peak = peakMegabytes(child.pid);
    child.stdin.end(`"}\n${JSON.stringify(event())}\n`);
    const { code, out } = await result;
    assert.equal(code, 0);
    assert.deepEqual(codesOf(out), ["event_too_large", "send"]);
    if (peak !== undefined) assert.ok(peak < 250, `${peak} MB`);
  });

  it("stops without a word when its reader leaves", async () => {
    const child = begin(["preview", "--settings", settings]);
    const result = ended(child);
    child.stdin.on("error", () => {});
    const line = `${JSON.stringify(event())}\n`;
    child.stdin.write(line.repeat(1000));
    await once(child.stdout, "data");
    child.stdout.destroy();
    // Without an end: it has to stop although more could come.
    child.stdin.write(line.repeat(1000));
    const { code, error } = await result;
    assert.equal(error, "");
    assert.equal(code, 0);
  });

  it("ends with 3 when the output cannot be written", {
    skip: !existsSync("/dev/full"),
  }, async () => {
    const child = spawn(
      process.execPath,
      [program, "preview", "--settings", settings, file(event())],
      {
        env: {},
        stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
      },
    );
    let error = "";
    child.stderr?.on("data", (part: Buffer) => {
      error += part.toString("utf8");
    });
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 3);
    assert.match(error, /the output cannot be written: no space is left/);
  });
});
