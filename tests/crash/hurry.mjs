// Loaded before the program, this makes its time pass faster: clock and timers alike. The program
// itself is what is published. Leases and waits of a minute or two are so over in seconds.

import { open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const { HURRY_BASE, HURRY_PACE, SABOTAGE } = process.env;
const [base, pace] = [Number(HURRY_BASE), Number(HURRY_PACE)];

const now = Date.now;
Date.now = () => Math.floor(base + (now() - base) * pace);
const real = globalThis.setTimeout;
globalThis.setTimeout = (task, ms, ...rest) => real(task, (ms ?? 0) / pace, ...rest);

// What the test must notice: a journal that answers before it has written.
if (SABOTAGE === "late-journal") {
  const path = join(tmpdir(), `hurry-${process.pid}`);
  const file = await open(path, "w");
  const prototype = Object.getPrototypeOf(file);
  await file.close();
  await unlink(path);
  const { appendFile: append, datasync } = prototype;
  let last = Promise.resolve();
  // A file's first sync ends the writing of what it begins with, which is read back at once.
  const begun = new WeakSet();
  prototype.datasync = function sync() {
    begun.add(this);
    return datasync.call(this);
  };
  prototype.appendFile = function appendLater(data) {
    if (!begun.has(this) || !data.includes('"cells"')) return append.call(this, data);
    const due = delay(60);
    // One after the other, as they would be written otherwise.
    last = last.then(() => due).then(() => append.call(this, data).catch(() => {}));
    return Promise.resolve();
  };
}
