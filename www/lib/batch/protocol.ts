// What the page and its worker say to each other. Each piece of work has a number of its own, so
// that what comes late from one that was cancelled can be told from the next one's.

import type { Problem } from "../../../host-shim/types.js";
import type { BatchCounts } from "./rows.js";
import type { BatchProgress, BatchWork } from "./run.js";

/** From the page to the worker. Starting work cancels what is under way. */
export type ToBatchWorker =
  | {
      readonly type: "start";
      readonly run: number;
      readonly work: BatchWork;
      /** The settings, which must hold credentials of the right form. */
      readonly settings: unknown;
      /** The time that is decided at, in milliseconds since 1970. */
      readonly now: number;
    }
  | { readonly type: "cancel"; readonly run: number };

/** From the worker to the page. After `end`, `cancelled`, `refused` or `failed` a run is over. */
export type FromBatchWorker =
  | ({ readonly type: "progress"; readonly run: number } & BatchProgress)
  | { readonly type: "end"; readonly run: number; readonly counts: BatchCounts }
  | { readonly type: "cancelled"; readonly run: number }
  /** The settings have problems. */
  | { readonly type: "refused"; readonly run: number; readonly problems: readonly Problem[] }
  /** The file could not be read. */
  | { readonly type: "failed"; readonly run: number; readonly cause: string };
