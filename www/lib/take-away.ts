// What is on the page as something to run elsewhere. None of it holds a secret.

export { asCurl } from "./take-away/curl.js";
export { asNode, type Taken } from "./take-away/node.js";
export { asSegmentFunction, segmentSettings } from "./take-away/segment.js";
export {
  asWorker,
  asWranglerCommands,
  asWranglerJsonc,
  asWranglerToml,
  type TakenSettings,
} from "./take-away/worker.js";
