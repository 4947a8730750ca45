// Where the tests keep their journals.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "twilio-destination-stores-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let paths = 0;

/** A path where nothing is yet, gone when the test file has run. */
export function freshPath(): string {
  paths += 1;
  return join(folder, `${paths}.journal`);
}
