// The settings: a form from the schema and the same as JSON, each in step with the other.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { caretAfter, drawn, open, paste, picture, verdict } from "./playground.js";

const json = "#settings-json";

describe("the settings", () => {
  it("go from the form into the JSON and back", async (test) => {
    const { page } = await open(test);
    const pane = page.locator("#pane-settings");
    await page.getByLabel("Body", { exact: true }).first().fill("Hello {{ traits.first_name }}");
    assert.match(await verdict(page), /Hello Ada/);
    await pane.getByRole("button", { name: "JSON" }).click();
    const text = await page.locator(json).inputValue();
    assert.equal(JSON.parse(text).mappings[0].body, "Hello {{ traits.first_name }}");
    await paste(page, json, text.replace("Hello", "Goodbye"));
    assert.match(await verdict(page), /Goodbye Ada/);
    await pane.getByRole("button", { name: "Form" }).click();
    const body = page.getByLabel("Body", { exact: true }).first();
    assert.equal(await body.inputValue(), "Goodbye {{ traits.first_name }}");
  });

  it("show a problem beside its field, and lead to it", async (test) => {
    const { page } = await open(test);
    await page.getByLabel("Trigger", { exact: true }).first().fill("event = ");
    const field = page.locator('[data-setting="$.mappings[0].trigger"]');
    assert.match(await field.locator(".finding.problem").innerText(), /\S/);
    assert.match(await verdict(page), /Not decided yet The settings have 1 problem/);
    await picture(page, "problem-1440-light");
    const summary = page.locator(".summary");
    assert.match(await summary.innerText(), /1 problem/);
    await summary.locator("summary").first().click();
    await summary.getByRole("button", { name: "$.mappings[0].trigger" }).click();
    const focused = await page.evaluate(() => document.activeElement?.id);
    assert.equal(focused, "setting-mappings-0-trigger".replace("setting-", "setting--"));
  });

  it("show a warning beside its field", async (test) => {
    const { page } = await open(test);
    const field = page.locator('[data-setting="$.mappings[0].body"]');
    assert.match(await field.locator(".finding.warning").innerText(), /cannot be sent in GSM-7/);
  });

  it("mark problems in the JSON, and a fault at its place", async (test) => {
    const { page } = await open(test);
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    await paste(page, json, '{\n  "from": "+14155551234",\n  "colour": 1\n}');
    assert.deepEqual(await page.locator(".m-problem").allInnerTexts(), ['"colour"', ":", " "]);
    await page.locator(".summary").getByRole("button", { name: "$.colour" }).click();
    assert.equal(
      await page.locator(json).evaluate((area) => {
        const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
        return document.activeElement === area && value.slice(selectionStart, selectionEnd);
      }),
      '"colour": ',
    );
    await paste(page, json, '{\n  "from": "+14155551234",\n}');
    assert.match(await page.locator("#settings-json-fault").innerText(), /Line 3, column 1\./);
    assert.equal(await page.locator(".fault-wave").count(), 1);
    await picture(page, "fault-1440-light");
  });

  it("keep the form as it was while the JSON cannot be read", async (test) => {
    const { page } = await open(test);
    const pane = page.locator("#pane-settings");
    await pane.getByRole("button", { name: "JSON" }).click();
    await caretAfter(page, json, "{");
    await page.keyboard.type("x");
    await pane.getByRole("button", { name: "Form" }).click();
    assert.match(await pane.innerText(), /cannot be read: line 1/);
    assert.equal(await page.getByLabel("From", { exact: true }).first().isDisabled(), true);
  });

  it("let every setting of the schema be added, and taken away again", async (test) => {
    const { page } = await open(test);
    const add = page.locator("#setting---add");
    await add.selectOption("status_callback");
    const field = page.getByLabel("Status callback", { exact: true });
    await page.waitForFunction(() => document.activeElement?.id === "setting--status_callback");
    await page.keyboard.type("https://example.com/callback");
    assert.equal(await field.inputValue(), "https://example.com/callback");
    const names = await page.locator(".explain tbody th").allInnerTexts();
    assert.ok(names.includes("StatusCallback"));
    await page.getByRole("button", { name: "Remove Status callback" }).click();
    await drawn(page);
    assert.equal(await field.count(), 0);
    const { default: schema } = await import("../../host-shim/settings.schema.json", {
      with: { type: "json" },
    });
    const offered = await add
      .locator("option")
      .evaluateAll((options) =>
        options
          .map((option) => (option as HTMLOptionElement).value)
          .filter((value) => value !== ""),
      );
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("[data-setting]")]
        .map((field) => /^\$\.(\w+)$/.exec(field.dataset.setting ?? "")?.[1])
        .filter((name) => name !== undefined),
    );
    const groups = ["mappings", "consent"];
    assert.deepEqual(
      [...offered, ...shown, ...groups].sort(),
      Object.keys(schema.properties).sort(),
    );
  });

  it("let mappings be added, moved and removed", async (test) => {
    const { page } = await open(test);
    await page.getByRole("button", { name: "Move Order shipped up" }).click();
    const legends = page.locator(".card > legend");
    assert.deepEqual(await legends.allInnerTexts(), ["Order shipped", "Order confirmed"]);
    await page.getByRole("button", { name: "Remove Order shipped" }).click();
    await page.getByRole("button", { name: "+ Add a mapping" }).click();
    assert.deepEqual(await legends.allInnerTexts(), ["Order confirmed", "Mapping 2"]);
    assert.match(await page.locator(".summary").innerText(), /problem/);
  });

  it("make up credentials, and never show those that were typed", async (test) => {
    const { page } = await open(test);
    assert.match(await page.locator(".credentials").innerText(), /made up/);
    await page.locator("#setting---add").selectOption("auth_token");
    await page.waitForFunction(() => document.activeElement?.id === "setting--auth_token");
    await page.keyboard.type("c0ffee5ec2e70000c0ffee5ec2e70001");
    assert.match(await verdict(page), /Would send/);
    const shown = await page.locator("body").innerText();
    assert.ok(!shown.includes("c0ffee5ec2e7"));
  });
});
