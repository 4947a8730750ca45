// A page in real Chromium that serves the package's published files under a strict policy.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { TestContext } from "node:test";
import { chromium, type Page } from "playwright-core";

const dist = new URL("../../host-shim/dist/", import.meta.url);
const kinds: Record<string, string> = { js: "text/javascript", wasm: "application/wasm" };

/** Opens an empty page; it may load the package's files and `others`, and nothing from elsewhere. */
export async function openPage(
  test: TestContext,
  others: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Page> {
  const server = createServer(async ({ url = "/" }, response) => {
    const kind = kinds[url.split(".").at(-1) ?? ""];
    response.setHeader("Content-Type", kind ?? "text/html");
    response.setHeader(
      "Content-Security-Policy",
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    );
    const page = "<!doctype html><title>page</title><body></body>";
    response.end(kind ? (others[url] ?? (await readFile(new URL(`.${url}`, dist)))) : page);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");

  const executablePath = process.env.CHROMIUM_PATH;
  assert.ok(executablePath !== undefined, "CHROMIUM_PATH is missing; `npm test` finds or sets it");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  test.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${address.port}/`);
  return page;
}
