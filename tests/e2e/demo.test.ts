// `npm start -- --once` without set-up and build: the demonstration on the built package.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { type LiveScene, sendLive } from "../../host-shim/demo/live.js";
import { paintFor } from "../../host-shim/demo/paint.js";
import { redirectTo } from "../../host-shim/demo/redirect.js";
import { type StandIn, sampleAccounts, startStandIn } from "../../host-shim/stand-in/index.js";
import { seen } from "./endings.js";

const main = fileURLToPath(new URL("../../host-shim/demo/main.ts", import.meta.url));
const samples = JSON.parse(
  readFileSync(new URL("../../host-shim/demo/samples.json", import.meta.url), "utf8"),
) as { title: string; expect: { type: string } }[];

interface Run {
  readonly code: number | null;
  readonly output: string;
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Run> {
  return startUntil(args, environment, undefined);
}

/** Runs the demonstration; once its output matches, it is interrupted as by Ctrl-C. */
function startUntil(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  enough: RegExp | undefined,
  meanwhile: (output: string) => Promise<void> = async () => {},
): Promise<Run> {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let reached = false;
  const take = async (part: Buffer) => {
    output += part.toString("utf8");
    if (reached || enough === undefined || !enough.test(output)) return;
    reached = true;
    await meanwhile(output).finally(() => child.kill("SIGINT"));
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  return new Promise((done) => child.on("close", (code) => done({ code, output })));
}

/** The part of the output that is about one sample. */
function about(output: string, number: number): string {
  return output.slice(output.indexOf(`\n${number}. `), output.indexOf(`\n${number + 1}. `));
}

describe("the demonstration", () => {
  it("shows every sample, from event to outcome, and each ends as it should", async () => {
    const { code, output } = await start(["--once"]);
    assert.equal(code, 0, output);
    const types = samples.map(({ expect }) => expect.type);
    assert.deepEqual(types, ["sent", "dropped", "dropped", "dropped", "failed", "sent", "sent"]);
    for (const [index, { title, expect }] of samples.entries()) {
      const part = about(`${output}\n${samples.length + 1}. `, index + 1);
      assert.ok(part.includes(title), title);
      assert.match(part, new RegExp(`^ {3}outcome {3}${expect.type}\\b`, "m"));
    }
    assert.match(
      about(output, 1),
      /^ {3}request {3}POST https:\/\/api\.twilio\.com\/2010-04-01\//m,
    );
    assert.match(about(output, 1), /Authorization: Basic \[hidden\]/);
    assert.match(
      about(output, 1),
      /To {3}= \+447700900123 {2}\(\$\.mappings\[0\]\.to: properties\.phone\)/,
    );
    assert.match(about(output, 1), /^ {3}reply {5}HTTP 201, SM[0-9a-f]{32}, queued/m);
    assert.match(about(output, 2), /drop, consent_refused at context\.consent/);
    assert.match(about(output, 3), /drop, recipient_invalid at properties\.phone/);
    assert.match(about(output, 4), /drop, template_value_missing at properties\.first_name/);
    assert.match(about(output, 5), /error 21610/);
    assert.match(about(output, 6), /back_off: wait 2\.\d s/);
    assert.match(about(output, 6), /2 requests, 1 message created/);
    assert.match(about(output, 7), /look_up: GET to Twilio/);
    assert.match(about(output, 7), /sent: found/);
    assert.match(about(output, 7), /2 requests, 1 message created/);
    assert.ok(output.trimEnd().endsWith("7 of 7 events ended as it should"));
    assert.ok(!output.includes("\u001b") && !output.includes("WRONG"));
  });

  it("fails when the stand-in does not do as it should", async () => {
    const { code, output } = await start(["--once", "--fault", "cut-off-400"]);
    assert.equal(code, 1);
    assert.match(
      about(output, 1),
      /WRONG {5}it should have ended sent: sent, 1 request, 1 message/,
    );
    assert.match(output, /6 of 7 events ended as it should/);
  });

  it("stays until Ctrl-C, and takes the request whose command line it prints", async () => {
    let status = 0;
    const { code, output } = await startUntil(
      [],
      {},
      /To send to it with the package/,
      async (text) => {
        const [, user = "", password = ""] = /--user (\S+):(\S+)/.exec(text) ?? [];
        const [url = ""] = /http:\S+\/Messages\.json/.exec(text) ?? [];
        const form = [...text.matchAll(/--data-urlencode (\w+)=(\S+)/g)].map(
          ([, name = "", value = ""]): [string, string] => [name, value],
        );
        const answer = await fetch(url, {
          method: "POST",
          headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` },
          body: new URLSearchParams(form),
        });
        status = answer.status;
      },
    );
    assert.equal(status, 201);
    assert.equal(code, 0, output);
    assert.match(output, /^POST 201 created SM/m);
    assert.ok(output.endsWith("Stopping\n"));
  });

  it("says what is wrong with its arguments", async () => {
    for (const [args, reason] of [
      [["--onse"], /no option `--onse`; did you mean `--once`\?/],
      [["--fault", "nonsense"], /no fault `nonsense`/],
      [["--port", "99999"], /no port/],
    ] as const) {
      const { code, output } = await start(args);
      assert.equal(code, 2);
      assert.match(output, reason);
    }
    assert.equal((await start(["--help"])).code, 0);
  });

  it("has colours only where they are wanted", () => {
    const coloured = (stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv) =>
      paintFor(stream, environment).bad("x") !== "x";
    assert.equal(coloured({ isTTY: true }, {}), true);
    assert.equal(coloured({}, {}), false);
    assert.equal(coloured({ isTTY: true }, { NO_COLOR: "1" }), false);
    assert.equal(coloured({ isTTY: true }, { TERM: "dumb" }), false);
  });
});

describe("the message to Twilio itself", () => {
  const { sid, authToken } = sampleAccounts.live;
  const environment = {
    TWILIO_ACCOUNT_SID: sid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_FROM: "+14155551234",
    TWILIO_TO: "+447700900456",
  };

  /** What would happen at Twilio, which the stand-in plays here. */
  async function attempt(
    change: Partial<LiveScene>,
    prepare: (standIn: StandIn) => void = () => {},
  ): Promise<{ sent: boolean; output: string; questions: string[]; requests: number }> {
    const standIn = await startStandIn();
    prepare(standIn);
    const lines: string[] = [];
    const questions: string[] = [];
    try {
      const sent = await sendLive({
        environment,
        fetch: redirectTo(standIn.url, fetch),
        ask: async (question) => {
          questions.push(`${lines.join("\n")}\n${question}`);
          return "send";
        },
        print: (line) => void lines.push(line),
        paint: paintFor({}, {}),
        ...change,
      });
      return { sent, output: lines.join("\n"), questions, requests: seen(standIn).requests };
    } finally {
      await standIn.close();
    }
  }

  it("is shown in full, asked for, sent once and reported", async () => {
    const { sent, output, questions, requests } = await attempt({});
    assert.equal(sent, true);
    assert.equal(requests, 1);
    assert.equal(questions.length, 1);
    assert.match(questions[0] ?? "", /one real text, which Twilio bills/);
    assert.match(questions[0] ?? "", /To {3}= \+447700900456/);
    assert.match(questions[0] ?? "", /Body = This is the test message/);
    assert.match(output, /outcome {3}sent/);
    assert.ok(!output.includes(`:${authToken}`) && !output.includes(btoa(`${sid}:${authToken}`)));
  });

  it("is not sent without a yes, or without somebody to ask", async () => {
    for (const ask of [async () => "", async () => "y", async () => "sending", undefined]) {
      const { sent, output, requests } = await attempt({ ask });
      assert.deepEqual({ sent, requests }, { sent: false, requests: 0 });
      assert.match(output, /Nothing was sent/);
    }
    const { code, output } = await start(["--live"], environment);
    assert.equal(code, 1);
    assert.match(output, /there is no terminal to ask on/);
  });

  it("is not sent with half of what it needs, which is named", async () => {
    for (const [missing, reason] of [
      ["TWILIO_FROM", /TWILIO_FROM, a sender/],
      ["TWILIO_TO", /TWILIO_TO, your own number/],
      ["TWILIO_AUTH_TOKEN", /neither an auth token nor an API key/i],
      ["TWILIO_ACCOUNT_SID", /account_sid/],
    ] as const) {
      const { sent, output, questions, requests } = await attempt({
        environment: { ...environment, [missing]: "" },
      });
      assert.deepEqual({ sent, requests, questions }, { sent: false, requests: 0, questions: [] });
      assert.match(output, reason);
    }
  });

  it("is found and not sent again when its reply is lost", async () => {
    const { sent, output, requests } = await attempt({}, ({ faults }) =>
      faults.add("reset-created"),
    );
    assert.deepEqual({ sent, requests }, { sent: true, requests: 2 });
    assert.match(output, /outcome {3}sent: found/);
  });
});

describe("the demonstration's fetch", () => {
  it("replaces the origin and nothing else, and reaches no other", async () => {
    const calls: unknown[] = [];
    const redirected = redirectTo("http://127.0.0.1:1", async (...call) => {
      calls.push(call);
      return new Response();
    });
    const init = { method: "POST" };
    await redirected("https://api.twilio.com/2010-04-01/A.json?x=1", init);
    assert.deepEqual(calls, [["http://127.0.0.1:1/2010-04-01/A.json?x=1", init]]);
    for (const url of [
      "https://api.twilio.com.example/",
      "http://api.twilio.com/",
      "https://example.org/",
    ]) {
      await assert.rejects(redirected(url, init));
    }
    assert.equal(calls.length, 1);
  });
});
