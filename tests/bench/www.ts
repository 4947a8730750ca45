// `npm run bench:www`: what a first visit transfers, and how long it takes from a key press until
// the result stands in the page, with an event of 32 KB. A bare text area with the same text is
// measured beside it: no page that is typed into can be faster, and it tells how busy the machine is.

import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { serve } from "../../host-shim/scripts/static-server.mjs";

const dist = fileURLToPath(new URL("../../www/dist/", import.meta.url));
const presses = 300;
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** An event of just under 32,768 bytes whose last member is the name that the text greets. */
function largeEvent(): string {
  const event = (items: number) =>
    JSON.stringify(
      {
        type: "track",
        event: "Order Completed",
        context: {
          traits: { phone: "+44 7700 900123" },
          consent: { categoryPreferences: { marketing: true } },
        },
        properties: {
          order_id: "ORD-001",
          total: 27.5,
          items: Array.from({ length: items }, (_, at) => ({
            sku: `SKU-${at}`,
            name: "A pair of shoes",
            price: 27.5,
            tags: ["new", "red"],
          })),
        },
        traits: { first_name: "Ada" },
      },
      null,
      2,
    );
  let items = 1;
  while (Buffer.byteLength(event(items + 1)) < 32_500) items += 1;
  return event(items);
}

const server = await serve(dist, 0);
const executablePath = process.env.CHROMIUM_PATH ?? "";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  // Counted by the server: what the service worker fetches, the page never sees.
  const printSince = (before: number, what: string) =>
    print(`${what}, headers included: ${((server.sent() - before) / 1000).toFixed(1)} kB`);
  const alone = await browser.newContext({ serviceWorkers: "block" });
  const visit = await alone.newPage();
  await visit.goto(server.url);
  await visit.waitForSelector("#verdict");
  printSince(0, "transferred until a first visit shows a result");
  await alone.close();
  const before = server.sent();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url);
  await page.waitForSelector("#verdict");
  await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
  printSince(before, "transferred with what is then kept for offline use");

  const text = largeEvent();
  await page.locator("#event-json").evaluate((area, value) => {
    const it = area as HTMLTextAreaElement;
    it.value = value;
    it.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const at = value.lastIndexOf("Ada") + 3;
    it.focus();
    it.setSelectionRange(at, at);
  }, text);
  await page.evaluate(() => {
    const times: { result: number; frame: number }[] = [];
    Object.assign(globalThis, { times });
    let pressed = 0;
    addEventListener("keydown", ({ timeStamp }) => (pressed = timeStamp), true);
    const watcher = new MutationObserver(() => {
      // Reading a size makes the browser lay the page out: until then nothing can be shown.
      document.querySelector("#verdict")?.getBoundingClientRect();
      const entry = { result: performance.now() - pressed, frame: 0 };
      times.push(entry);
      requestAnimationFrame(() => setTimeout(() => (entry.frame = performance.now() - pressed)));
    });
    const verdict = document.querySelector("#verdict");
    if (verdict !== null) {
      watcher.observe(verdict, { subtree: true, characterData: true, childList: true });
    }
  });
  await type(page);
  const times = (await page.evaluate("times")) as { result: number; frame: number }[];
  if (times.length < presses) throw new Error(`${times.length} results for ${presses} presses`);
  print(
    `key presses in an event of ${Buffer.byteLength(text).toLocaleString("en")} bytes: ${presses}`,
  );
  report(
    "from key press to the result in the page, laid out",
    times.map(({ result }) => result),
  );
  report(
    "from key press to the frame after, painted",
    times.map(({ frame }) => frame),
  );
  report("from key press to the text in a bare text area, laid out", await bare(text));
} finally {
  await browser.close();
  server.close();
}

async function bare(text: string): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.setContent('<textarea wrap="off" spellcheck="false" rows="40" cols="60"></textarea>');
  await page.locator("textarea").evaluate((area, value) => {
    const it = area as HTMLTextAreaElement;
    it.value = value;
    const at = value.lastIndexOf("Ada") + 3;
    it.focus();
    it.setSelectionRange(at, at);
    const times: number[] = [];
    Object.assign(globalThis, { times });
    let pressed = 0;
    addEventListener("keydown", ({ timeStamp }) => (pressed = timeStamp), true);
    it.addEventListener("input", () => {
      it.getBoundingClientRect();
      times.push(performance.now() - pressed);
    });
  }, text);
  await type(page);
  return (await page.evaluate("times")) as number[];
}

async function type(page: Page): Promise<void> {
  for (let press = 0; press < presses; press += 1) {
    await page.keyboard.press(press % 6 < 3 ? "x" : "Backspace");
  }
  await page.waitForTimeout(100);
}

function report(what: string, list: number[]): void {
  const sorted = list.sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.ceil(part * sorted.length) - 1] ?? 0).toFixed(1);
  print(`${what}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`);
}
