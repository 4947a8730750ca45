// What a store is: a place for cells, which it keeps and never looks into.

/** Plain data, as JSON has it. */
export type Plain = object;

/** What the core makes of an operation upon a cell. */
export interface Applied {
  /** The cell from now on; `null` if there is none. */
  readonly cell: Plain | null;
  /** What is said to whoever asked. */
  readonly answer: Plain;
  /** From when on the cell counts as absent, in milliseconds since 1970; `null` for never. */
  readonly expiresAt: number | null;
  /**
   * Whether the answer may be given only once the cell would outlast a loss of power. Where it need
   * not, a store may answer at once if it never loses a change without all that came after it, in any
   * cell; every other store takes no notice of this, and saves before it answers.
   */
  readonly durable: boolean;
}

/** The core's part of an update: pure, and the only code that knows what a cell means. */
export type Apply = (cell: Plain | null, operation: Plain, now: number) => Applied;

/**
 * The core's part where a cell was left by a process that is gone for good: what that process kept
 * from others is free, and nothing else is changed.
 */
export type TakeOver = (cell: Plain, now: number) => Pick<Applied, "cell">;

/**
 * Where the cells live that make a send happen once. It does for each update, one at a time for
 * each key: load the cell, apply the operation with its own clock, save the cell, answer.
 *
 * The clock is never earlier than it was at the cell's last change. A cell that has expired is
 * absent. An update that rejects may be tried again: to apply an operation twice is to apply it
 * once.
 *
 * An answer is waited for as long as the core says, half a minute at most and no longer than the
 * host's deadline. After that the delivery ends as `deferred`, or as what is known of a message that
 * was handed to Twilio. It is no harm if the update is made all the same: what it granted is found
 * out like what was granted to a process that died.
 */
export interface Store {
  /** Applies an operation to a cell, and answers once the cell is saved; see `Applied.durable`. */
  update(key: string, operation: Plain): Promise<Plain>;
}

/** What every store needs. */
export interface StoreOptions {
  /** The core's part of an update. */
  readonly apply: Apply;
  /** The store's clock, in milliseconds since 1970; `Date.now` if left out. */
  readonly now?: (() => number) | undefined;
}
