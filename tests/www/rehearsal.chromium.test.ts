// What Twilio answers is chosen; the steps that follow and how it ends are seen.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { type Opening, open, paste, picture, verdict } from "./playground.js";

describe("what Twilio answers", () => {
  it("is at first that the message was created", async (test) => {
    const { page } = await open(test);
    assert.match(await ending(page), /^Sent\..* sent/);
    const whys = await timeline(page);
    assert.ok(whys.indexOf("open_claim") < whys.indexOf("dispatch"));
    assert.ok(whys.indexOf("dispatch") < whys.indexOf("create"));
    assert.equal(whys.at(-1), "settle_claim");
    assert.equal(whys.filter((why) => why === "create").length, 1);
  });

  it("is tried again once it says so, and never where it may exist", async (test) => {
    const { page } = await open(test);
    await answer(page, "429, 20429: too many requests, Retry-After: 5");
    assert.deepEqual(await kinds(page), ["create", "back_off", "create"]);
    assert.match(await ending(page), /^Sent/);
    assert.match(await step(page, "create"), /429, Retry-After: 5, after 150 ms/);
    const waited = await step(page, "back_off");
    assert.ok(Number(/([\d.]+) s$/.exec(waited)?.[1]) >= 5, waited);
    await page.locator("#title-rehearsal").evaluate((it) => it.scrollIntoView());
    await picture(page, "rehearsal-429");
    assert.ok(await page.evaluate(() => document.body.scrollHeight <= window.innerHeight));

    await answer(page, "The reply is lost; the message was created");
    assert.match(await ending(page), /^Sent/);
    const found = await kinds(page);
    assert.equal(found.filter((why) => why === "create").length, 1);
    assert.ok(found.includes("look_up"));
    await page.getByLabel("Twilio’s list of messages").selectOption("does not show it");
    assert.ok((await kinds(page)).filter((why) => why === "look_up").length > 1);
    await page.locator("#rehearsal").scrollIntoViewIfNeeded();
    await picture(page, "rehearsal-unclear");
  });

  it("ends as each answer that can be chosen means", async (test) => {
    const { page } = await open(test);
    const endings: Record<string, RegExp> = {
      "201, the body cut off": /^Sent.*sent_body_cut_off/,
      "400, 21211: the number is not valid": /^Failed.*21211/,
      "400, 21610: the recipient opted out": /^Failed.*To fix it.*21610/,
      "401, 20003: the credentials are wrong": /^Halted.*20003/,
      "500: Twilio fails; the message was created": /^Sent/,
      "The request times out; the message was created": /^Sent/,
      "The connection is refused": /^Sent/,
    };
    for (const [words, expected] of Object.entries(endings)) {
      await answer(page, words);
      assert.match(await ending(page), expected, words);
    }
    await page.getByLabel("And when asked again").selectOption("the same each time");
    assert.match(await ending(page), /^Put off.*begun again at.*deferred/);
  });

  it("comes with an example, whose code the ending shows", async (test) => {
    const { page } = await open(test);
    const group = page.locator(".examples", { hasText: "What Twilio may answer" });
    await page.getByRole("button", { name: "Examples" }).click();
    await group.waitFor();
    const codes = await group.locator("code").allInnerTexts();
    assert.ok(codes.length > 30, "the group has an example of each code");
    for (const [at, code] of codes.entries()) {
      if (at > 0) await page.getByRole("button", { name: "Examples" }).click();
      await group.locator("li button").nth(at).click();
      const ended = await ending(page);
      assert.ok(ended.includes(code), `${code}: ${ended}`);
    }
  });

  it("travels in a link", async (test) => {
    const { page, url } = await open(test);
    await answer(page, "400, 21610: the recipient opted out");
    await page.getByRole("button", { name: "Share" }).click();
    await page.waitForFunction(() => document.querySelector("#share-link") !== null);
    const link = await page.getByLabel("Link", { exact: true }).inputValue();
    await page.goto(url);
    assert.match(await ending(page), /^Sent/);
    await page.goto(link);
    await page.waitForFunction(() => /21610/.test(document.body.innerText));
    assert.match(await ending(page), /^Failed.*21610/);
  });

  for (const opening of [
    { width: 360, theme: "light" },
    { width: 360, theme: "dark" },
    { width: 1440, theme: "dark" },
  ] as const) {
    it(`is for everyone at ${opening.width} px, ${opening.theme}`, (test) =>
      everyone(test, { ...opening, height: 800, reducedMotion: true }));
  }
});

