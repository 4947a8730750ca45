// The package as it is published decides the same in every runtime; here Node and a function host.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createContext, runInContext, runInThisContext } from "node:vm";
import { build } from "esbuild";
import * as inNode from "twilio-destination";
import * as inline from "twilio-destination/inline";
import { decide, publishedBody } from "./first-decision.js";

const decideHere = runInThisContext(decide);

describe("load", () => {
  it("decides in Node", () => {
    const [decision, ...others] = JSON.parse(decideHere(inNode));
    assert.equal(decision.type, "send");
    assert.equal(decision.request.body, publishedBody);
    assert.deepEqual(others, []);
  });

  it("gives the same exports and decision with the wasm inside", () => {
    assert.deepEqual(Object.keys(inline), Object.keys(inNode));
    assert.equal(decideHere(inline), decideHere(inNode));
  });

  it("decides in a function host, which has the language and a few globals only", async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: 'import * as core from "twilio-destination/inline"; globalThis.core = core;',
        resolveDir: ".",
      },
      bundle: true,
      format: "iife",
      platform: "neutral",
      logOverride: { "empty-import-meta": "silent" },
      write: false,
    });
    const context = createContext({ atob });
    runInContext("delete globalThis.console", context);
    assert.equal(runInContext("typeof TextDecoder", context), "undefined");
    runInContext(outputFiles[0]?.text ?? "", context);
    assert.equal(runInContext(`${decide}(core)`, context), decideHere(inNode));
  });
});
