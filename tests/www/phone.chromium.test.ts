// The message as a phone shows it, and what it costs.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import calculator from "sms-segments-calculator";
import { drawn, open, paste, verdict } from "./playground.js";

describe("the phone", () => {
  it("draws each segment and marks the characters that force UCS-2", async (test) => {
    const { page } = await open(test);
    assert.equal(await page.locator("#bubble .segment").count(), 2);
    assert.deepEqual(await page.locator("#bubble mark").allInnerTexts(), ["–", "’", "’"]);
    assert.match(await page.locator(".bill-count").innerText(), /2\s*segments\s*UCS-2/);
  });

  it("switches smart encoding on with one click, and says what it changes", async (test) => {
    const { page } = await open(test);
    assert.match(await page.locator(".smart").innerText(), /2 → 1 segment/);
    await page.getByLabel("Smart encoding").check();
    assert.match(await verdict(page), /in 1 segment\./);
    await drawn(page);
    assert.equal(await page.locator("#bubble mark").count(), 0);
    assert.match(await page.locator("#bubble").innerText(), /we'll text you when it's/);
    const names = await page.locator(".explain tbody th").allInnerTexts();
    assert.ok(names.includes("SmartEncoded"));
    assert.equal(await page.locator('[data-setting="$.mappings[0].smart_encoded"]').count(), 1);
    await page.getByLabel("Smart encoding").uncheck();
    assert.match(await verdict(page), /in 2 segments\./);
  });

  it("counts as Twilio's calculator does", async (test) => {
    const { page } = await open(test);
    await page.getByLabel("What comes in").selectOption("rows");
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    await paste(page, "#settings-json", '{"from":"ACME"}');
    const texts = ["Hello", "€".repeat(90), "Привет ".repeat(30), "👍🏽 done, 😀", "é".repeat(161)];
    for (const body of texts) {
      const theirs = new calculator.SegmentedMessage(body);
      await paste(page, "#event-json", JSON.stringify({ to: "+447700900123", body }));
      const details = page.locator(".counts");
      if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
      const numbers = (await details.locator("dd").allInnerTexts()).map((text) =>
        Number(text.replaceAll(/\D/g, "")),
      );
      assert.deepEqual(
        [numbers[0], numbers[1], numbers[3], numbers[4]],
        [
          theirs.numberOfCharacters,
          theirs.numberOfUnicodeScalars,
          theirs.messageSize,
          theirs.totalSize,
        ],
        body,
      );
      assert.equal(await page.locator("#bubble .segment").count(), theirs.segmentsCount, body);
    }
  });
});
