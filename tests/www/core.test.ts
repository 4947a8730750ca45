// The page's core is the package's core in another build, of fewer parts: they must not differ.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import * as whole from "../../host-shim/wasm/twilio_destination.js";
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

describe("the page's core", () => {
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
