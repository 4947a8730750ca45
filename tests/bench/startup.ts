// The time to the first decision in a fresh process.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Times } from "./measure.js";

const script = fileURLToPath(new URL("first.mjs", import.meta.url));

/** Who is started, under which name, with which settings. */
export interface Starter {
  readonly name: string;
  readonly who: "ours" | "segment";
  readonly settings: object;
}

/** Starts each of them so often, in turns; the times are milliseconds. */
export function measureStarts(starters: readonly Starter[], event: string, rounds: number): Times {
  const times = new Map<string, number[]>(starters.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, who, settings } of starters) {
      times.get(name)?.push(start(who, settings, event));
    }
  }
  return times;
}

function start(who: string, settings: object, event: string): number {
  const args = [script, who, JSON.stringify(settings), event];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`starting ${who} failed:\n${stderr}`);
  return JSON.parse(stdout) as number;
}
