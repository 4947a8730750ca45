// Node: the wasm lies beside this file.

import { readFileSync } from "node:fs";
import { initSync } from "../wasm/twilio_destination.js";

initSync({ module: readFileSync(new URL("../wasm/twilio_destination_bg.wasm", import.meta.url)) });

export * from "../index.js";
