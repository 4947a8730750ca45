// The published package's entry for browsers, unbundled, under a policy that forbids all but wasm.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { it } from "node:test";
import { chromium } from "playwright-core";
import * as inNode from "twilio-destination";

const dist = new URL("../../host-shim/dist/", import.meta.url);
const kinds: Record<string, string> = {
  html: "text/html",
  js: "text/javascript",
  wasm: "application/wasm",
};

it("is ready in Chromium", async (test) => {
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
  const found = await page.evaluate(async () => {
    const core = await import("/load/browser.js" as string);
    const { memory } = core.initSync({ module: new Uint8Array() });
    return { names: Object.keys(core), ready: memory instanceof WebAssembly.Memory };
  });
  assert.deepEqual(found, { names: Object.keys(inNode), ready: true });
});
