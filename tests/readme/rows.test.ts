// README.md's example for rows, run twice as it stands there.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { example, startTwilio } from "./examples.js";

const output = new URL("../output/readme-rows/", import.meta.url);

it("the example for rows sends each row once, although it is run twice", async (test) => {
  const { twilio, sid, token } = await startTwilio();
  test.after(() => twilio.close());
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  test.after(() => rmSync(output, { recursive: true, force: true }));
  const settings = { account_sid: sid, auth_token: token, from: "+14155551234" };
  const rows = ["+447700900123", "+447700900124"].map((to) => ({ to, body: "Hi" }));
  const given = `
    const real = globalThis.fetch;
    globalThis.fetch = (url, init) =>
      real(url.replace("https://api.twilio.com", ${JSON.stringify(twilio.url)}), init);
    const settings = ${JSON.stringify(settings)};
    const rows = ${JSON.stringify(rows)};
  `;
  writeFileSync(new URL("rows.mjs", output), example("rows").replace("\n\n", `\n${given}\n`));
  const cwd = fileURLToPath(output);
  const run = async () =>
    (await promisify(execFile)(process.execPath, ["rows.mjs"], { cwd })).stdout;
  assert.equal(await run(), "1 sent\n2 sent\n");
  assert.equal(await run(), "1 dropped\n2 dropped\n");
  assert.equal(twilio.messages.length, 2);
});
