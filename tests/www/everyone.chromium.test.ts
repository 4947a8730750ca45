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
    // The page and its worker load the wasm, the page the examples, the service worker its files.
    assert.equal(script.match(/(?<!async )\bfetch\(/g)?.length, 4);
    assert.ok(!/XMLHttpRequest|WebSocket|sendBeacon|EventSource/.test(script));
  });
});

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
