// Processes that are killed while they write: what each was answered for is there for the next.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { openJournal } from "../../host-shim/stores/journal/journal.js";
import { freshPath } from "./paths.js";
import { apply, read } from "./support.js";

const writer = fileURLToPath(new URL("./writer.ts", import.meta.url));

/** Runs the writer and kills it this long after it has opened its journal. */
function killed(path: string, first: number, after: number): Promise<string[]> {
  const child = spawn(process.execPath, ["--import", "tsx", writer, path, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  let opened = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    if (opened) return;
    opened = true;
    setTimeout(() => child.kill("SIGKILL"), after);
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`it ended by itself with ${code}`));
      // A line may be cut off, but each that is whole was answered for.
      else resolve(out.split("\n").slice(1, -1));
    });
  });
}

it("what was answered for outlasts any kill, and the lock is taken over", async () => {
  const path = freshPath();
  const answered: string[] = [];
  for (let life = 0; life < 25; life += 1) {
    answered.push(...(await killed(path, life * 1_000_000, (life * 37) % 60)));
    if (life % 5 !== 4) continue;
    const journal = await openJournal(path, { apply });
    const found = new Set([...(await read(journal, "key 0")), ...(await read(journal, "key 1"))]);
    for (const mark of answered) assert.ok(found.has(mark), `${mark} is lost`);
    await journal.close();
  }
  assert.ok(answered.length > 100, `only ${answered.length} were answered for`);
});
