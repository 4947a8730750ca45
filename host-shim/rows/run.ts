// A run over rows: one after the other, each told how it ended. What is sent, when, and whether
// again, the core says; what is here is the order in which it is asked.

import type { EventInput, SendOptions } from "../index.js";
import type { Outcome, Step } from "../types.js";
import { beginAgainAt, merge } from "./again.js";
import { Line } from "./line.js";

/** How rows are sent. */
export interface RunOptions {
  /**
   * The run's name. A row is known by this name and its number: under the same name, the same rows
   * in the same order are sent once, however often the run is begun.
   */
  readonly run: string;
  /** Whether they are Segment events instead, which are known by their own ids. */
  readonly events?: boolean;
  /** Once it aborts, no row is begun any more, and those under way end without waiting. */
  readonly signal?: AbortSignal;
  /** How many rows may wait at once while others go on; 1,000 if left out, and with 0 none goes on. */
  readonly aside?: number;
}

/** How a row ended. */
export interface RowResult {
  /** Its number, counted from 1. */
  readonly row: number;
  /** One outcome for each of its messages. */
  readonly outcomes: readonly Outcome[];
}

/** Rows, or what they are read from. */
export type Rows = Iterable<EventInput> | AsyncIterable<EventInput>;

/** What a run is done with. */
export interface RunHands {
  readonly send: (event: EventInput, options: SendOptions) => Promise<Outcome[]>;
  readonly now: () => number;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Sends rows in order, one at a time. A row that waits for word from Twilio is set aside, and the
 * next goes on; one that was put off is begun again when its outcome says. Either way it goes on once
 * the row under way has ended, before another is begun. Gives the results as they come: in order, but
 * for the rows that were set aside.
 *
 * Whoever stops taking results stops the run. If the rows cannot be read on, those under way still
 * end, and their results come before the error.
 */
export async function* runRows(
  rows: Rows,
  options: RunOptions,
  hands: RunHands,
): AsyncGenerator<RowResult, void, undefined> {
  const run = new Run(rows, options, hands);
  try {
    for (;;) {
      yield* run.takeResults();
      if (run.isOver) break;
      await run.goOn();
    }
    run.throwFailure();
  } finally {
    await run.end();
  }
}

class Run {
  readonly #options: RunOptions;
  readonly #hands: RunHands;
  readonly #source: Iterator<EventInput> | AsyncIterator<EventInput>;
  readonly #most: number;
  readonly #stopping = new AbortController();
  /** Whether more rows are to come. */
  #open = true;
  #reading = false;
  #read: { readonly event: EventInput } | undefined;
  #number = 0;
  /** The rows that are not set aside: one of them goes on. */
  readonly #line = new Line();
  #underWay = 0;
  #aside = 0;
  #results: RowResult[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake = (): void => {};

  constructor(rows: Rows, options: RunOptions, hands: RunHands) {
    this.#options = options;
    this.#hands = hands;
    this.#source =
      Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
    this.#most = options.aside ?? 1_000;
    options.signal?.addEventListener("abort", this.#stop);
    if (options.signal?.aborted) this.#stop();
  }

  /** Whether every row has ended and its result was taken. */
  get isOver(): boolean {
    return !this.#open && this.#underWay === 0 && this.#results.length === 0;
  }

  takeResults(): RowResult[] {
    return this.#results.splice(0);
  }

  /** Does the next thing that can be done, and comes back when something has changed. */
  async goOn(): Promise<void> {
    if (this.#results.length > 0) return;
    const changed = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const mayBegin = this.#underWay === 0 || this.#aside < this.#most;
    if (this.#open && this.#line.isFree && mayBegin) {
      const read = this.#read;
      this.#read = undefined;
      if (read !== undefined) void this.#sendRow(read.event);
      else if (!this.#reading) void this.#readRow();
    }
    await changed;
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends what is under way. */
  async end(): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#stop);
    this.#stop();
    while (this.#underWay > 0) {
      await this.goOn();
      this.takeResults();
    }
    // A read that never comes back must not hold up whoever has stopped.
    if (!this.#reading) await this.#source.return?.();
  }

  #stop = (): void => {
    this.#open = false;
    this.#stopping.abort();
    this.#wake();
  };

  async #readRow(): Promise<void> {
    this.#reading = true;
    try {
      const next = await this.#source.next();
      if (next.done) this.#open = false;
      else this.#read = { event: next.value };
    } catch (error) {
      // Once the run was stopped, what it was reading may well break off.
      if (this.#open) this.#failure ??= { error };
      this.#open = false;
    }
    this.#reading = false;
    this.#wake();
  }

  async #sendRow(event: EventInput): Promise<void> {
    this.#number += 1;
    this.#underWay += 1;
    const row = this.#number;
    const place = new InLine(this.#line, (change) => {
      this.#aside += change;
      this.#wake();
    });
    await place.enter();
    try {
      this.#results.push({ row, outcomes: await this.#sendToItsEnd(event, row, place) });
    } catch (error) {
      this.#failure ??= { error };
      this.#open = false;
    }
    place.end();
    this.#underWay -= 1;
    this.#wake();
  }

  async #sendToItsEnd(event: EventInput, row: number, place: InLine): Promise<Outcome[]> {
    const { run, events = false } = this.#options;
    const { signal } = this.#stopping;
    const onStep = (step: Step): void => {
      if (step.type === "wait" && step.aside) place.stepAside();
    };
    const wait = async (ms: number): Promise<void> => {
      await this.#hands.wait(ms, signal);
      // Once the run is stopped, nothing is sent any more that one would have to wait for.
      if (!signal.aborted) await place.comeBack();
    };
    const watched = { signal, onStep, wait };
    const asked = events ? watched : { row: true, place: { run, row }, ...watched };
    let outcomes = await this.#hands.send(event, asked);
    for (;;) {
      const at = beginAgainAt(outcomes);
      if (at === undefined) return outcomes;
      place.stepAside();
      await wait(at - this.#hands.now());
      if (signal.aborted) return outcomes;
      outcomes = merge(outcomes, await this.#hands.send(event, asked));
    }
  }
}

/** A row's place in the line, which it leaves for a while when it is set aside. */
class InLine {
  readonly #line: Line;
  readonly #count: (change: 1 | -1) => void;
  #isAside = false;

  /** `count` is told of each row that is set aside, and that comes back. */
  constructor(line: Line, count: (change: 1 | -1) => void) {
    this.#line = line;
    this.#count = count;
  }

  async enter(): Promise<void> {
    await this.#line.enter();
  }

  stepAside(): void {
    if (this.#isAside) return;
    this.#isAside = true;
    this.#line.leave();
    this.#count(1);
  }

  async comeBack(): Promise<void> {
    if (!this.#isAside) return;
    await this.#line.enter();
    this.#isAside = false;
    this.#count(-1);
  }

  end(): void {
    if (this.#isAside) this.#count(-1);
    else this.#line.leave();
  }
}
