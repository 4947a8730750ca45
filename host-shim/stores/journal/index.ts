// `twilio-destination/journal`: an entry of its own, so that no bundle for another host than Node
// meets a file system.

import { type Journal, type JournalOptions, openJournal } from "./journal.js";

export type { Applied, Apply, Plain, Store, TakeOver } from "../store.js";
export { JournalError, type JournalErrorCode } from "./error.js";
export type { Journal, JournalOptions } from "./journal.js";

/**
 * A store in a file, for one process. Whatever may have been sent, and whatever else was done because
 * of its answers, outlasts the process and a loss of power. What stands before a request is saved with
 * the claim that allows it: if it is lost, nothing was sent.
 *
 * The file is read whole when it is opened, and written anew without what was replaced or has
 * expired. A torn last line is cut off; any other file that does not read well is refused and left as
 * it is. In memory are the cells at work, and where in the file the others stand: some dozens of
 * bytes for each. The file should be on a local disk; cells hold phone numbers and texts until their
 * messages are settled, and the file until it is next written anew, so only its owner can read it.
 *
 * Whoever wrote what is found is gone, or the file would still be locked. Given the package's
 * `takeOver`, nobody waits for the leases that they held.
 *
 * @throws {JournalError}
 */
export function fileJournal(path: string, options: JournalOptions): Promise<Journal> {
  return openJournal(path, options);
}
