// The published package's entry for browsers, unbundled, under a policy that forbids all but wasm.

import assert from "node:assert/strict";
import { it } from "node:test";
import { runInThisContext } from "node:vm";
import * as inNode from "twilio-destination";
import { decide } from "./first-decision.js";
import { openPage } from "./in-chromium.js";

it("decides in Chromium", async (test) => {
  const page = await openPage(test);
  const found = await page.evaluate(`import("/load/browser.js").then(${decide})`);
  assert.equal(found, runInThisContext(decide)(inNode));
});
