// Several events in a row, and what is known beside them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { open, paste, verdict } from "./playground.js";

describe("a sequence of events", () => {
  it("shows at each event how it fares", async (test) => {
    const { page } = await open(test);
    await page.getByRole("button", { name: "Add an event" }).click();
    const steps = page.locator(".sequence li button");
    assert.deepEqual((await steps.allInnerTexts()).map(last), ["Order Completed", "identify"]);
    assert.match(await verdict(page), /no_mapping_matched/);
    await page.getByRole("button", { name: "Move earlier" }).click();
    assert.deepEqual((await steps.allInnerTexts()).map(last), ["identify", "Order Completed"]);
    await steps.last().click();
    assert.match(await verdict(page), /Would send/);
    assert.equal(await page.locator(".sequence .dot.send").count(), 1);
    assert.equal(await page.locator(".sequence .dot.drop").count(), 1);
    await page.getByRole("button", { name: "Remove this event" }).click();
    assert.equal(await steps.count(), 1);
  });

  it("takes the profile, an opt-out and the time into the decision", async (test) => {
    const { page } = await open(test);
    await paste(page, "#event-json", '{"type":"track","event":"Order Shipped"}');
    await page.getByText("Known beside the event").click();
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    const mapping = { trigger: "Order Shipped", body: "Hi {{ traits.first_name }}" };
    await paste(page, "#settings-json", JSON.stringify({ from: "ACME", mappings: [mapping] }));
    assert.match(await verdict(page), /recipient_missing/);
    const traits = page.getByLabel("The profile’s traits");
    await traits.fill('{"phone":"+447700900123","first_name":"Ada"');
    assert.match(await verdict(page), /traits cannot be read/);
    await traits.fill('{"phone":"+447700900123","first_name":"Ada"}');
    assert.match(await verdict(page), /Hi Ada/);
    await page.locator('[data-parameter="To"]').hover();
    assert.equal(await page.locator(".beside.lit").count(), 1);
    await page.getByLabel("Time of the decision (UTC)").fill("2026-05-08T09:30:00");
    assert.match(await verdict(page), /Decided as of 8 May 2026, 09:30 UTC/);
    await page.getByLabel("May the recipient be texted?").selectOption("opted_out");
    assert.match(await verdict(page), /recipient_suppressed/);
  });
});

function last(text: string): string {
  return text.split(":").at(-1)?.trim() ?? "";
}
