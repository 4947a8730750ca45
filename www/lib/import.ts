// Settings of other products as settings of this one. Whatever cannot be carried over is said.

export { importCustomerIo } from "./import/customer-io.js";
export type { Carried, Check, Imported, Lost } from "./import/result.js";
export { importSegment } from "./import/segment.js";
export { importZeotap } from "./import/zeotap.js";
