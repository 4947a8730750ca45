// The benchmark: `npm run bench`, or `npm run bench -- --quick` to see that it works.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Destination } from "twilio-destination";
import { assertAgreement } from "./agree.js";
import {
  bareFunction,
  createdAnswer,
  ours,
  quickForm,
  type SegmentDestination,
  segment,
  segmentSettings,
  sends,
  settings,
  standardForm,
} from "./contenders.js";
import { eventTexts, sizes } from "./events.js";
import { type Contender, measure, quick, thorough } from "./measure.js";
import { heading, rows, say } from "./report.js";
import { measureStarts, type Starter } from "./startup.js";

const isQuick = process.argv.slice(2).includes("--quick");
const effort = isQuick ? quick : thorough;

const decide = "decide";
const bare = "bare function";
const bareStandard = "bare function, URLSearchParams";
const onEvent = "Segment's onEvent";
const send = "send, fetch stubbed";
const preview = "preview";

/** What is divided by what, where both were timed. */
const pairs = [
  [decide, bare],
  [decide, bareStandard],
  [onEvent, decide],
  [onEvent, send],
  [preview, decide],
] as const;

const decoder = new TextDecoder();
const quickBare = bareFunction(quickForm);
const standardBare = bareFunction(standardForm);

async function main() {
  say(`Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown processor"}.`);
  say("Times include the noise of this machine. A ratio is taken within each round, in which the");
  say("contenders take turns, and compares better than the times.");
  const destination = ours(async () => createdAnswer());
  const incumbent = await loadSegment();
  await checkAgreement(destination, incumbent);

  for (const size of sizes) await compareObjects(destination, incumbent, size);
  for (const size of sizes) await compareBytes(destination, incumbent, size);
  await compareDropped(destination, incumbent);
  compareStarts(incumbent !== undefined);
  printSizes();
}

/** Requests go here while it is checked what they say. */
let requested: ((request: Request) => Promise<void>) | undefined;

async function loadSegment(): Promise<SegmentDestination | undefined> {
  try {
    return await segment(async (request) => {
      await requested?.(request);
      return createdAnswer();
    });
  } catch (error) {
    // A command's output comes before what failed.
    const reason = String(error).trimEnd().split("\n").at(-1);
    say();
    say(`Segment's destination is left out: it could not be loaded. ${reason}`);
    return undefined;
  }
}

async function checkAgreement(destination: Destination, incumbent: SegmentDestination | undefined) {
  const texts = sizes.flatMap((size) => eventTexts(size, sends));
  for (const text of texts) {
    const event: object = JSON.parse(text);
    const forms: Record<string, string | undefined> = {
      [decide]: formOf(destination, event),
      "decide, of bytes": formOf(destination, new TextEncoder().encode(text)),
      [bare]: quickBare(event)?.body,
      [bareStandard]: standardBare(event)?.body,
    };
    if (incumbent !== undefined) {
      requested = async (request) => {
        forms[onEvent] = await request.clone().text();
      };
      forms[onEvent] = "nothing was requested";
      await incumbent.onEvent(event, segmentSettings);
      requested = undefined;
    }
    assertAgreement(forms);
  }
  say();
  const count = incumbent === undefined ? "the others" : "all contenders";
  say(`Of ${texts.length} events, ${count} make the same To, From and Body.`);
}

function formOf(destination: Destination, event: object): string | undefined {
  const [decision] = destination.decide(event);
  return decision?.type === "send" ? decision.request.body : undefined;
}

/** Segment's contender, if it could be loaded. */
function segments<Input>(
  incumbent: SegmentDestination | undefined,
  read: (input: Input) => object,
): Contender<Input>[] {
  if (incumbent === undefined) return [];
  return [{ name: onEvent, run: (input) => incumbent.onEvent(read(input), segmentSettings) }];
}

async function compareObjects(
  destination: Destination,
  incumbent: SegmentDestination | undefined,
  size: number,
) {
  const events = eventTexts(size, sends).map((text): object => JSON.parse(text));
  const contenders: Contender<object>[] = [
    { name: decide, run: (event) => destination.decide(event) },
    { name: bare, run: quickBare },
    { name: bareStandard, run: standardBare },
    { name: preview, run: (event) => destination.preview(event) },
    { name: send, run: (event) => destination.send(event) },
    ...segments<object>(incumbent, (event) => event),
  ];
  heading(`Event object, ${kilobytes(size)}`);
  rows("µs", await measure(contenders, events, effort), pairs);
}

async function compareBytes(
  destination: Destination,
  incumbent: SegmentDestination | undefined,
  size: number,
) {
  const events = eventTexts(size, sends).map((text) => new TextEncoder().encode(text));
  const parsed = (bytes: Uint8Array): object => JSON.parse(decoder.decode(bytes));
  const contenders: Contender<Uint8Array>[] = [
    { name: decide, run: (bytes) => destination.decide(bytes) },
    { name: bare, run: (bytes) => quickBare(parsed(bytes)) },
    { name: bareStandard, run: (bytes) => standardBare(parsed(bytes)) },
    ...segments(incumbent, parsed),
  ];
  heading(`Event bytes, ${kilobytes(size)}; the others parse them first`);
  rows("µs", await measure(contenders, events, effort), pairs);
}

async function compareDropped(destination: Destination, incumbent: SegmentDestination | undefined) {
  const size = sizes[1];
  const events = eventTexts(size, "Product Viewed").map((text): object => JSON.parse(text));
  const contenders: Contender<object>[] = [
    { name: decide, run: (event) => destination.decide(event) },
    { name: bare, run: quickBare },
    ...segments<object>(incumbent, (event) => event),
  ];
  heading(`Event object that no trigger matches, ${kilobytes(size)}`);
  rows("µs", await measure(contenders, events, effort), pairs);
}

function compareStarts(hasSegment: boolean) {
  const starters: Starter[] = [{ name: "import to decide", who: "ours", settings }];
  const theirs = { name: "import to Segment's request", who: "segment" as const };
  if (hasSegment) starters.push({ ...theirs, settings: segmentSettings });
  const [event = ""] = eventTexts(sizes[1], sends);
  heading("First decision in a fresh process");
  const times = measureStarts(starters, event, isQuick ? 1 : 15);
  rows("ms", times, [[theirs.name, "import to decide"]]);
}

function printSizes() {
  const file = new URL("../../host-shim/wasm/twilio_destination_bg.wasm", import.meta.url);
  const wasm = readFileSync(file);
  say();
  say("Size of the wasm");
  for (const [name, bytes] of [
    ["raw", wasm.length],
    ["gzip -9", gzipSync(wasm, { level: 9 }).length],
    ["brotli", brotliCompressSync(wasm).length],
  ] as const) {
    say(`  ${name.padEnd(10)}${kilobytes(bytes).padStart(12)}`);
  }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`;
}

await main();
