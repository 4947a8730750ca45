// The gallery: an example for every code, and each one shows what it says.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import * as library from "twilio-destination";
import { generateGallery } from "../../www/lib/gallery/generate.mjs";
import { type Example, readGallery, textOf } from "../../www/lib/gallery.js";
import { faultsOf } from "../host/vectors.js";

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const written = JSON.stringify(generateGallery(fileURLToPath(at("tests/vectors"))));
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
    // These need events before them, which an example does not have: the page shows them for a
    // sequence. And a conversion is no decision.
    const later = ["duplicate", "message_not_found", "recipient_limit", "unchanged"];
    for (const code of union("DropCode").filter((code) => !later.includes(code))) {
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
    // These come about without a reply to a message: by feedback on one, by Twilio's list, a webhook,
    // or a process that ended.
    const unanswered = ["confirmed", "found", "never_seen", "reported"];
    for (const code of rows.filter((code) => !unanswered.includes(code ?? ""))) {
      assert.ok(codes.has(`reply:${code}`), code);
    }
  });

  it("shows ways of use that send", () => {
    const uses = groups.filter(({ examples }) => examples.every(({ code }) => code === undefined));
    assert.ok(uses.length > 5);
    for (const example of uses.flatMap(({ examples }) => examples)) {
      assert.deepEqual(
        [...new Set(shownBy(example))].filter((code) => code.startsWith("drop:")),
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
function shownBy(example: Example): string[] {
  const report = library.checkSettings(example.settings);
  const warnings = report.warnings.map(({ code }) => `settings:${code}`);
  const text = textOf(example);
  if (report.problems.length > 0 || (text === undefined && example.unreadable !== true))
    return warnings;
  const host = { fetch: () => Promise.reject(new Error("nothing is sent")), now: () => 0 };
  const destination = library.createDestination(example.settings as never, host);
  const options = {
    row: example.row !== undefined,
    now: example.now === undefined ? 0 : Date.parse(example.now),
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
  return [...warnings, ...decided];
}

describe("each example", () => {
  for (const example of new Map(examples.map((example) => [example.id, example])).values()) {
    const { id, title, code, ...input } = example;
    it(`${id} does what its vector says`, async () => {
      const { expect } = JSON.parse(readFileSync(at(`tests/vectors/${id}.json`), "utf8"));
      const vector = { description: title, covers: [], ...input, expect };
      assert.deepEqual(await faultsOf(vector as never, library as never), []);
    });
  }

  it("shows the code that it is listed under", () => {
    for (const example of examples) {
      const { code, id } = example;
      if (code === undefined || code.startsWith("reply:")) continue;
      assert.ok(shownBy(example).includes(code), `${id} shows ${shownBy(example)}`);
    }
  });
});
