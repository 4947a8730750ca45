// What is pasted or comes with a link cannot make the page fail, hang or run anything.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { open, paste, verdict } from "./playground.js";

const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>';

describe("what is hostile", () => {
  it("in a link is text, and runs nothing", async (test) => {
    const { page, url, requests } = await open(test);
    const title = await page.title();
    const mapping = {
      name: markup,
      trigger: "Order Completed",
      body: `${markup} javascript:alert(1)`,
    };
    const shared = {
      settings: { from: "ACME", mappings: [mapping], [markup]: markup },
      events: [{ type: "track", event: markup, [markup]: { __proto__: null } }],
      reply: {
        first: { type: "response", status: 400, body: markup, headers: [[markup, markup]] },
      },
    };
    const text = Buffer.from(JSON.stringify(shared)).toString("base64url");
    await page.goto(`${url}#v1.j${text}`);
    await page.waitForFunction(() =>
      document.querySelector("#verdict")?.textContent?.includes("problem"),
    );
    assert.match(await page.locator(".sequence").innerText(), /<img/);
    assert.equal(await page.title(), title);
    assert.equal(await page.locator("#app :is(img, script, iframe)").count(), 0);
    assert.deepEqual(
      requests.filter((request) => !request.startsWith(url)),
      [],
    );
  });

  it("in a link is refused with a sentence, and the page stays as it was", async (test) => {
    const { page, url } = await open(test);
    const reply = { first: { type: "response", status: 7 } };
    const shared = JSON.stringify({ settings: {}, events: [{}], reply });
    await page.goto(`${url}#v1.j${Buffer.from(shared).toString("base64url")}`);
    const notice = page.getByRole("alert");
    await notice.waitFor();
    assert.match(await notice.innerText(), /^The link could not be read\. The link's reply cannot/);
    assert.match(await verdict(page), /Would send/);
  });

  const texts: Record<string, string> = {
    "nests without end": "[".repeat(100_000),
    "nests deep": `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    "is one long line": `{"a":[${"1,".repeat(100_000)}1]}`,
    "holds half of a character": '{"type":"track","event":"\\ud800"}',
    "holds control characters": "\u0001\u0000\u202e",
  };
  for (const [what, text] of Object.entries(texts)) {
    it(`as a text that ${what} is pasted anywhere`, async (test) => {
      const { page } = await open(test);
      const tidy = page.locator("#pane-event").getByRole("button", { name: "Tidy" });
      await paste(page, "#event-json", text);
      assert.match(await verdict(page), /Would not send/);
      if (await tidy.isEnabled()) await tidy.click();
      assert.ok((await page.locator(".paint span").count()) < 3_000, "only what is seen is drawn");
      await page.locator("#beside-traits").evaluate((area) => {
        (area.closest("details") as HTMLDetailsElement).open = true;
      });
      await paste(page, "#beside-traits", text);
      await paste(page, "#beside-traits", "");
      await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
      await paste(page, "#settings-json", text);
      assert.match(await verdict(page), /Not decided yet/);
      for (const [button, field] of [
        ["Import", "#import-text"],
        ["Many at once", "#batch-text"],
      ] as const) {
        await page.getByRole("button", { name: button }).click();
        await paste(page, field, text);
        await page.keyboard.press("Escape");
      }
      await page.getByRole("button", { name: "Take it away" }).click();
      await page.getByRole("button", { name: "Node", exact: true }).click();
      await page.keyboard.press("Escape");
      await paste(page, "#settings-json", '{"from":"ACME"}');
      await paste(page, "#event-json", '{"type":"track","event":"Order Completed"}');
      assert.match(await verdict(page), /recipient_missing|message_empty/);
    });
  }
});
