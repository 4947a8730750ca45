// The editor: what it does by itself while one types, and that what is painted is what is typed.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { caretAfter, drawn, open, paste, verdict } from "./playground.js";

const editor = "#event-json";

describe("the editor", () => {
  it("closes, types over and indents, so that typed JSON is JSON", async (test) => {
    const { page } = await open(test);
    await paste(page, editor, "");
    await page.locator(editor).focus();
    await page.keyboard.type('{"type": "track", "properties": {"list": [1, "a\\"b"]}}');
    const typed = await page.locator(editor).inputValue();
    assert.equal(typed, '{"type": "track", "properties": {"list": [1, "a\\"b"]}}');
    await paste(page, editor, "");
    await page.locator(editor).focus();
    await page.keyboard.type("{");
    await page.keyboard.press("Enter");
    await page.keyboard.type('"a": 1');
    assert.equal(await page.locator(editor).inputValue(), '{\n  "a": 1\n}');
    await page.keyboard.press("Control+z");
    assert.notEqual(await page.locator(editor).inputValue(), '{\n  "a": 1\n}');
  });

  it("takes an empty text for a beginning, not for a fault", async (test) => {
    const { page } = await open(test);
    await paste(page, editor, "");
    assert.match(await verdict(page), /^… Not decided yet There is no event\. Paste one/);
    assert.equal(await page.locator("#event-json-fault").innerText(), "");
    await drawn(page);
    assert.equal(await page.locator(".fault-wave, .sequence .dot.drop").count(), 0);
    await paste(page, editor, "{");
    assert.match(await page.locator("#event-json-fault").innerText(), /^Line 1, column 2\./);
  });

  it("removes a pair that it closed", async (test) => {
    const { page } = await open(test);
    await paste(page, editor, "");
    await page.locator(editor).focus();
    await page.keyboard.type("[");
    assert.equal(await page.locator(editor).inputValue(), "[]");
    await page.keyboard.press("Backspace");
    assert.equal(await page.locator(editor).inputValue(), "");
  });

  it("is left by Tab", async (test) => {
    const { page } = await open(test);
    await page.locator(editor).focus();
    await page.keyboard.press("Tab");
    assert.notEqual(await page.evaluate(() => document.activeElement?.id), "event-json");
  });

  it("paints the text that it holds, wherever it is scrolled to", async (test) => {
    const { page } = await open(test);
    const long = JSON.stringify(
      { type: "track", items: Array.from({ length: 900 }, (_, at) => ({ at, text: "é😀\t“x”" })) },
      null,
      2,
    );
    await page.locator(editor).evaluate((area, text) => {
      (area as HTMLTextAreaElement).value = text;
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }, long);
    for (const part of [0, 0.5, 1]) {
      await page.locator(editor).evaluate((area, to) => {
        area.scrollTop = to * area.scrollHeight;
      }, part);
      await page.waitForTimeout(50);
      const lines = await page.locator("#pane-event .paint-line").allTextContents();
      const numbers = await page.locator("#pane-event .gutter > div").allTextContents();
      const expected = long.split("\n").slice(Number(numbers[0]) - 1, Number(numbers.at(-1)));
      assert.deepEqual(lines, expected);
      assert.ok(lines.length < 100, "only what is in view is painted");
    }
  });

  it("says where a fault is", async (test) => {
    const { page } = await open(test);
    await caretAfter(page, editor, '"track"');
    await page.keyboard.press("Delete");
    const said = await page.locator("#event-json-fault").innerText();
    assert.match(said, /Line 3, column 3\. Expected/);
    assert.equal(await page.locator(editor).getAttribute("aria-invalid"), "true");
  });
});
