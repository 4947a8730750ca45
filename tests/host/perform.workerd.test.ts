// `perform` in workerd, against the same sockets. There every failure looks the same, so only its
// being one is compared; what did arrive must be reported as in Node.

import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import type { HttpRequest, HttpResult } from "../../host-shim/perform.js";
import { closedPort, comparable, peers, request, start } from "./peers.js";

const worker = `
  import { perform } from ${JSON.stringify(fileURLToPath(new URL("../../host-shim/perform.ts", import.meta.url)))};
  export default {
    async fetch(call) {
      const { request, timeoutMs } = await call.json();
      return Response.json(await perform(request, timeoutMs, fetch));
    },
  };
`;

describe("perform in workerd", () => {
  let miniflare: Miniflare;

  before(async () => {
    const { outputFiles } = await build({
      stdin: { contents: worker, resolveDir: "." },
      bundle: true,
      format: "esm",
      target: "es2022",
      write: false,
    });
    miniflare = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text ?? "",
      compatibilityDate: "2026-04-01",
      cf: false,
      // workerd prints every broken connection with its stack; here they are broken on purpose.
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        stdout.resume();
        stderr.resume();
      },
    });
    await miniflare.ready;
  });
  after(() => miniflare.dispose());

  async function performThere(request: HttpRequest, timeoutMs: number): Promise<HttpResult> {
    const call = { method: "POST", body: JSON.stringify({ request, timeoutMs }) };
    const answer = await miniflare.dispatchFetch("http://worker/", call);
    assert.equal(answer.status, 200, "perform threw");
    return (await answer.json()) as HttpResult;
  }

  for (const peer of peers) {
    it(peer.name, async () => {
      const running = await start(peer);
      try {
        const result = await performThere(request(running.url), peer.timeoutMs ?? 10_000);
        if ("failure" in peer.expected) assert.equal(result.type, "failure");
        else assert.deepEqual(comparable(result), peer.expected);
        assert.equal(running.requests.length, peer.onConnection === undefined ? 1 : 0);
      } finally {
        await running.close();
      }
    });
  }

  it("a refused connection", async () => {
    const port = await closedPort();
    const result = await performThere(request(`http://127.0.0.1:${port}/`), 10_000);
    assert.deepEqual(result, { type: "failure", name: "Error", code: null, syscall: null });
  });

  it("a name that does not resolve", async () => {
    const result = await performThere(request("http://no-such-host.invalid/"), 20_000);
    assert.equal(result.type, "failure");
    assert.equal(result.type === "failure" && result.code, null);
  });
});
