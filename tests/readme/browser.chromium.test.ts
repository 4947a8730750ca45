// README.md's example for browsers, in real Chromium, from the files that the package publishes.

import assert from "node:assert/strict";
import { it } from "node:test";
import { openPage } from "../host/in-chromium.js";
import { example } from "./examples.js";

it("the browser example previews", async (test) => {
  // A bundler resolves the package's name; here it is put in its place.
  const source = example("browser").replace('"twilio-destination"', '"/load/browser.js"');
  const page = await openPage(test, { "/example.js": source });
  await page.evaluate('import("/example.js")');
  const shown = await page.textContent("body");
  const [decision] = JSON.parse(shown ?? "").decisions;
  assert.equal(decision.type, "send");
  assert.equal(decision.request.body, "To=%2B447700900123&From=ACME&Body=Welcome%2C+Zo%C3%AB%21");
});
