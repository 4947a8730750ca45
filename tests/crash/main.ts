// `npm run crash`: as many kills as are asked for.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { liveMany } from "./crash.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    pace: { type: "string", default: "10" },
    at: { type: "string", default: String(availableParallelism()) },
  },
});
const [kills, seed, pace, atOnce] = [values.kills, values.seed, values.pace, values.at].map(Number);
if (!kills || !Number.isInteger(seed) || !pace || !atOnce) {
  throw new Error("--kills N, --seed N, --pace N (1 for real time) and --at N (lives at once)");
}
const lives = await liveMany({ kills, seed: seed ?? 1, pace, atOnce });
console.log(lives.told);
if (lives.violations.length > 0) process.exitCode = 1;
