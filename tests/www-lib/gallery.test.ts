// The gallery: an example for every code, and each one shows what it says.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import * as library from "twilio-destination";
import { Compiled } from "../../www/core.js";
import { endOf } from "../../www/fate.js";
import { generateGallery } from "../../www/lib/gallery/generate.mjs";
import { type Example, readGallery, textOf } from "../../www/lib/gallery.js";
import { scriptOf } from "../../www/rehearsal/script.js";
import { initSync } from "../../www/wasm/twilio_destination.js";
import { faultsOf } from "../host/vectors.js";
import { endingOf, type PlayedExample, playWithPackage, type Result } from "./played.js";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const written = JSON.stringify(generateGallery(fileURLToPath(at("tests"))));
const { groups } = readGallery(written);
const examples = groups.flatMap(({ examples }) => examples);
const codes = new Set(examples.map(({ code }) => code));

/** The codes in a union of texts of types.ts. */
function union(name: string): string[] {
  const [, members = ""] =
    new RegExp(`export type ${name} = ([^;]+);`).exec(
      readFileSync(at("host-shim/types.ts"), "utf8"),
    ) ?? [];
  const found = [...members.matchAll(/"(\w+)"/g)].map(([, code]) => code ?? "");
  assert.ok(found.length > 0, name);
  return found;
}

describe("the gallery", () => {
  it("has an example for every reason why nothing is sent", () => {
    // A conversion is no message, and the page shows messages; it hands in no webhooks either.
    const elsewhere = ["message_not_found", "resend_needless"];
    for (const code of union("DropCode").filter((code) => !elsewhere.includes(code))) {
      assert.ok(
        [...codes].some((shown) => shown === `drop:${code}` || shown?.startsWith(`drop:${code}:`)),
        code,
      );
    }
  });

  it("has one for every warning", () => {
    for (const code of union("WarningCode")) assert.ok(codes.has(`warning:${code}`), code);
  });

  it("has one for every way in which Twilio may answer", () => {
    const [, table = ""] = readFileSync(at("README.md"), "utf8").split(/<!-- \/?replies -->/);
    const rows = [...table.matchAll(/^\| \w+ \| `(\w+)` \|/gm)].map(([, code]) => code);
    assert.ok(rows.length > 30);
    // A conversion is no message, and the page shows messages.
    for (const code of rows.filter((code) => code !== "confirmed")) {
      assert.ok(codes.has(`reply:${code}`), code);
    }
  });

  it("shows ways of use that send", async () => {
    const uses = groups.filter(({ examples }) => examples.every(({ code }) => code === undefined));
    assert.ok(uses.length > 5);
    for (const example of uses.flatMap(({ examples }) => examples)) {
      // What comes after others, or takes its time, is told by its own vector.
      if (example.before !== undefined || example.id.startsWith("gallery/")) continue;
      const codes = await shownBy(example);
      assert.deepEqual(
        codes.filter((code) => code.startsWith("drop:")),
        [],
        example.id,
      );
    }
  });

  it("can be fetched by a page that must stay small", () => {
    const bytes = brotliCompressSync(written).length;
    assert.ok(bytes <= 12_000, `${bytes} bytes`);
  });

  it("has words of its own for each group and example", () => {
    assert.equal(new Set(groups.map(({ title }) => title)).size, groups.length);
    for (const { title, id } of examples) assert.match(title, /^\S.*\.$/, id);
  });
});

