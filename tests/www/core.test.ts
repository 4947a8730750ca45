// The page's core is the package's core in another build, of fewer parts: they must not differ.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { Cells } from "../../host-shim/stores/cells.js";
import type { Applied } from "../../host-shim/stores/store.js";
import type { Step } from "../../host-shim/types.js";
import * as whole from "../../host-shim/wasm/twilio_destination.js";
import { Rehearsal } from "../../www/rehearsal/rehearsal.js";
import { choices, type Script } from "../../www/rehearsal/script.js";
import { playSequence } from "../../www/rehearsal/sequence.js";
import { PlayedTwilio } from "../../www/rehearsal/twilio.js";
import * as page from "../../www/wasm/twilio_destination.js";
import { readVectors } from "../host/vector-files.js";
import type { Vector } from "../host/vectors.js";

before(() => {
  for (const [core, folder] of [
    [whole, "host-shim"],
    [page, "www"],
  ] as const) {
    const file = new URL(`../../${folder}/wasm/twilio_destination_bg.wasm`, import.meta.url);
    core.initSync({ module: readFileSync(file) });
  }
});

/** What a core says of a vector's settings, and of its event or row if it has one. */
function said(
  compile: (settings: unknown) => page.Compiled | whole.Compiled,
  { settings, event, row, json, facts, now }: Vector,
) {
  const compiled = compile(settings);
  const known = facts === undefined ? undefined : JSON.stringify(facts);
  const text = json ?? JSON.stringify(row ?? event ?? null);
  const time = now === undefined ? 0 : Date.parse(now);
  const bytes = new TextEncoder().encode(text);
  return {
    report: compiled.report(),
    preview: compiled.destination()?.previewJson(row !== undefined, bytes, known, time),
  };
}

/** A delivery as a host of the package has it, on the clock of whoever waits. */
function delivered(destination: whole.Destination, json: Uint8Array, script: Script, now: number) {
  let clock = now;
  const apply = (...args: Parameters<typeof whole.apply>) => whole.apply(...args) as Applied;
  const cells = new Cells({ apply, now: () => clock });
  const twilio = new PlayedTwilio(script);
  const terms = { now, seed: 1, run: "stage", row: 1 };
  const delivery = destination.beginJson(false, json, terms);
  const taken: [why: string, at: number][] = [];
  let step = delivery.step() as Step;
  while (step.type !== "done" && step.type !== "handled") {
    taken.push([step.why, clock]);
    step = delivery.resume(perform(step), clock) as Step;
  }
  return { taken, outcomes: step.type === "done" ? step.outcomes : [] };

  function perform(step: Step): object {
    switch (step.type) {
      case "fetch": {
        const { result, took } = twilio.answer(step.request, step.timeoutMs, clock);
        clock += took;
        return result;
      }
      case "store":
        return { type: "answer", answer: cells.update(step.key, step.operation).answer };
      case "wait":
        clock = Math.max(clock, step.until);
        return { type: "waited" };
      default:
        throw new Error(step.type);
    }
  }
}

describe("the page's core", () => {
  it("takes on its stage the steps that a host of the package takes", () => {
    const settings = {
      account_sid: `AC${"0".repeat(32)}`,
      auth_token: "0".repeat(32),
      from: "+14155551234",
      mappings: [{ trigger: "Order Completed", body: "Thanks, {{ traits.first_name }}!" }],
    };
    const event = {
      type: "track",
      event: "Order Completed",
      messageId: "m-1",
      userId: "u-1",
      context: { traits: { first_name: "Ada", phone: "+44 7700 900123" } },
    };
    const json = JSON.stringify(event);
    const now = Date.parse("2026-01-05T12:00:00Z");
    // A host that ends takes no further steps.
    const scripts = Object.values(choices)
      .flat()
      .filter(({ script }) => script.first.type !== "ended");
    for (const { words, script } of scripts) {
      const host = whole.compile(settings).destination();
      const stage = page.compileJson(JSON.stringify(settings)).destination()?.stage(now);
      assert.ok(host !== undefined && stage !== undefined);
      const rehearsal = new Rehearsal(stage, script, now);
      const bytes = new TextEncoder().encode(json);
      const [played] = playSequence(rehearsal, 1, (place) =>
        rehearsal.send({ place, row: false, json: bytes, facts: undefined }),
      );
      assert.ok(played !== undefined);
      const taken = played.steps.map(({ why, at }) => [why, at]);
      const expected = delivered(host, new TextEncoder().encode(json), script, now);
      assert.deepEqual({ taken, outcomes: played.outcomes }, expected, words);
      assert.ok(taken.some(([why]) => why === "create"));
    }
    assert.ok(scripts.length > 20, `${scripts.length} scripts`);
  });

  it("says of every vector what the package's core says", () => {
    let previews = 0;
    for (const [name, vector] of readVectors()) {
      const expected = said(whole.compile, vector);
      assert.deepEqual(
        said((settings) => page.compileJson(JSON.stringify(settings)), vector),
        expected,
        name,
      );
      if (expected.preview !== undefined) previews += 1;
    }
    assert.ok(previews >= 300, `${previews} previews`);
  });

  it("reads phone numbers as the package's core does", () => {
    const seeds = readFileSync(new URL("../phone/seeds.tsv", import.meta.url), "utf8").split("\n");
    const letters = (region = "") => region.charCodeAt(0) * 256 + region.charCodeAt(1);
    for (const [region, code, , digits = ""] of seeds.map((line) => line.split("\t"))) {
      for (const number of [digits, `+${code}${digits}`]) {
        for (const accept of [0, 1, 2]) {
          const asked = [true, number, letters(region), accept] as const;
          assert.equal(page.parsePhoneNumber(...asked), whole.parsePhoneNumber(...asked));
        }
      }
    }
    assert.ok(seeds.length > 500);
  });

  it("has no more than a stage needs", () => {
    const names = Object.getOwnPropertyNames(page.Destination.prototype).sort();
    const inherited = ["__destroy_into_raw", "constructor", "free"];
    assert.deepEqual(names, [...inherited, "previewJson", "stage"]);
    const classes = ["Compiled", "Destination", "Stage"];
    const functions = ["compileJson", "default", "initSync", "parsePhoneNumber"];
    assert.deepEqual(Object.keys(page).sort(), [...classes, ...functions]);
  });
});
