// The published package's entry for browsers, unbundled, under a policy that forbids all but wasm.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { it } from "node:test";
import { runInThisContext } from "node:vm";
import { chromium } from "playwright-core";
import * as inNode from "twilio-destination";
import { decide } from "./first-decision.js";

const dist = new URL("../../host-shim/dist/", import.meta.url);
const kinds: Record<string, string> = {
  html: "text/html",
  js: "text/javascript",
  wasm: "application/wasm",
};

it("decides in Chromium", async (test) => {
  const server = createServer(async ({ url = "/" }, response) => {
    const kind = kinds[url.split(".").at(-1) ?? ""] ?? "text/html";
    response.setHeader("Content-Type", kind);
    response.setHeader(
      "Content-Security-Policy",
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    );
    const page = kind === "text/html";
    response.end(
      page ? "<!doctype html><title>load</title>" : await readFile(new URL(`.${url}`, dist)),
    );
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
  const found = await page.evaluate(`import("/load/browser.js").then(${decide})`);
  assert.equal(found, runInThisContext(decide)(inNode));
});
