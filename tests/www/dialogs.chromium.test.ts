// Examples, many at once, taking away, sharing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { drawn, open, paste, picture, verdict } from "./playground.js";

const token = "c0ffee5ec2e70000c0ffee5ec2e70001";
const settings = {
  account_sid: "AC0123456789abcdef0123456789abcdef",
  auth_token: token,
  from: "+14155551234",
  mappings: [{ trigger: "Signed Up", body: "Hi {{ traits.first_name }}" }],
};
const event = {
  type: "track",
  event: "Signed Up",
  context: { traits: { first_name: "Ada", phone: "+447911123456" } },
};

describe("every dialog", () => {
  it("is open as soon as it is there, so that no key goes to the page behind", async (test) => {
    const { page } = await open(test);
    for (const name of ["Examples", "Many at once", "Take it away"]) {
      const opened = page.evaluate(
        () =>
          new Promise<boolean>((tell) => {
            new MutationObserver((_, observer) => {
              const dialog = document.querySelector("dialog");
              if (dialog === null) return;
              observer.disconnect();
              tell(dialog.open);
            }).observe(document.body, { childList: true, subtree: true });
          }),
      );
      await page.getByRole("button", { name, exact: true }).click();
      assert.ok(await opened, name);
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
    }
  });
});

describe("examples", () => {
  it("are found by their code, and shown with all that they need", async (test) => {
    const { page } = await open(test);
    await page.getByRole("button", { name: "Examples" }).click();
    const search = page.getByLabel("Search the examples");
    await search.fill("recipient_suppressed");
    await picture(page, "examples-1440-light");
    assert.deepEqual(await faults(page), []);
    await page.locator(".examples li button").first().click();
    assert.match(await verdict(page), /Would not send .* recipient_suppressed/);
    await drawn(page);
    assert.equal(await page.locator("dialog").count(), 0);
  });

  it("each decide as the gallery says", async (test) => {
    const { page } = await open(test);
    await page.getByRole("button", { name: "Examples" }).click();
    await page.locator(".examples").first().waitFor();
    const codes = await page
      .locator(".examples", { hasText: "Why nothing is sent" })
      .locator("code")
      .allInnerTexts();
    assert.ok(codes.length > 30);
    for (const [at, code] of codes.entries()) {
      if (at > 0) await page.getByRole("button", { name: "Examples" }).click();
      await page
        .locator(".examples", { hasText: "Why nothing is sent" })
        .locator("li button")
        .nth(at)
        .click();
      const [name = ""] = code.split(" ");
      const chips = await page.locator("#verdict .chip, #pane-result .switch").allInnerTexts();
      assert.ok(chips.join(" ").includes(name) || chips.length > 1, `${code}: ${chips}`);
    }
  });
});

describe("a link", () => {
  it("brings back the page, without the token and with masked numbers", async (test) => {
    const { page, url } = await open(test);
    await fill(page);
    const before = await verdict(page);
    await page.getByRole("button", { name: "Share" }).click();
    const field = page.getByLabel("Link", { exact: true });
    await page.waitForFunction(() => document.querySelector("#share-link") !== null);
    assert.match(await page.locator("dialog").innerText(), /2 phone numbers masked.*Secrets were/s);
    assert.deepEqual(await faults(page), []);
    await picture(page, "share-1440-light");
    const link = await field.inputValue();
    await page.getByRole("button", { name: "Copy the link" }).click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);

    const other = await page.context().newPage();
    await other.goto(link.replace(/^https?:\/\/[^/]+\//, url));
    await other.waitForSelector("#verdict");
    await other.waitForFunction(() =>
      document.querySelector(".verdict")?.textContent?.includes("Hi Ada"),
    );
    const typed = await other.locator("#event-json").inputValue();
    assert.ok(!typed.includes("+447911123456"));
    assert.match(JSON.parse(typed).context.traits.phone, /^\+447911\d{6}$/);
    await other.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    assert.ok(!(await other.locator("#settings-json").inputValue()).includes("c0ffee"));
    const shape = (text: string) => text.replaceAll(/\+?\d[\d ]{5,}/g, "#");
    assert.equal(shape(await verdict(other)), shape(before));
  });

  it("keeps phone numbers only if one asks for them", async (test) => {
    const { page } = await open(test);
    await fill(page);
    await page.getByRole("button", { name: "Share" }).click();
    const masked = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.getByLabel("Keep phone numbers as they are").check();
    await page.waitForFunction(
      (before) => document.querySelector<HTMLInputElement>("#share-link")?.value !== before,
      masked,
    );
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.goto(link);
    await page.waitForFunction(() =>
      document.querySelector(".verdict")?.textContent?.includes("+44 7911 123456"),
    );
  });

  it("that cannot be read is told, and changes nothing", async (test) => {
    const { page, url } = await open(test);
    await page.goto(`${url}#v1.dnothing`);
    const notice = page.getByRole("alert");
    await notice.waitFor();
    assert.match(await notice.innerText(), /The link could not be read\. .* damaged/);
    assert.match(await verdict(page), /Would send/);
  });
});

describe("taking away", () => {
  it("gives code without a secret, for every use", async (test) => {
    const { page } = await open(test);
    await fill(page);
    await page.getByRole("button", { name: "Take it away" }).click();
    const parts: Record<string, RegExp> = {
      cURL: /curl --request POST .*\$TWILIO_AUTH_TOKEN.*Body=Hi Ada/s,
      Node: /process\.env\.TWILIO_AUTH_TOKEN/,
      Worker: /env\.TWILIO_AUTH_TOKEN/,
      Wrangler: /wrangler secret put TWILIO_AUTH_TOKEN/,
      "Segment function": /onTrack/,
    };
    const dialog = page.locator("dialog");
    for (const [name, expected] of Object.entries(parts)) {
      await dialog.getByRole("button", { name, exact: true }).click();
      const text = await dialog.locator("pre").innerText();
      assert.match(text, expected, name);
      assert.ok(!text.includes("c0ffee"), name);
      await dialog.getByRole("button", { name: "Copy" }).click();
      await dialog.getByText("Copied").waitFor();
      assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), text.trim());
    }
    assert.deepEqual(await faults(page), []);
    await picture(page, "take-1440-light");
    await page.keyboard.press("Escape");
    await drawn(page);
    assert.equal(await dialog.count(), 0);
  });

  it("says what is missing", async (test) => {
    const { page } = await open(test);
    await paste(page, "#event-json", "{}");
    await page.getByRole("button", { name: "Take it away" }).click();
    assert.match(await page.locator("dialog").innerText(), /there is no request to take away/);
  });
});

