// The worker's side: takes work, one piece at a time.

import type { Preview, Problem } from "../../../host-shim/types.js";
import type { FromBatchWorker, ToBatchWorker } from "./protocol.js";
import { runBatch } from "./run.js";

/** Settings, ready to decide with; or what is wrong with them. */
export type Prepared =
  | { readonly problems: readonly Problem[] }
  | {
      /** Decides an event or row at a time. */
      readonly preview: (json: string, row: boolean, now: number) => Preview;
      /** Gives its memory back. */
      readonly free: () => void;
    };

/** As much of a worker's global scope as is used. */
export interface WorkerScope {
  onmessage: ((event: { readonly data: ToBatchWorker }) => void) | null;
  postMessage(message: FromBatchWorker): void;
}

/** Takes work from the page. `prepare` compiles settings. */
export function serveBatch(
  scope: WorkerScope,
  prepare: (settings: unknown) => Promise<Prepared>,
): void {
  let current: { run: number; abort: AbortController } | undefined;
  scope.onmessage = ({ data }) => {
    if (data.type === "cancel") {
      if (current?.run === data.run) current.abort.abort();
      return;
    }
    current?.abort.abort();
    const abort = new AbortController();
    current = { run: data.run, abort };
    void work(data, abort.signal);
  };

  async function work(
    start: ToBatchWorker & { type: "start" },
    signal: AbortSignal,
  ): Promise<void> {
    const { run, now } = start;
    try {
      const prepared = await prepare(start.settings);
      if ("problems" in prepared) {
        scope.postMessage({ type: "refused", run, problems: prepared.problems });
        return;
      }
      try {
        const decide = (json: string, row: boolean) => prepared.preview(json, row, now);
        const post = (progress: object) =>
          scope.postMessage({ type: "progress", run, ...progress } as FromBatchWorker);
        const counts = await runBatch(start.work, decide, post, signal);
        scope.postMessage({ type: "end", run, counts });
      } finally {
        prepared.free();
      }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      scope.postMessage(
        signal.aborted ? { type: "cancelled", run } : { type: "failed", run, cause },
      );
    }
  }
}
