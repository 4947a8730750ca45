// Browsers: the wasm is fetched from beside this file; a bundler sees the URL and copies the file.

import init from "../wasm/twilio_destination.js";

await init({ module_or_path: new URL("../wasm/twilio_destination_bg.wasm", import.meta.url) });

export * from "../index.js";