describe("importing", () => {
  it("brings a Segment mapping in, and says what it could not carry over", async (test) => {
    const { page } = await open(test);
    await paste(page, "#event-json", JSON.stringify(event));
    await page.getByRole("button", { name: "Import" }).click();
    const dialog = page.locator("dialog");
    await paste(page, "#import-text", '{"to": ');
    assert.match(await dialog.innerText(), /This is not JSON yet/);
    const subscription = {
      name: "Welcome",
      subscribe: 'type = "track" and event = "Signed Up"',
      mapping: {
        to: { "@path": "$.context.traits.phone" },
        body: { "@template": "Welcome, {{context.traits.first_name}}" },
        sendAt: { "@flatten": { value: 1 } },
      },
    };
    await paste(page, "#import-text", JSON.stringify(subscription));
    assert.match(await dialog.innerText(), /parts? carried over, [1-9]\d* not\./);
    assert.match(await dialog.locator(".imports").first().innerText(), /sendAt|send_at|flatten/i);
    assert.deepEqual(await faults(page), []);
    await picture(page, "import-1440-light");
    await dialog.getByRole("button", { name: "Use these settings" }).click();
    assert.equal(
      await page.getByLabel("Trigger", { exact: true }).inputValue(),
      subscription.subscribe,
    );
    assert.equal(
      await page.getByLabel("From", { exact: true }).first().inputValue(),
      "+14155551234",
    );
  });

  it("takes a text as it is from Customer.io and Zeotap", async (test) => {
    const { page } = await open(test);
    const dialog = page.locator("dialog");
    for (const [name, text] of [
      ["Customer.io", "Hi {{ customer.first_name }}"],
      ["Zeotap", "Hi {{first_name}}"],
    ] as const) {
      await page.getByRole("button", { name: "Import" }).click();
      await dialog.getByRole("button", { name }).click();
      await paste(page, "#import-text", text);
      await dialog.getByRole("button", { name: "Use these settings" }).click();
      await page.getByLabel("Body", { exact: true }).first().waitFor();
      const body = await page.getByLabel("Body", { exact: true }).first().inputValue();
      assert.match(body, /^Hi \{\{.*first_name.*\}\}$/);
    }
  });
});

