// For everyone: keyboard, screen readers, small screens, both themes, no network, nothing from
// elsewhere.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { built, open, paste, picture, verdict } from "./playground.js";

describe("the playground is for everyone", () => {
  for (const theme of ["light", "dark"] as const) {
    for (const width of [360, 900, 1440]) {
      it(`axe finds nothing at ${width} px, ${theme}`, async (test) => {
        const { page } = await open(test, { width, height: 800, theme, reducedMotion: true });
        for (const view of ["Event", "Settings", "Result"]) {
          const button = page.locator(".views").getByRole("button", { name: view });
          if (await button.isVisible()) await button.click();
          assert.deepEqual(await faults(page), []);
          assert.ok(await fits(page), `nothing is wider than the screen: ${view}`);
          await picture(page, `${view.toLowerCase()}-${width}-${theme}`);
        }
        const first = page.locator(".views").getByRole("button", { name: "Event" });
        if (await first.isVisible()) await first.click();
        await paste(page, "#event-json", "{");
        assert.deepEqual(await faults(page), []);
        await paste(page, "#event-json", '{"type":"track","event":"Order Completed"}');
        assert.deepEqual(await faults(page), []);
      });
    }
  }

  for (const [width, theme] of [
    [360, "light"],
    [360, "dark"],
    [900, "light"],
    [1440, "dark"],
  ] as const) {
    it(`axe finds nothing in any dialog or state at ${width} px, ${theme}`, async (test) => {
      const { page } = await open(test, { width, height: 800, theme, reducedMotion: true });
      const see = async (name: string) => {
        assert.deepEqual(await faults(page), [], name);
        assert.ok(await fits(page), `${name}: nothing is wider than the screen`);
        await picture(page, `${name}-${width}-${theme}`);
      };
      const dialog = page.locator("dialog");
      const fill: Record<string, () => Promise<unknown>> = {
        Examples: () => dialog.locator(".examples").first().waitFor(),
        Import: () => paste(page, "#import-text", '{"to":{"@flatten":1},"body":"Hi"}'),
        "Many at once": async () => {
          await paste(page, "#batch-text", '{"type":"track","event":"Order Completed"}\nnothing');
          await dialog.getByText("2 records").waitFor();
        },
        "Take it away": () => dialog.getByRole("button", { name: "Worker" }).click(),
        Share: () => dialog.locator("#share-link").waitFor(),
      };
      for (const [name, prepare] of Object.entries(fill)) {
        await page.getByRole("button", { name, exact: true }).click();
        await prepare();
        await see(name.toLowerCase().replaceAll(" ", "-"));
        const inside = await dialog.evaluate((it) => it.scrollWidth <= it.clientWidth);
        assert.ok(inside, `${name}: nothing is wider than the dialog`);
        await page.keyboard.press("Escape");
      }
      await look(page, "Event");
      await paste(page, "#event-json", "");
      await see("empty");
      await paste(page, "#event-json", '{\n  "type": "track",,\n}');
      await see("fault");
      await look(page, "Result");
      await see("fault-result");
      await example(page, "At night a message is put off");
      await look(page, "Result");
      await see("later");
      await example(page, "never_seen");
      await look(page, "Result");
      await page.locator("#ending").evaluate((it) => it.scrollIntoView());
      await see("unknown");
      await look(page, "Settings");
      await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
      await paste(page, "#settings-json", '{"from":"","colour":1,"mappings":[{}]}');
      await see("problems-json");
      await page.locator("#pane-settings").getByRole("button", { name: "Form" }).click();
      await page.locator(".summary > summary").click();
      await see("problems-form");
      await look(page, "Result");
      await see("problems-result");
    });
  }

  it("leads the keyboard through every pane", async (test) => {
    const { page } = await open(test);
    const reached = new Set<string>();
    for (let press = 0; press < 80; press += 1) {
      await page.keyboard.press("Tab");
      const pane = await page.evaluate(() => document.activeElement?.closest(".pane")?.id);
      if (pane !== undefined) reached.add(pane);
    }
    assert.deepEqual([...reached], ["pane-event", "pane-settings", "pane-result"]);
  });

  it("moves nothing when motion is to be reduced", async (test) => {
    const { page } = await open(test, { reducedMotion: true });
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((it) => {
          const { transitionDuration, animationName } = getComputedStyle(it);
          return transitionDuration !== "0s" || animationName !== "none";
        }).length,
    );
    assert.equal(moving, 0);
  });

  it("keeps the theme that was chosen", async (test) => {
    const { page, url } = await open(test, { theme: "light" });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    const button = page.getByRole("button", { name: /^Theme/ });
    await button.click();
    await button.click();
    assert.match((await button.getAttribute("aria-label")) ?? "", /^Theme: dark/);
    const dark = await paper();
    assert.notEqual(dark, light);
    await page.goto(url);
    assert.equal(await paper(), dark);
  });

  it("works without a network after the first visit", async (test) => {
    const { page, stop, url } = await open(test);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    stop();
    await page.context().setOffline(true);
    await page.goto(url);
    await page.waitForSelector("#verdict");
    assert.match(await verdict(page), /Would send/);
  });

  it("asks for nothing but its own files", async (test) => {
    const { page, requests, url } = await open(test);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await paste(page, "#event-json", '{"type":"track","event":"Order Shipped"}');
    assert.deepEqual(
      requests.filter((request) => !request.startsWith(url)),
      [],
    );
  });

  it("may neither evaluate text nor reach another host", async (test) => {
    const { page, url } = await open(test);
    const response = await page.request.get(url);
    const policy = await page
      .locator('meta[http-equiv="Content-Security-Policy"]')
      .getAttribute("content");
    assert.ok(policy !== null);
    assert.ok(response.headers()["content-security-policy"]?.startsWith(policy));
    assert.ok(!/unsafe-inline|'unsafe-eval'/.test(policy));
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'; .*connect-src 'self';/);
  });

  it("has no code that could send", () => {
    const script = built(".js");
    assert.ok(!script.includes("api.twilio.com"));
    // What page and worker share loads the wasm, the page the examples, the service worker its files.
    assert.equal(script.match(/(?<!async )\bfetch\(/g)?.length, 3);
    assert.ok(!/XMLHttpRequest|WebSocket|sendBeacon|EventSource/.test(script));
  });
});

/** Brings a pane into view, where not all of them are. */
async function look(page: Page, pane: string): Promise<void> {
  const button = page.locator(".views").getByRole("button", { name: pane });
  if (await button.isVisible()) await button.click();
}

async function example(page: Page, words: string): Promise<void> {
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByLabel("Search the examples").fill(words);
  await page.locator(".examples li button").first().click();
}

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

function fits(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
}
