// The worker that decides many events. It is started as a module with the address of the wasm in
// its name: `new Worker(url, { type: "module", name: wasmUrl })`.

import type { Preview, Report } from "../../host-shim/types.js";
import init, { compileJson } from "../wasm/twilio_destination.js";
import { serveBatch, type WorkerScope } from "./batch/serve.js";

const scope = globalThis as unknown as WorkerScope & { readonly name: string };
const ready = init({ module_or_path: scope.name });

serveBatch(scope, async (settings) => {
  await ready;
  const compiled = compileJson(JSON.stringify(settings));
  try {
    const { problems } = compiled.report() as Report;
    const destination = compiled.destination();
    if (destination === undefined) return { problems };
    const encoder = new TextEncoder();
    return {
      preview: (json, row, now) =>
        destination.previewJson(row, encoder.encode(json), undefined, now) as Preview,
      free: () => destination.free(),
    };
  } finally {
    compiled.free();
  }
});
