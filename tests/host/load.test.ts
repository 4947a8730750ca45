// The package as it is published gives every runtime the same exports, with the wasm ready.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import * as inNode from "twilio-destination";
import * as inline from "twilio-destination/inline";

describe("load", () => {
  it("is ready in Node", () => {
    assert.ok(inNode.initSync({ module: new Uint8Array() }).memory instanceof WebAssembly.Memory);
  });

  it("exports the same from every entry", () => {
    assert.deepEqual(Object.keys(inline), Object.keys(inNode));
  });

  it("is ready in a function host, which has no more than the language and a few globals", async () => {
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
    runInContext(outputFiles[0]?.text ?? "", context);
    assert.equal(runInContext("typeof TextDecoder", context), "function");
    const memory =
      "core.initSync({ module: new Uint8Array() }).memory instanceof WebAssembly.Memory";
    assert.equal(runInContext(memory, context), true);
    const names = runInContext("Object.keys(core).join()", context);
    assert.equal(names, Object.keys(inNode).join());
  });
});
