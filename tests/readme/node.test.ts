// README.md's examples for Node, phone numbers and Segment functions, run as they stand there.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { it } from "node:test";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { atStandIn, example, orderEvent, startTwilio } from "./examples.js";

const output = new URL("../output/", import.meta.url);

it("the Node example sends", async (test) => {
  const { twilio, sid, token } = await startTwilio();
  test.after(() => twilio.close());
  mkdirSync(output, { recursive: true });
  // Only Twilio's address is replaced: the example itself is not touched.
  const detour = `
    const real = globalThis.fetch;
    globalThis.fetch = (url, init) =>
      real(url.replace("https://api.twilio.com", ${JSON.stringify(twilio.url)}), init);
  `;
  writeFileSync(new URL("detour.mjs", output), detour);
  writeFileSync(new URL("readme-node.mjs", output), example("node"));
  const printed = await run(["--import", "./detour.mjs", "readme-node.mjs"], {
    TWILIO_ACCOUNT_SID: sid,
    TWILIO_AUTH_TOKEN: token,
  });
  const [message] = twilio.messages;
  assert.equal(printed, `sent ${message?.sid}\n`);
  assert.equal(message?.body, "Thanks Ada! Order ORD-001 is on its way.");
  assert.equal(twilio.messages.length, 1);
});

it("the phone number example tells who can be texted", async () => {
  mkdirSync(output, { recursive: true });
  writeFileSync(new URL("readme-phone.mjs", output), example("phone"));
  assert.equal(
    await run(["readme-phone.mjs"], {}),
    `+447911123456
not_mobile: the phone number is not a mobile number
+447911123456
scientific_notation: take the number from its source again, and store it as text
`,
  );
});

it("the Segment example sends, and throws what Segment understands", async (test) => {
  const { twilio, sid, token } = await startTwilio();
  test.after(() => twilio.close());
  const { outputFiles } = await build({
    entryPoints: ["twilio-destination/inline"],
    bundle: true,
    format: "iife",
    globalName: "twilio",
    minify: true,
    write: false,
  });
  class RetryError extends Error {}
  class ValidationError extends Error {}
  // A bare context, as Segment's: no TextDecoder, no AbortController, no imports.
  const context = createContext({
    RetryError,
    ValidationError,
    WebAssembly,
    atob,
    setTimeout,
    clearTimeout,
    fetch: (url: string, init: RequestInit) => fetch(atStandIn(url, twilio), init),
  });
  runInContext(outputFiles[0]?.text ?? "", context);
  runInContext(example("segment"), context);
  const onTrack = context.onTrack as (event: object, settings: object) => Promise<void>;
  const settings = { accountSid: sid, authToken: token, from: "+14155551234" };

  await onTrack(orderEvent, settings);
  assert.equal(twilio.messages[0]?.body, "Your order is on its way.");
  await assert.rejects(onTrack({ ...orderEvent, event: "Other" }, settings), ValidationError);
  twilio.faults.add({
    preset: "429-retry-after-date",
    reply: { status: 429, code: 20429, retryAfter: { date: 60 } },
  });
  await assert.rejects(onTrack(orderEvent, settings), RetryError);
  assert.equal(twilio.messages.length, 1);
});

function run(args: string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: output, env: { ...process.env, ...env } });
    let printed = "";
    let errors = "";
    child.stdout.on("data", (data) => {
      printed += data;
    });
    child.stderr.on("data", (data) => {
      errors += data;
    });
    child.on("close", (code) => (code === 0 ? resolve(printed) : reject(new Error(errors))));
  });
}
