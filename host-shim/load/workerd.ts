// Cloudflare Workers: wasm may not be compiled from bytes there; importing it gives a module.

import { initSync } from "../wasm/twilio_destination.js";
import module from "../wasm/twilio_destination_bg.wasm";

initSync({ module });

export * from "../index.js";
