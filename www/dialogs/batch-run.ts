// One piece of work of the batch worker, from the page's side.

import type { Problem } from "../../host-shim/types.js";
import type { FromBatchWorker, ToBatchWorker } from "../lib/batch/protocol.js";
import { type BatchCounts, type BatchRow, noCounts } from "../lib/batch/rows.js";
import type { BatchWork } from "../lib/batch/run.js";

/** How far the work is. The rows grow in place; `version` tells that they did. */
export interface BatchState {
  readonly phase: "running" | "done" | "cancelled" | "refused" | "failed";
  readonly rows: readonly BatchRow[];
  readonly counts: BatchCounts;
  /** From 0 to 1. */
  readonly part: number;
  readonly problems: readonly Problem[];
  readonly cause: string;
  readonly version: number;
}

/** Decides many events beside the page. */
export class BatchRun {
  readonly #worker: Worker;
  readonly #tell: (state: BatchState) => void;
  #rows: BatchRow[] = [];
  #state: BatchState;

  /** Begins. `tell` is called whenever there is something new. */
  constructor(work: BatchWork, settings: unknown, now: number, tell: (state: BatchState) => void) {
    const address = (id: string) => document.querySelector<HTMLLinkElement>(id)?.href ?? "";
    this.#tell = tell;
    this.#state = {
      phase: "running",
      rows: this.#rows,
      counts: noCounts(),
      part: 0,
      problems: [],
      cause: "",
      version: 0,
    };
    this.#worker = new Worker(address("#batch-worker"), { type: "module", name: address("#core") });
    this.#worker.onmessage = ({ data }: MessageEvent<FromBatchWorker>) => this.#take(data);
    this.#worker.onerror = () => this.#end({ phase: "failed", cause: "The worker stopped." });
    const start: ToBatchWorker = { type: "start", run: 1, work, settings, now };
    this.#worker.postMessage(start);
    tell(this.#state);
  }

  /** Stops; the rows so far stay. */
  cancel(): void {
    this.#end({ phase: "cancelled" });
  }

  /** Stops without a word. */
  drop(): void {
    this.#worker.terminate();
  }

  #take(message: FromBatchWorker): void {
    switch (message.type) {
      case "progress": {
        const { rows, counts, bytes, totalBytes } = message;
        for (const row of rows) this.#rows.push(row);
        this.#change({ counts, part: totalBytes === 0 ? 1 : bytes / totalBytes });
        break;
      }
      case "end":
        this.#end({ phase: "done", counts: message.counts, part: 1 });
        break;
      case "cancelled":
        this.#end({ phase: "cancelled" });
        break;
      case "refused":
        this.#end({ phase: "refused", problems: message.problems });
        break;
      case "failed":
        this.#end({ phase: "failed", cause: message.cause });
    }
  }

  #end(change: Partial<BatchState>): void {
    this.#worker.terminate();
    this.#change(change);
  }

  #change(change: Partial<BatchState>): void {
    this.#state = { ...this.#state, ...change, version: this.#state.version + 1 };
    this.#tell(this.#state);
  }
}