async function everyone(test: Parameters<typeof open>[0], opening: Opening): Promise<void> {
  const { page } = await open(test, opening);
  const result = page.locator(".views").getByRole("button", { name: "Result" });
  if (await result.isVisible()) await result.click();
  await answer(page, "500: Twilio fails; nothing was created");
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document),
  );
  assert.deepEqual(
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
    [],
  );
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
    "nothing is wider than the screen",
  );
  await page.locator("#title-rehearsal").evaluate((it) => it.scrollIntoView());
  await picture(page, `rehearsal-${opening.width}-${opening.theme}`);
}

async function answer(page: Page, words: string): Promise<void> {
  await page.getByLabel("Twilio answers").selectOption(words);
}

async function ending(page: Page): Promise<string> {
  return (await page.locator("#ending").innerText()).replaceAll(/\s+/g, " ").trim();
}

/** The reasons of all steps. */
function timeline(page: Page): Promise<string[]> {
  return page
    .locator(".timeline [data-why]")
    .evaluateAll((steps) => steps.map((step) => step.getAttribute("data-why") ?? ""));
}

/** The reasons of the steps that take time. */
function kinds(page: Page): Promise<string[]> {
  return page
    .locator(".timeline :is(.fetch, .wait)")
    .evaluateAll((steps) => steps.map((step) => step.getAttribute("data-why") ?? ""));
}

async function step(page: Page, why: string): Promise<string> {
  return (await page.locator(`[data-why="${why}"]`).first().innerText()).trim();
}

describe("events that come one after the other", () => {
  const order = {
    type: "track",
    event: "Order Completed",
    userId: "u-1",
    messageId: "m-1",
    context: { consent: { categoryPreferences: { marketing: true } } },
    properties: { order_id: "ORD-001", total: 27.5 },
  };
  const identify = {
    type: "identify",
    userId: "u-1",
    messageId: "m-0",
    traits: { phone: "+44 7700 900123", first_name: "Grace" },
  };

  async function sequence(page: Page, ...events: object[]): Promise<void> {
    for (const [at, event] of events.entries()) {
      if (at > 0) await page.getByRole("button", { name: "Add an event" }).click();
      await paste(page, "#event-json", JSON.stringify(event));
    }
  }

  it("tells that an identify came too late, and shows the profile that results", async (test) => {
    const { page } = await open(test);
    await sequence(page, order, identify);
    const steps = page.locator(".sequence li button");
    const remembered = page.locator("#remembered");
    assert.match(await remembered.innerText(), /traits.first_name\s+"Grace"/);
    await steps.first().click();
    assert.match(await verdict(page), /Would not send .*It came too early/);
    await picture(page, "sequence-too-late");
    await page.getByRole("button", { name: "Move later" }).click();
    assert.match(await verdict(page), /Would send .*Thanks Grace!.*7700 900123/);
    assert.match(await remembered.innerText(), /2 traits/);
    await picture(page, "sequence-in-order");
  });

  it("follows an alias", async (test) => {
    const { page } = await open(test);
    const alias = { type: "alias", userId: "u-1", previousId: "visitor", messageId: "m-2" };
    await sequence(page, { ...identify, userId: "visitor" }, alias, order);
    assert.match(await verdict(page), /Would send .*Thanks Grace!/);
    await page.locator(".sequence li button").nth(1).click();
    await page.getByRole("button", { name: "Remove this event" }).click();
    assert.match(await verdict(page), /Would not send .*recipient_missing/);
  });

  it("sends an event once", async (test) => {
    const { page } = await open(test);
    await sequence(page, identify, order, order);
    assert.match(await verdict(page), /Would not send .*duplicate/);
    await paste(page, "#event-json", JSON.stringify({ ...order, messageId: "m-3" }));
    assert.match(await verdict(page), /Would send/);
  });

  it("leaves those alone who opted out, and halts a sender that fails for all", async (test) => {
    const { page } = await open(test);
    await sequence(page, identify, order, { ...order, messageId: "m-3" });
    const steps = page.locator(".sequence li button");
    await steps.nth(1).click();
    await answer(page, "400, 21610: the recipient opted out");
    await steps.last().click();
    assert.match(await verdict(page), /Would not send .*recipient_suppressed/);
    await steps.nth(1).click();
    await answer(page, "401, 20003: the credentials are wrong");
    await steps.last().click();
    assert.match(await verdict(page), /Would not be sent yet .*halted/);
    assert.equal(await page.locator(".sequence .dot.send").count(), 1);
  });
});

