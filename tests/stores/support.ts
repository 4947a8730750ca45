// What the tests of the stores share. Stores never look into cells, so these hold a list of marks.

import type { Applied, Plain, Store } from "../../host-shim/stores/store.js";

/** A cell of the tests. */
export interface Marks {
  readonly marks: readonly string[];
}

/** An operation of the tests. */
export type Operation =
  | Addition
  | { readonly type: "read" }
  | { readonly type: "remove" }
  | { readonly type: "throw" };

/** Adds a mark; one that is `lazy` need not be durable when it is answered. */
export interface Addition {
  readonly type: "add";
  readonly mark: string;
  readonly expiresAt?: number;
  readonly lazy?: boolean;
}

/** What every operation of the tests answers. */
export interface Answer extends Marks {
  /** The time that it was applied with. */
  readonly now: number;
}

/** The core's part, as pure as it. A mark that is there already is not added again. */
export function apply(cell: Plain | null, operation: Plain, now: number): Applied {
  const { marks } = (cell ?? { marks: [] }) as Marks;
  const asked = operation as Operation;
  if (asked.type === "throw") throw new Error("thrown by apply");
  const rest = { expiresAt: null, durable: true };
  if (asked.type === "remove") return { cell: null, answer: { marks: [], now }, ...rest };
  if (asked.type === "read") return { cell, answer: { marks, now }, ...rest };
  const all = marks.includes(asked.mark) ? marks : [...marks, asked.mark];
  return {
    cell: { marks: all },
    answer: { marks: all, now },
    expiresAt: asked.expiresAt ?? null,
    durable: asked.lazy !== true,
  };
}

/** Adds a mark that need not be durable when it is answered. */
export async function addLazily(store: Store, key: string, mark: string): Promise<void> {
  await store.update(key, { type: "add", mark, lazy: true });
}

/** Adds a mark to a cell. */
export async function add(
  store: Store,
  key: string,
  mark: string,
  expiresAt?: number,
): Promise<Answer> {
  const operation = { type: "add", mark, ...(expiresAt === undefined ? {} : { expiresAt }) };
  return (await store.update(key, operation)) as Answer;
}

/** The marks of a cell. */
export async function read(store: Store, key: string): Promise<readonly string[]> {
  return ((await store.update(key, { type: "read" })) as Answer).marks;
}
