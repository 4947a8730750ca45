// Which rows a run was begun with, where they come from standard input and no file can be compared.
//
//     {"format":"twilio-destination-rows","version":1,"run":"spring"}
//     a7019c…
//
// Two digits for each row: eight bits of a hash over it and all rows before it. Other rows are found
// out at the first one that differs, but for one time in 256, and then at the next. Eight bits fit
// too many people for anybody to tell from them who was on the list.

import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import type { EventInput } from "../index.js";
import { disk } from "../stores/journal/disk.js";
import { exitCode, Failure, systemReason } from "./exit.js";
import { canBeRow } from "./input.js";

const format = { format: "twilio-destination-rows", version: 1 } as const;

/** The rows that a run was begun with. */
export class BegunRows {
  readonly #path: string;
  readonly #run: string;
  /** The digits of the rows that were begun before. */
  readonly #known: string;
  /** Where more are added; nowhere in a dry run. */
  readonly #file: FileHandle | undefined;
  #state: Buffer = Buffer.alloc(0);
  /** How many digits were passed. */
  #at = 0;
  #number = 0;

  private constructor(path: string, run: string, known: string, file?: FileHandle) {
    this.#path = path;
    this.#run = run;
    this.#known = known;
    this.#file = file;
  }

  /** For a run that begins: nothing that lies there is of it. The journal must be open. */
  static async begin(journal: string, run: string): Promise<BegunRows> {
    const path = rowsFile(journal, run);
    await writing(path, async () => {
      // Beside the old file first: a loss of power leaves one of the two, whole.
      const beside = `${path}.new`;
      const file = await open(beside, "w", 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ ...format, run })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
      await disk.syncFolderOf(path);
    });
    return BegunRows.goOn(journal, run);
  }

  /** For a run that goes on. The journal must be open. */
  static async goOn(journal: string, run: string): Promise<BegunRows> {
    const path = rowsFile(journal, run);
    const { head, known } = await read(path);
    return writing(path, async () => {
      const file = await open(path, "a");
      // What a loss of power has left behind the digits, or half of two.
      await file.truncate(head.length + known.length);
      return new BegunRows(path, run, known, file);
    });
  }

  /** For a look at a run, which changes nothing. */
  static async look(journal: string, run: string): Promise<BegunRows> {
    const path = rowsFile(journal, run);
    return new BegunRows(path, run, (await read(path)).known);
  }

  /**
   * Takes the next row. It is one that is new to the run, which is noted, or the one that had its
   * number before; any other is refused. A line that is no row sends nothing and is passed over: it
   * may be one that was cut off, and whole the next time.
   */
  async take(row: EventInput): Promise<void> {
    this.#number += 1;
    if (!canBeRow(row)) return;
    const bytes = row instanceof Uint8Array ? row : JSON.stringify(row);
    this.#state = createHash("sha256").update(this.#state).update(bytes).digest();
    const digits = this.#state.toString("hex", 0, 1);
    const known = this.#known.slice(this.#at, this.#at + digits.length);
    this.#at += digits.length;
    if (known === "") await writing(this.#path, async () => this.#file?.appendFile(digits));
    else if (known !== digits) throw otherRow(this.#number, this.#run);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** Where the rows of a run are noted. A run may have any name, and a file may not. */
export function rowsFile(journal: string, run: string): string {
  return `${journal}.rows.${createHash("sha256").update(run).digest("hex").slice(0, 16)}`;
}

function otherRow(row: number, run: string): Failure {
  return new Failure(
    exitCode.file,
    `rows_changed: row ${row} is not the one that the run \`${run}\` was begun with, and rows are known ` +
      "by their numbers; hand over the same rows to go on with that run, or name a new one with --run " +
      "to send every row",
  );
}

async function read(path: string): Promise<{ readonly head: string; readonly known: string }> {
  let text: string;
  try {
    text = await readFile(path, "latin1");
  } catch (error) {
    throw unreadable(path, systemReason(error));
  }
  const [head = ""] = /^.*\n/.exec(text) ?? [];
  if (!isHead(head)) throw unreadable(path, "it is no list of rows");
  const [known = ""] = /^(?:[0-9a-f]{2})*/.exec(text.slice(head.length)) ?? [];
  return { head, known };
}

function isHead(line: string): boolean {
  try {
    const found = JSON.parse(line) as { format?: unknown; version?: unknown } | null;
    return found?.format === format.format && found.version === format.version;
  } catch {
    return false;
  }
}

function unreadable(path: string, why: string): Failure {
  const fix = "bring it back from a copy, or name a new run with --run to send every row";
  return new Failure(exitCode.file, `\`${path}\` cannot be read: ${why}; ${fix}`);
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failure(exitCode.file, `\`${path}\` cannot be written: ${systemReason(error)}`);
  }
}
