import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { ask, basic, FROM, live, TO } from "./support.js";

const MAIN = fileURLToPath(new URL("../../host-shim/stand-in/main.ts", import.meta.url));

function run(...args: string[]): {
  output: () => string;
  started: Promise<string>;
  ended: Promise<number | null>;
  stop: () => void;
} {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args]);
  let output = "";
  const started = new Promise<string>((resolve) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { output: () => output, started, ended, stop: () => void child.kill("SIGTERM") };
}

test("the program says where it is, logs neither numbers nor texts nor tokens, and stops when told", async () => {
  const program = run("--port", "0", "--list-lag", "5");
  const url = await program.started;
  const headers = { authorization: basic(live.sid, live.authToken) };
  const path = `${url}/2010-04-01/Accounts/${live.sid}/Messages.json`;
  assert.equal(
    (
      await ask(
        "POST",
        path,
        headers,
        new URLSearchParams({ To: TO, From: FROM, Body: "private words" }),
      )
    ).status,
    201,
  );
  await ask(
    "POST",
    path,
    headers,
    new URLSearchParams({ To: "123", From: FROM, Body: "private words" }),
  );
  await ask("GET", `${path}?To=${encodeURIComponent(TO)}`, headers);
  program.stop();
  assert.equal(await program.ended, 0);
  const output = program.output();
  assert.match(output, /^POST 201 created SM[0-9a-f]{32} queued$/m);
  assert.match(output, /^POST 400 refused 21211$/m);
  assert.match(output, /^GET 200 list$/m);
  assert.match(output, /stopping after 3 requests, 1 messages/);
  for (const secret of [TO.slice(1), FROM.slice(1), "private", live.authToken])
    assert.ok(!output.includes(secret), secret);
});

test("wrong arguments end it with status 2 and a reason", async () => {
  for (const [args, reason] of [
    [["--port", "many"], /--port: `many` is not a whole number/],
    [["--delivery", "nonsense"], /unknown delivery `nonsense`/],
    [["--route", "x"], /--route: `x` is not of the form/],
    [["--nonsense"], /nonsense/],
  ] as const) {
    const program = run(...args);
    assert.equal(await program.ended, 2);
    assert.match(program.output(), reason);
  }
});

test("--help tells the faults' names", async () => {
  const program = run("--help");
  assert.equal(await program.ended, 0);
  assert.match(program.output(), /429-retry-after-date/);
});