describe("what is put off", () => {
  const settings = {
    from: "+14155551234",
    consent: { categories: [] },
    mappings: [{ name: "Order", trigger: "Order Completed", body: "Your order is on its way." }],
  };
  const order = {
    type: "track",
    event: "Order Completed",
    userId: "u-1",
    messageId: "m-1",
    context: { traits: { phone: "+44 7700 900123" } },
  };

  async function at(page: Page, changes: object, time: string, ...events: object[]) {
    await page.locator("#pane-settings").getByRole("button", { name: "JSON" }).click();
    await paste(page, "#settings-json", JSON.stringify({ ...settings, ...changes }));
    await page.getByText("Known beside the event").click();
    await page.getByLabel("Time of the decision (UTC)").fill(time);
    for (const [place, event] of events.entries()) {
      if (place > 0) await page.getByRole("button", { name: "Add an event" }).click();
      await paste(page, "#event-json", JSON.stringify(event));
    }
  }

  it("by quiet hours begins again in the morning, by itself", async (test) => {
    const { page } = await open(test);
    await at(page, { quiet_hours: {} }, "2026-01-15T22:30:00", order);
    assert.match(
      await verdict(page),
      /^◷ Would send later The recipient has quiet hours .* Begun again at 16 Jan 2026, 08:00:00 UTC, it sends: Your order .* to \+44 7700 900123/,
    );
    assert.match(await ending(page), /^Sent\./);
    const again = page.locator(".timeline .again");
    assert.match(await again.innerText(), /Begun again at 16 Jan 2026, 08:00:00 UTC, 9 h 30 min/);
    const whys = await timeline(page);
    assert.ok(whys.indexOf("look_at_claim") < whys.indexOf("create"));
    assert.equal(await page.locator(".sequence .dot.later").count(), 1);
    assert.equal(await page.locator("#bubble").innerText(), "Your order is on its way.");
    await page.locator('[data-parameter="Body"]').hover();
    assert.match((await page.locator("#pane-settings .m-lit").allInnerTexts()).join(""), /body/);
    await picture(page, "put-off-1440-light");
  });

  it("waits for an identify that comes meanwhile", async (test) => {
    const { page } = await open(test);
    const { context, ...bare } = order;
    const identify = { type: "identify", userId: "u-1", messageId: "m-2", traits: context.traits };
    const waiting = { profiles: { wait_for_profile_ms: 5_000 } };
    await at(page, waiting, "2026-01-15T12:00:00", bare, identify);
    await page.locator(".sequence li button").first().click();
    assert.match(await verdict(page), /^✓ Would send .*7700 900123/);
    assert.deepEqual(await kinds(page), ["wait_for_profile", "create"]);
    assert.match(await step(page, "wait_for_profile"), /5 s$/);
  });

  it("by a process that ended is found out about, and not sent twice", async (test) => {
    const { page } = await open(test);
    await answer(page, "The process ends before the reply; the message was created");
    assert.match(await ending(page), /^Sent\..* found/);
    assert.equal((await kinds(page)).filter((why) => why === "create").length, 1);
    assert.match(await page.locator(".timeline .again").innerText(), /hands the event over again/);
    await answer(page, "The process ends before the reply; nothing was created");
    assert.match(await ending(page), /^Sent\./);
    assert.equal((await kinds(page)).filter((why) => why === "create").length, 2);
  });

  it("is told from what it was asked for, of several messages", async (test) => {
    const { page } = await open(test);
    const mappings = ["First", "Second"].map((name) => ({
      name,
      trigger: "Order Completed",
      body: `${name} text`,
    }));
    await at(page, { match: "all", mappings }, "2026-01-15T12:00:00", order);
    await answer(page, "401, 20003: the credentials are wrong");
    assert.match(await verdict(page), /^✓ Would send “?First text/);
    await page.locator("#pane-result .switch").getByRole("button", { name: "Second" }).click();
    assert.match(await verdict(page), /^✕ Would not be sent yet .*halted credentials_wrong/);
    assert.match(
      await page.locator("#pane-result [role=status]").first().innerText(),
      /not be sent/,
    );
    await answer(page, "201: created");
    assert.match(await verdict(page), /^✓ Would send “?Second text/);
  });

  it("again and again is drawn as far as one can read", async (test) => {
    const { page } = await open(test);
    await answer(page, "The connection is refused");
    await page.getByLabel("And when asked again").selectOption("the same each time");
    const left = page.locator(".timeline .left-out").first();
    assert.match(await left.innerText(), /\d+ more steps/);
    assert.match(await page.locator(".timeline .done").innerText(), /Put off once more/);
  });
});
