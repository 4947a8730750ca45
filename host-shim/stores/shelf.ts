// Where a store's cells lie.

/** A cell as it is kept: as text, which nobody can change behind the store's back. */
export interface Kept {
  readonly text: string;
  /** The time of its last change. */
  readonly at: number;
  readonly expiresAt: number | null;
  /** Whether it was left by a process that is gone. */
  readonly left?: boolean;
}

/** Where cells lie, by their keys. */
export interface Shelf {
  get(key: string): Kept | undefined;
  /** Puts a cell there; `undefined` removes it. */
  put(key: string, cell: Kept | undefined): void;
  /** Is called after each update: what has expired by now may be forgotten. */
  sweep(now: number): void;
}

/** Whether a cell counts as absent by now. */
export function isExpired({ expiresAt }: Pick<Kept, "expiresAt">, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}
