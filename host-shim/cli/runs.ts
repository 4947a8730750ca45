// What each run was begun with: the hash of a file, or that its rows are noted one by one. A row is known
// by its run and its number: with other rows under the same name, some people would be texted twice and
// others not at all.

import { existsSync } from "node:fs";
import { open, readFile, rename } from "node:fs/promises";
import { disk } from "../stores/journal/disk.js";
import { BegunRows } from "./begun-rows.js";
import { exitCode, Failure, systemReason } from "./exit.js";

/** A run, and where its rows are from. */
export interface BegunRun {
  readonly name: string;
  /** The hash of the file; none for standard input. */
  readonly hash: string | undefined;
  /** Whether the name was chosen, so that the same file may be meant to be sent again. */
  readonly chosen: boolean;
}

const format = { format: "twilio-destination-runs", version: 1 } as const;

/** A file's hash, or `byRows`. */
type Runs = Record<string, string>;

const byRows = "rows";

/**
 * Notes that a run begins, beside the journal. A run that was begun before goes on only with the
 * same file, or with rows that its rows are compared with: the answer does that, where there is one.
 * A file that was begun before is sent again only under a name that was chosen for that: `a.csv` and
 * `./a.csv` are the same people. The journal must be open, so that nobody else writes these files.
 */
export async function beginRun(journal: string, run: BegunRun): Promise<BegunRows | undefined> {
  const path = `${journal}.runs`;
  const runs = await readRuns(path);
  const known = check(runs, run);
  if (known === byRows) return BegunRows.goOn(journal, run.name);
  const rows = run.hash === undefined ? await BegunRows.begin(journal, run.name) : undefined;
  if (known === undefined) await writeRuns(path, { ...runs, [run.name]: run.hash ?? byRows });
  return rows;
}

/** Says the same of a run without noting anything. */
export async function lookAtRun(journal: string, run: BegunRun): Promise<BegunRows | undefined> {
  const known = check(await readRuns(`${journal}.runs`), run);
  return known === byRows ? BegunRows.look(journal, run.name) : undefined;
}

/** What the run was begun with, if it was; throws if it cannot go on with this. */
function check(runs: Runs, { name, hash, chosen }: BegunRun): string | undefined {
  const known = Object.hasOwn(runs, name) ? runs[name] : undefined;
  if (known === hash || known === byRows) return known;
  if (known !== undefined) {
    throw new Failure(exitCode.file, hash === undefined ? notThatFile(name) : changed(name));
  }
  const same = Object.keys(runs).find((other) => runs[other] === hash);
  if (same !== undefined && !chosen) {
    throw new Failure(
      exitCode.file,
      `the file holds the same rows as the run \`${same}\`; ` +
        "go on with that run by naming it with --run, or name a new one to send every row again",
    );
  }
  return undefined;
}

/**
 * Makes sure that a journal that is to be made anew is not one that has been lost: what was sent by
 * the runs beside it would be sent again.
 */
export function checkNotLost(journal: string): void {
  const path = `${journal}.runs`;
  if (existsSync(journal) || !existsSync(path)) return;
  throw new Failure(
    exitCode.file,
    `\`${journal}\` is gone, but the runs that it belongs to stand in \`${path}\`; ` +
      "bring it back, or delete that file as well to begin anew and send every row again",
  );
}

function changed(run: string): string {
  return (
    `rows_changed: the file has changed since the run \`${run}\` was begun, and rows are known by their ` +
    "numbers; bring it back to go on with that run, or name a new one with --run to send every row of it"
  );
}

function notThatFile(run: string): string {
  return (
    `rows_changed: the run \`${run}\` was begun with a file, which standard input cannot be compared ` +
    "with; name that file to go on with that run, or name a new one with --run to send every row"
  );
}

async function readRuns(path: string): Promise<Runs> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Failure(exitCode.file, `\`${path}\` cannot be read: ${systemReason(error)}`);
  }
  const runs = parse(text);
  if (runs !== undefined) return runs;
  const fix = "bring it back from a copy, or name another journal with --journal";
  throw new Failure(exitCode.file, `\`${path}\` is no list of runs that can be read; ${fix}`);
}

function parse(text: string): Runs | undefined {
  try {
    const found = JSON.parse(text) as {
      format?: unknown;
      version?: unknown;
      runs?: unknown;
    } | null;
    if (found?.format !== format.format || found.version !== format.version) return undefined;
    const { runs } = found;
    if (typeof runs !== "object" || runs === null || Array.isArray(runs)) return undefined;
    return Object.values(runs).every((hash) => typeof hash === "string")
      ? (runs as Runs)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Beside the old file first: a loss of power leaves one of the two, whole. */
async function writeRuns(path: string, runs: Runs): Promise<void> {
  const beside = `${path}.new`;
  try {
    const file = await open(beside, "w", 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ ...format, runs }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    await disk.syncFolderOf(path);
  } catch (error) {
    throw new Failure(exitCode.file, `\`${path}\` cannot be written: ${systemReason(error)}`);
  }
}
