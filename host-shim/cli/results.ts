// Where the results of a run are written, a line of JSON for each row.

import { type FileHandle, open } from "node:fs/promises";
import { exitCode, Failure, systemReason } from "./exit.js";
import { Output, OutputClosed } from "./output.js";

/** Where results go. */
export interface Results {
  write(result: object): Promise<void>;
  /** Writes what is left, if anybody still reads it, and lets the file go. */
  close(): Promise<void>;
}

/** Opens a file, standard output for `-`, or nothing. */
export async function openResults(path: string | undefined, out: Output): Promise<Results> {
  if (path === undefined) return { write: async () => {}, close: async () => {} };
  if (path === "-") return new Lines(out);
  const file = await openFile(path);
  return new Lines(new Output(file.createWriteStream()), file);
}

class Lines implements Results {
  readonly #output: Output;
  readonly #file: FileHandle | undefined;
  #flushed = performance.now();
  #timer: NodeJS.Timeout | undefined;
  /** What the timer has written, and what went wrong there. */
  #alone: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;

  constructor(output: Output, file?: FileHandle) {
    this.#output = output;
    this.#file = file;
  }

  async write(result: object): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed.error;
    this.#output.write(`${JSON.stringify(result)}\n`);
    if (this.#output.full || performance.now() - this.#flushed > patience) await this.#flush();
    // The next row may be long in coming.
    else this.#timer ??= setTimeout(this.#flushAlone, patience);
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
      await this.#alone;
      if (this.#failed !== undefined) throw this.#failed.error;
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
    } finally {
      await this.#file?.close().catch(() => {});
    }
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#output.flush();
    this.#flushed = performance.now();
  }

  #flushAlone = (): void => {
    this.#alone = this.#flush().catch((error: unknown) => {
      this.#failed ??= { error };
    });
  };
}

/** How long, in milliseconds, a line may lie before it is written: whoever reads them is waiting. */
const patience = 200;

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "w", 0o600);
  } catch (error) {
    throw new Failure(exitCode.file, `\`${path}\` cannot be written: ${systemReason(error)}`);
  }
}