describe("many at once", () => {
  it("decides ten thousand events, and stays smooth", async (test) => {
    const { page } = await open(test);
    await fill(page);
    await page.getByRole("button", { name: "Many at once" }).click();
    const lines = Array.from({ length: 10_000 }, (_, at) => {
      const phone = at % 10 === 0 ? "12" : `+4477009${String(at).padStart(5, "0")}`;
      return JSON.stringify({ ...event, context: { traits: { first_name: `N${at}`, phone } } });
    });
    await page.locator('input[type="file"]').setInputFiles({
      name: "events.ndjson",
      mimeType: "application/x-ndjson",
      buffer: Buffer.from(lines.join("\n")),
    });
    const dialog = page.locator("dialog");
    await dialog.getByText("10,000 records").waitFor();
    assert.match(await dialog.innerText(), /9,000 texts in 9,000 segments/);
    assert.match(await dialog.innerText(), /recipient_invalid 1,000/);
    assert.ok((await dialog.locator("tbody tr").count()) < 120, "only what is in view is drawn");
    assert.ok(!(await dialog.locator("table").innerText()).includes("+44770090"));
    assert.deepEqual(await faults(page), []);
    await picture(page, "batch-1440-light");

    const table = dialog.locator(".batch-table");
    await table.evaluate((it) => it.scrollTo(0, it.scrollHeight));
    await dialog.getByRole("button", { name: "Open line 10,000" }).waitFor();
    await dialog.getByRole("button", { name: /^recipient_invalid/ }).click();
    await dialog.getByLabel("Search the decisions").fill("N11");
    assert.match(await table.innerText(), /Nothing to show/);
    await dialog.getByRole("button", { name: /^would send/ }).click();
    assert.match(await table.innerText(), /Hi N11/);

    await dialog.getByLabel("Search the decisions").fill("N9999");
    const downloading = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Download CSV" }).click();
    const csv = readFileSync(await (await downloading).path(), "utf8")
      .trim()
      .split("\r\n");
    assert.equal(csv.length, 2);
    assert.match(csv[1] ?? "", /^10000,send,.*Hi N9999/);
  });

  it("opens a line as the page's event, and goes back to where one was", async (test) => {
    const { page } = await open(test);
    await fill(page);
    const before = await page.locator("#event-json").inputValue();
    const lines = Array.from({ length: 2_000 }, (_, at) => {
      const traits = { first_name: `N${at + 1}`, phone: `+4477009${String(at).padStart(5, "0")}` };
      return JSON.stringify({ ...event, context: { traits } });
    });
    await page.getByRole("button", { name: "Many at once" }).click();
    const dialog = page.locator("dialog");
    await page.evaluate(
      (text) => navigator.clipboard.writeText(text),
      `${lines.join("\n")}\nnothing`,
    );
    await page.locator("#batch-text").click();
    await page.keyboard.press("Control+V");
    await dialog.getByText(/^\d+,\d+ characters were pasted/).waitFor();
    await dialog.getByText("2,001 records").waitFor();
    await dialog.getByRole("button", { name: /^would send/ }).click();
    const table = dialog.locator(".batch-table");
    await table.evaluate((it) => it.scrollTo(0, 34 * 1_000));
    await dialog.getByRole("cell", { name: "Hi N1010", exact: true }).click();
    await drawn(page);
    assert.equal(await dialog.count(), 0);
    assert.match(await verdict(page), /Would send .*Hi N1010/);
    assert.deepEqual(JSON.parse(await page.locator("#event-json").inputValue()).context.traits, {
      first_name: "N1010",
      phone: "+447700901009",
    });
    assert.match(await page.locator(".opened").innerText(), /line 1,010/);
    assert.deepEqual(await faults(page), []);
    await picture(page, "batch-opened-1440-light");

    await paste(page, "#settings-json", JSON.stringify(settings).replace("Hi ", "Bye "));
    await page.getByRole("button", { name: "Back to the table" }).click();
    await dialog.getByText("2,001 records").waitFor();
    await dialog.getByRole("cell", { name: "Bye N1010", exact: true }).waitFor();
    assert.equal(await table.evaluate((it) => it.scrollTop), 34 * 1_000);
    assert.equal(await dialog.locator('.filters [aria-pressed="true"]').count(), 1);
    assert.match(await dialog.locator('.filters [aria-pressed="true"]').innerText(), /would send/);
    assert.equal(await page.locator("#event-json").inputValue(), before);

    await dialog.getByRole("button", { name: /^event_not_json/ }).click();
    await dialog.getByRole("button", { name: "Open line 2,001" }).focus();
    await page.keyboard.press("Enter");
    assert.match(await verdict(page), /event_not_json/);
    await page.getByRole("button", { name: "Keep it as the event" }).click();
    assert.equal(await page.locator("#event-json").inputValue(), "nothing");
    await drawn(page);
    assert.equal(await page.locator(".opened").count(), 0);
  });

  it("decides a pasted table", async (test) => {
    const { page } = await open(test);
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    await paste(page, "#settings-json", '{"from":"ACME"}');
    await page.getByRole("button", { name: "Many at once" }).click();
    await paste(page, "#batch-text", 'to,body\n+447700900123,"Hello, you"\n,nobody\n');
    const dialog = page.locator("dialog");
    await dialog.getByText("2 records").waitFor();
    assert.match(await dialog.innerText(), /1 text in 1 segment/);
    assert.match(await dialog.locator("table").innerText(), /Hello, you/);
    assert.match(await dialog.locator("table").innerText(), /recipient missing/);
    await dialog.getByLabel("Show phone numbers").check();
    await dialog.getByText("+447700900123").first().waitFor();
    await dialog.getByRole("button", { name: "Open line 2" }).click();
    assert.match(await verdict(page), /Would send .*Hello, you/);
    assert.equal(await page.getByLabel("What comes in").inputValue(), "rows");
  });

  it("refuses while the settings have problems", async (test) => {
    const { page } = await open(test);
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    await paste(page, "#settings-json", '{"from":"ACME","colour":1}');
    await page.getByRole("button", { name: "Many at once" }).click();
    await paste(page, "#batch-text", "{}");
    await page.getByText("The settings have 1 problem: nothing can be decided.").waitFor();
  });
});

async function fill(page: Page): Promise<void> {
  await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
  await paste(page, "#settings-json", JSON.stringify(settings));
  await paste(page, "#event-json", JSON.stringify(event));
  assert.match(await verdict(page), /Would send/);
}

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
