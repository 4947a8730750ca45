// Hosts with neither files nor imports of wasm, such as Segment functions: the wasm travels inside.

import "./text-coding.js";
import base64 from "../wasm/base64.js";
import { initSync } from "../wasm/twilio_destination.js";

initSync({ module: Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)) });

export * from "../index.js";
