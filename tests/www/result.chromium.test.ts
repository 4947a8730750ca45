// What the playground shows of a decision: words, request, traces, what belongs together.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { caretAfter, drawn, open, paste, picture, verdict } from "./playground.js";

const event = "#event-json";

describe("the result", () => {
  it("says in words what would be sent", async (test) => {
    const { page } = await open(test);
    assert.match(
      await verdict(page),
      /^✓ Would send Thanks Ada! Order ORD-001 .* to \+44 7700 900123 \(United Kingdom, .*\) from \+14155551234, in 2 segments\.$/,
    );
    await picture(page, "send-1440-light");
  });

  it("says why nothing would be sent, with the fix, as one types", async (test) => {
    const { page } = await open(test);
    await caretAfter(page, event, '"marketing": true');
    for (let back = 0; back < "true".length; back += 1) await page.keyboard.press("Backspace");
    assert.match(await verdict(page), /Would not send The event is not JSON/);
    await page.keyboard.type("false");
    assert.match(
      await verdict(page),
      /Would not send The user has not granted every category .* To fix it .* consent_refused/,
    );
    await picture(page, "drop-1440-light");
  });

  it("names each mapping that was tried and each condition that did not hold", async (test) => {
    const { page } = await open(test);
    await caretAfter(page, event, '"total": ');
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    await page.keyboard.type("-1");
    const traces = page.locator(".traces");
    assert.match(await traces.innerText(), /Order confirmed did not match: 1 condition of 2/);
    assert.match(await traces.locator(".check.bad").first().innerText(), /properties\.total > 0/);
    assert.match(await verdict(page), /no_mapping_matched/);
  });

  it("says which conversions the event is, and of which texts", async (test) => {
    const { page } = await open(test);
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    const settings = JSON.parse(await page.locator("#settings-json").inputValue());
    const [mapping] = settings.mappings;
    mapping.provide_feedback = true;
    settings.conversions = [
      { trigger: "Order Completed", mapping: mapping.name, within_seconds: 600 },
      { name: "came back", trigger: "Signed In" },
    ];
    await paste(page, "#settings-json", JSON.stringify(settings));
    const traces = page.getByRole("list", { name: "Conversions" });
    await traces.waitFor();
    const [first = "", second = ""] = await traces.locator("summary").allInnerTexts();
    assert.match(
      first,
      /^conversion 1 .* last text of “Order confirmed”, .* in the 10 min before$/,
    );
    assert.equal(second, "came back not this conversion");
    await traces.scrollIntoViewIfNeeded();
    await picture(page, "conversions-1440-light");
  });

  it("shows the request with the token hidden, as a form and as bytes", async (test) => {
    const { page } = await open(test);
    const rows = page.locator(".explain tbody th");
    assert.deepEqual(await rows.allInnerTexts(), ["To", "From", "Body"]);
    await page.getByRole("button", { name: "Bytes" }).click();
    const bytes = await page.locator(".bytes").innerText();
    assert.match(bytes, /^POST \/2010-04-01\/Accounts\/AC0{32}\/Messages\.json HTTP\/1\.1\n/);
    assert.match(bytes, /\nAuthorization: Basic \[hidden\]\n/);
    const [, body = ""] = bytes.split("\n\n");
    assert.equal(Number(/Content-Length: (\d+)/.exec(bytes)?.[1]), Buffer.byteLength(body));
    assert.match(body, /^To=%2B447700900123&From=%2B14155551234&Body=Thanks\+Ada%21/);
  });

  it("lights up the setting and the event's places of a parameter, by mouse", async (test) => {
    const { page } = await open(test);
    await page.locator('[data-parameter="Body"]').hover();
    assert.equal(await page.locator('[data-setting="$.mappings[0].body"].lit').count(), 1);
    const lit = await page.locator(`.paint .m-lit`).allInnerTexts();
    assert.match(lit.join(""), /"first_name".*"Ada".*"order_id".*"ORD-001"/);
    await picture(page, "explain-1440-light");
    await page.locator("h1").hover();
    await drawn(page);
    assert.equal(await page.locator(".lit, .m-lit").count(), 0);
  });

  it("lights up the parameter of a setting, by keyboard", async (test) => {
    const { page } = await open(test);
    await page.getByLabel("From", { exact: true }).first().focus();
    assert.equal(await page.locator('[data-parameter="From"].lit').count(), 1);
    assert.equal(await page.locator("tr.lit").count(), 1);
  });

  it("lights up the parameter of a place in the event, by the caret", async (test) => {
    const { page } = await open(test);
    await caretAfter(page, event, '"ORD-0');
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator('[data-parameter="Body"].lit').count(), 1);
    assert.equal(await page.locator('[data-setting="$.mappings[0].body"].lit').count(), 1);
    await drawn(page);
    assert.equal(await page.locator('[data-parameter="To"].lit').count(), 0);
  });

  it("lights up the parameter of a place in the event, by the mouse", async (test) => {
    const { page } = await open(test);
    const name = page.locator(".paint .t-name", { hasText: '"phone"' });
    const box = await name.boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    assert.equal(await page.locator('[data-parameter="To"].lit').count(), 1);
  });

  it("says where what is pointed at goes, while its row is out of view", async (test) => {
    const { page } = await open(test);
    const into = page.locator("#pane-result .into");
    await caretAfter(page, event, '"ORD-0');
    await page.keyboard.press("ArrowRight");
    assert.equal(await into.innerText(), "goes into Body");
    await page.getByLabel("From", { exact: true }).first().focus();
    assert.equal(await into.innerText(), "goes into From");
    await page.locator('[data-parameter="To"] button').focus();
    await drawn(page);
    assert.equal(await into.count(), 0);
    assert.match((await page.locator(".paint .m-lit").allInnerTexts()).join(""), /"phone"/);
  });

  it("lights up what is remembered, both ways", async (test) => {
    const { page } = await open(test);
    await page.getByRole("button", { name: "Examples" }).click();
    await page.getByLabel("Search the examples").fill("profile_identify");
    await page.locator(".examples li button").first().click();
    await page.locator('[data-parameter="Body"] button').focus();
    const lit = page.locator("#remembered .lit");
    assert.match(await lit.innerText(), /traits\.name\s+"Ada"/);
    await drawn(page);
    assert.equal(await page.locator(".beside.lit").count(), 0);
    await page.locator("#remembered button", { hasText: "traits.phone" }).focus();
    assert.equal(await page.locator('[data-parameter="To"].lit').count(), 1);
    await drawn(page);
    assert.equal(await page.locator('[data-parameter="Body"].lit').count(), 0);
  });

  it("shows each decision when every mapping that matches sends", async (test) => {
    const { page } = await open(test);
    const both = {
      from: "ACME",
      match: "all",
      mappings: [
        { name: "one", trigger: "Signed Up", to: "+447700900123", body: "First" },
        {
          name: "two",
          trigger: "Signed Up",
          to: "+447700900123",
          body: "Hi {{ properties.none }}",
        },
      ],
    };
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    await paste(page, "#settings-json", JSON.stringify(both));
    await paste(page, event, '{"type":"track","event":"Signed Up"}');
    assert.match(await verdict(page), /First/);
    await page.locator("#pane-result").getByRole("button", { name: "two" }).click();
    assert.match(await verdict(page), /template_value_missing/);
  });

  it("tells what the recipient's clock shows when quiet hours are set", async (test) => {
    const { page } = await open(test);
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    const text = await page.locator("#settings-json").inputValue();
    const quiet_hours = { from: "21:00", to: "08:00" };
    await paste(page, "#settings-json", JSON.stringify({ ...JSON.parse(text), quiet_hours }));
    await page.getByText("Known beside the event").click();
    await page.getByLabel("Time of the decision (UTC)").fill("2026-01-15T23:30:00");
    assert.match(
      await page.locator("#pane-result").innerText(),
      /Quiet hours.*23:30 Europe\/London/s,
    );
  });

  it("decides for rows of a table", async (test) => {
    const { page } = await open(test);
    await page.getByLabel("What comes in").selectOption("rows");
    await page.getByRole("button", { name: "Remove Consent" }).count();
    await paste(page, event, '{"to":"+447700900123","body":"Your parcel is here"}');
    assert.match(await verdict(page), /Consent is required, and a row carries none/);
  });
});
