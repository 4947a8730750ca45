// What the program says of itself, and how it takes being called wrongly.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { file, good, run } from "./support.js";

const settings = file(good);

describe("the program", () => {
  it("shows its help, and each command's", async () => {
    for (const [args, content] of [
      [["--help"], /Commands\n {2}check +Lists.*\n {2}phone +Tells.*\n {2}preview +Shows/],
      [["-h"], /Usage: twilio-destination COMMAND/],
      [["preview", "--help"], /Usage: twilio-destination preview --settings FILE \[EVENTS\]/],
      [["check", "--settings", "x", "-h"], /Usage: twilio-destination check --settings FILE/],
    ] as const) {
      const { code, out, error } = await run(args);
      assert.deepEqual({ code, error }, { code: 0, error: "" });
      assert.match(out, content);
      assert.match(out, /Exit codes\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /);
      assert.match(out, /TWILIO_AUTH_TOKEN/);
    }
  });

  it("shows the package's version", async () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../host-shim/package.json", import.meta.url), "utf8"),
    ) as { version: string };
    assert.deepEqual(await run(["--version"]), {
      code: 0,
      signal: null,
      out: `${version}\n`,
      error: "",
    });
  });

  it("ends with 2 when it is called wrongly, and says what was meant", async () => {
    for (const [args, reason] of [
      [[], /Usage/],
      [["previw"], /there is no command `previw`; did you mean `preview`\?/],
      [["frobnicate"], /there is no command `frobnicate`; see `twilio-destination --help`/],
      [["--verson"], /there is no option `--verson`; did you mean `--version`\?/],
      [["check"], /`--settings FILE` is missing; see `twilio-destination check --help`/],
      [["check", "--settings"], /`--settings` needs a value: FILE/],
      [["check", "--settings="], /`--settings` needs a value: FILE/],
      [["check", "--settings", "--json"], /`--settings` needs a value: FILE/],
      [["check", "--settings", settings, "--settings", settings], /`--settings` is given twice/],
      [["check", "--settings", settings, "--json=yes"], /`--json` takes no value/],
      [
        ["check", "--settings", settings, "--stict"],
        /no option `--stict`; did you mean `--strict`\?/,
      ],
      [["check", "--settings", settings, "-s"], /there is no option `-s`/],
      [["check", "--settings", settings, "events"], /`events` is one argument too many/],
      [["preview", "--settings", settings, "a", "b"], /`b` is one argument too many/],
      [["preview", "--settings", settings, "--", "--rows", "b"], /`b` is one argument too many/],
      [["preview", "--settings", settings, "--now", "noon"], /`noon` is not a time with its zone/],
      [["preview", "--settings", settings, "--now", "2026-05-04T09:30:00"], /is not a time/],
      [["preview", "--settings", settings, "--now", "2026-02-30"], /is not a time/],
    ] as const) {
      const { code, out, error } = await run(args);
      assert.equal(code, 2, args.join(" "));
      assert.equal(out, "");
      assert.match(error, reason);
    }
  });

  it("takes no credential as an argument, and does not repeat it", async () => {
    for (const args of [
      ["--auth-token", "5ec2e7"],
      ["--auth-token=5ec2e7"],
      ["--auth_token=5ec2e7"],
      ["--api-key-secret=5ec2e7"],
      ["--tokn=5ec2e7"],
    ]) {
      const { code, out, error } = await run(["check", "--settings", settings, ...args]);
      assert.equal(code, 2);
      assert.match(error, /there is no option|credentials stand in the settings file/);
      assert.ok(!`${out}${error}`.includes("5ec2e7"), args[0]);
    }
    const { error } = await run(["--auth-token=5ec2e7"]);
    assert.ok(!error.includes("5ec2e7"));
  });

  it("does not send control characters to the terminal", async () => {
    const { error } = await run(["preview", "--settings", "\u001b[2J\u009b"]);
    assert.match(error, /\\u\{1b\}\[2J\\u\{9b\}/);
  });
});