/** The codes that an example gives when it is run. */
async function shownBy(example: Example): Promise<string[]> {
  const report = library.checkSettings(example.settings);
  const warnings = report.warnings.map(({ code }) => `settings:${code}`);
  const text = textOf(example);
  if (report.problems.length > 0 || (text === undefined && example.unreadable !== true))
    return warnings;
  const fetch = async () => new Response("{}", { status: 201 });
  const time = example.now === undefined ? 0 : Date.parse(example.now);
  const host = { fetch, now: () => time };
  const destination = library.createDestination(example.settings as never, host);
  const options = {
    row: example.row !== undefined,
    now: time,
    ...(example.facts === undefined ? {} : { facts: example.facts as object }),
  };
  const throws = {
    get type(): never {
      throw new Error("no type");
    },
  };
  const { decisions } = destination.preview(text ?? throws, options);
  const decided = decisions.flatMap((decision) => {
    const left = decision.warnings.map(({ code }) => `warning:${code}`);
    if (decision.type === "send") return left;
    const { code, detail } = decision.reason;
    return [...left, `drop:${code}${detail === null ? "" : `:${detail}`}`];
  });
  if (example.before === undefined) return [...warnings, ...decided];
  for (const earlier of example.before) await destination.send(earlier as object, { now: time });
  const outcomes = await destination.send(text ?? throws, options);
  const dropped = outcomes.flatMap((outcome) =>
    outcome.type === "dropped" ? [`drop:${outcome.reason.code}`] : [],
  );
  return [...warnings, ...decided, ...dropped];
}

describe("each example", () => {
  const ids = new Map(examples.map((example) => [example.id, example]));
  for (const example of ids.values()) {
    const { id, title, code, script, ...input } = example;
    if (id.startsWith("gallery/")) continue;
    it(`${id} does what its vector says`, async () => {
      assert.equal(script, undefined, "no vector has a script");
      const { expect } = JSON.parse(readFileSync(at(`tests/vectors/${id}.json`), "utf8"));
      const vector = { description: title, covers: [], ...input, expect };
      assert.deepEqual(await faultsOf(vector as never, library as never), []);
    });
  }

  it("shows the code that it is listed under", async () => {
    for (const example of examples) {
      const { code, id } = example;
      if (code === undefined || code.startsWith("reply:")) continue;
      const shown = await shownBy(example);
      assert.ok(shown.includes(code), `${id} shows ${shown}`);
    }
  });
});

describe("each example in which more happens than one reply", () => {
  const folder = at("tests/data/gallery/");
  const all = readdirSync(folder).map((name): [string, PlayedExample] => [
    `gallery/${name.replace(".json", "")}`,
    JSON.parse(readFileSync(new URL(name, folder), "utf8")),
  ]);
  before(() => initSync({ module: readFileSync(at("www/wasm/twilio_destination_bg.wasm")) }));

  for (const [id, example] of all) {
    const { expect, ...input } = example;
    const expected = {
      events: [...(expect.before ?? []), expect.outcomes],
      creates: expect.creates,
    };

    it(`${id} is in the gallery as it stands`, () => {
      const shown = examples.find((it) => it.id === id);
      assert.ok(shown !== undefined, `${id} is not shown`);
      const { id: _, title, code, ...rest } = shown;
      assert.deepEqual({ description: title, ...rest }, input);
    });

    it(`${id} ends as it says with the package`, async () => {
      assert.deepEqual(await playWithPackage(example), expected);
    });

    it(`${id} ends as it says on the page`, () => {
      assert.deepEqual(playOnPage(example), expected);
    });
  }
});

function playOnPage(example: PlayedExample): Result {
  const { settings, now, before: earlier = [], event } = example;
  const texts = [...earlier, event].map((it) => JSON.stringify(it));
  const sequence = new Compiled(settings).rehearse(texts, {
    row: false,
    facts: undefined,
    now: Date.parse(now),
    script: scriptOf(example),
  });
  const events = sequence?.events ?? [];
  const runs = events.flatMap((rehearsed) => [rehearsed, ...rehearsed.later]);
  return {
    events: events.map((rehearsed) =>
      rehearsed.preview.decisions.flatMap((_, decision) => {
        const end = endOf(rehearsed, decision);
        return end === undefined ? [] : [endingOf(end.outcome)];
      }),
    ),
    creates: runs.flatMap(({ steps }) => steps).filter(({ why }) => why === "create").length,
  };
}
