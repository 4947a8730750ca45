// The playground in real Chromium, served as a static host would serve it.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { serve } from "../../host-shim/scripts/static-server.mjs";

/** The built page's folder. */
export const dist = fileURLToPath(new URL("../../www/dist/", import.meta.url));
const output = fileURLToPath(new URL("../output/www/", import.meta.url));

/** How the page is opened. */
export interface Opening {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  readonly reducedMotion?: boolean;
}

/** An open page, and what went wrong or out in it. */
export interface Playground {
  readonly page: Page;
  readonly url: string;
  /** Everything that the page asked for. */
  readonly requests: readonly string[];
  /** Stops the server. */
  readonly stop: () => void;
}

/** Opens the playground; whatever the page complains of fails the test. */
export async function open(test: TestContext, opening: Opening = {}): Promise<Playground> {
  const { width = 1440, height = 900, theme = "light", reducedMotion = false } = opening;
  const server = await serve(dist, 0);
  test.after(() => server.close());
  const executablePath = process.env.CHROMIUM_PATH;
  assert.ok(executablePath !== undefined, "CHROMIUM_PATH is missing; `npm test` finds or sets it");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  test.after(() => browser.close());
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(server.url);
  await page.waitForSelector("#verdict", { state: "attached" });
  test.after(() => assert.deepEqual(complaints, [], "the page complains of nothing"));
  return { page, url: server.url, requests, stop: () => server.close() };
}

/** Keeps a picture of the page as output of the tests. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  await page.screenshot({ path: `${output}${name}.png` });
}

/** Replaces what stands in an editor, by typing as somebody who pastes. */
export async function paste(page: Page, editor: string, text: string): Promise<void> {
  await page.locator(editor).fill(text);
}

/** Puts the caret behind the first place where `text` stands in an editor. */
export async function caretAfter(page: Page, editor: string, text: string): Promise<void> {
  await page.locator(editor).evaluate((area, sought) => {
    const it = area as HTMLTextAreaElement;
    const at = it.value.indexOf(sought) + sought.length;
    it.focus();
    it.setSelectionRange(at, at);
  }, text);
}

/** Waits until what was done is drawn: the page draws in its next frame, and so once more after it. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

/** The text of the verdict, in one line. */
export async function verdict(page: Page): Promise<string> {
  await drawn(page);
  return ((await page.locator("#verdict").innerText()) ?? "").replaceAll(/\s+/g, " ").trim();
}

/** The built files of one kind, joined. */
export function built(ending: string): string {
  const names = readdirSync(dist).filter((name) => name.endsWith(ending));
  assert.notEqual(names.length, 0);
  return names.map((name) => readFileSync(`${dist}${name}`, "utf8")).join("\n");
}
