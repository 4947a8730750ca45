import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import {
  deliveryScripts,
  faultPresets,
  ManualClock,
  systemClock,
} from "../../host-shim/stand-in/index.js";
import { segmentCount } from "../../host-shim/stand-in/segments.js";
import { recorded, start } from "./support.js";

test("segments agree with Twilio's calculator", () => {
  const vectors = recorded<Array<{ name: string; text: string; segments: number }>>("segments");
  assert.ok(vectors.length >= 40);
  for (const { name, text, segments } of vectors) assert.equal(segmentCount(text), segments, name);
});

test("a manual clock runs what is due, in order, and stops at its end", () => {
  const clock = new ManualClock(0);
  const ran: string[] = [];
  clock.after(20, () => ran.push(`b${clock.now()}`));
  clock.after(10, () => {
    ran.push(`a${clock.now()}`);
    clock.after(10, () => ran.push(`c${clock.now()}`));
  });
  const cancel = clock.after(15, () => ran.push("never"));
  clock.after(31, () => ran.push("later"));
  cancel();
  clock.advance(30);
  assert.deepEqual(ran, ["a10", "b20", "c20"]);
  assert.equal(clock.now(), 30);
});

test("a timer longer than setTimeout can hold does not fire at once", async () => {
  let fired = false;
  const cancel = systemClock.after(35 * 86_400_000, () => (fired = true));
  await new Promise((resolve) => setTimeout(resolve, 30));
  cancel();
  assert.equal(fired, false);
});

test("only a manual clock can be moved on", async () => {
  const standIn = await start();
  assert.throws(() => standIn.advance(1), /manual clock/);
  const manual = await start({ clock: new ManualClock() });
  assert.throws(() => manual.advance(-1), /only forwards/);
});

test("the README names every fault and every delivery", () => {
  const text = readFileSync(new URL("../../host-shim/stand-in/README.md", import.meta.url), "utf8");
  for (const name of [...Object.keys(faultPresets), ...Object.keys(deliveryScripts)])
    assert.ok(text.includes(`\`${name}\``), name);
});
