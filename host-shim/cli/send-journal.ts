// The journal that `send` keeps its claims in.

import { apply, type Plain, type Store, takeOver } from "../load/node.js";
import { fileJournal, type Journal, JournalError } from "../stores/journal/index.js";
import { exitCode, Failure } from "./exit.js";

/** Opens the journal. */
export async function openJournal(path: string): Promise<Journal> {
  try {
    return await fileJournal(path, { apply, takeOver });
  } catch (error) {
    throw asFailure(error);
  }
}

/**
 * Writes a closed journal anew, as opening it does: the numbers and texts of messages that have ended
 * are not left lying in it.
 */
export async function tidyJournal(path: string): Promise<void> {
  try {
    await (await openJournal(path)).close();
  } catch {
    // It is no reason to call the run a failure, and whoever opens the journal next is told.
  }
}

/** A store that tells of its first failure: with a journal that fails, nothing can be sent. */
export function watched(journal: Store, onFailure: (failure: unknown) => void): Store {
  let told = false;
  return {
    update: async (key: string, operation: Plain) => {
      try {
        return await journal.update(key, operation);
      } catch (error) {
        if (!told) onFailure(asFailure(error));
        told = true;
        throw error;
      }
    },
  };
}

/** What is wrong with a journal, for people; every other error as it is. */
export function asFailure(error: unknown): unknown {
  return error instanceof JournalError ? new Failure(exitCode.file, error.message) : error;
}
