// The program's parts that take any input, on more of it than whole runs could.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { findJsonFault } from "../../host-shim/cli/json-fault.js";
import { LineSplitter } from "../../host-shim/cli/lines.js";
import { nearest } from "../../host-shim/cli/nearest.js";

describe("a fault in JSON", () => {
  const pieces = [
    ...'{}[],:" \n\t',
    ...['"a"', '"b"', '"\\u00e9"', '"\\u12"', '"\\n"', '"\\x"', '"\u0001"', "\\", "//", "x", "☃"],
    ...["0", "-0", "01", "-1.5e+3", "1.", ".5", "1e", "true", "nul", "null", "\u00a0"],
  ];

  it("is found exactly where JSON.parse finds one, but for names that stand twice", () => {
    let json = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const fault = findJsonFault(text);
        if (!isJson(text)) {
          assert.ok(fault !== undefined, text);
          return;
        }
        json += 1;
        if (fault !== undefined) assert.match(fault.cause, /stands twice/);
      }),
      { numRuns: 100_000 },
    );
    assert.ok(json > 1000, `only ${json} were JSON`);
    assert.equal(findJsonFault('{"a":{"a":1,"b":[{"a":2}]},"b":{"a":3}}'), undefined);
    assert.match(findJsonFault('{"a":1,"\\u0061":2}')?.cause ?? "", /stands twice/);
  });

  it("is none in any JSON", () => {
    fc.assert(fc.property(fc.json(), (text) => assert.equal(findJsonFault(text), undefined)));
  });

  it("is looked for in long and deep texts without overflow", () => {
    const million = 1_000_000;
    assert.equal(findJsonFault(`"${"\\n".repeat(million)}"`), undefined);
    assert.equal(findJsonFault("[".repeat(million) + "]".repeat(million)), undefined);
    assert.equal(findJsonFault('{"a":'.repeat(million))?.column, 5 * million + 1);
  });

  function isJson(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }
});

describe("lines", () => {
  const texts = fc.array(fc.constantFrom("", " ", "\t\r", "a", "bc", " d ", "é", "0123456789"));

  it("are the same however the bytes arrive; blank ones are left out", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(9)), fc.boolean(), (lines, sizes, open) => {
        const bytes = Buffer.from(lines.join("\n") + (open ? "" : "\n"));
        const splitter = new LineSplitter(1000);
        const found: string[] = [];
        const take = (from: Iterable<Uint8Array>) => {
          for (const line of from) found.push(Buffer.from(line).toString("utf8"));
        };
        let at = 0;
        for (const size of sizes) {
          take(splitter.push(bytes.subarray(at, at + size)));
          at += size;
        }
        take(splitter.push(bytes.subarray(at)));
        take(splitter.end());
        assert.deepEqual(
          found,
          lines.filter((line) => line.trim() !== ""),
        );
      }),
    );
  });

  it("have their numbers in the input, where blank ones count", () => {
    fc.assert(
      fc.property(texts, fc.nat(9), (lines, size) => {
        const bytes = Buffer.from(lines.join("\n"));
        const splitter = new LineSplitter(1000);
        const numbers: number[] = [];
        for (const part of [bytes.subarray(0, size), bytes.subarray(size)]) {
          for (const _ of splitter.push(part)) numbers.push(splitter.number);
        }
        for (const _ of splitter.end()) numbers.push(splitter.number);
        const expected = lines.flatMap((line, at) => (line.trim() === "" ? [] : [at + 1]));
        assert.deepEqual(numbers, expected);
      }),
    );
  });

  it("longer than the limit are cut one byte behind it, and never taken for blank", () => {
    const splitter = new LineSplitter(3);
    const push = (text: string) => [...splitter.push(Buffer.from(text))].map(String);
    const text = (lines: Iterable<Uint8Array>) =>
      [...lines].map((line) => Buffer.from(line).toString("utf8"));
    assert.deepEqual(text(splitter.push(Buffer.from("abc\nabcd\nabcdefg\nab"))), [
      "abc",
      "abcd",
      "abcd",
    ]);
    assert.deepEqual(push("cdef"), []);
    assert.deepEqual(text(splitter.end()), ["abcd"]);
    assert.deepEqual(text(splitter.push(Buffer.from("       x\n       \n"))), ["    "]);
  });

  it("are kept whole up to the most that max_event_bytes can be", () => {
    const schema = JSON.parse(
      readFileSync(new URL("../../host-shim/settings.schema.json", import.meta.url), "utf8"),
    ) as { properties: { max_event_bytes: { maximum: number } } };
    assert.equal(schema.properties.max_event_bytes.maximum, 1 << 20);
  });
});

describe("the nearest name", () => {
  it("is the one with the fewest letters changed, if they are few", () => {
    const names = ["settings", "rows", "now", "json"];
    assert.equal(nearest("setings", names), "settings");
    assert.equal(nearest("row", names), "rows");
    assert.equal(nearest("colour", names), undefined);
    assert.equal(nearest("x".repeat(1_000_000), names), undefined);
  });
});
