// What a dry run can tell from the journal of the runs before it, and from the events before each.

import type { EventInput, Outcome, PreviewDecision } from "../index.js";
import {
  apply,
  createDestination,
  type Destination,
  memoryStore,
  type Settings,
  takeOver,
} from "../load/node.js";
import { type Look, lookAtJournal } from "../stores/journal/look.js";
import { asFailure, watched } from "./send-journal.js";

/** What would become of a message: a decision, or that it may have been sent before. */
export type Foreseen = PreviewDecision | DueByProfile | Extract<Outcome, { type: "unknown" }>;

/** A message that lacks something in its event which is known of its user: no more is told of it. */
export interface DueByProfile {
  readonly type: "send";
  readonly mapping: string;
  readonly channel: null;
  readonly country: null;
  readonly segments: null;
  readonly warnings: readonly [];
}

/** Which rows they are: those of a run, or events with ids of their own. */
export interface Whose {
  readonly run: string;
  readonly events: boolean;
}

/** Knows what was done before. */
export class Foresight {
  readonly #look: Look;
  readonly #destination: Destination;
  readonly #whose: Whose;
  #failed: { readonly failure: unknown } | undefined;

  private constructor(settings: Settings, look: Look, whose: Whose) {
    this.#look = look;
    this.#whose = whose;
    this.#destination = createDestination(settings, {
      fetch: () => Promise.reject(new Error("a dry run sends nothing")),
      now: Date.now,
      store: watched(look, (failure) => {
        this.#failed = { failure };
      }),
    });
  }

  /**
   * Reads the journal, if there is one, and changes nothing in it. Without one there is nothing to
   * know of rows; events tell of users what those behind them need.
   */
  static async read(
    path: string,
    settings: Settings,
    whose: Whose,
  ): Promise<Foresight | undefined> {
    const look = await lookAtJournal(path, { apply, takeOver }).catch((error: unknown) => {
      throw asFailure(error);
    });
    const known = look ?? (whose.events ? nothing() : undefined);
    return known === undefined ? undefined : new Foresight(settings, known, whose);
  }

  /** Who has the journal open, if anybody does. */
  get holder(): string | undefined {
    return this.#look.holder;
  }

  /** What would become of an event or a row of which this was decided. */
  async of(
    event: EventInput,
    row: number,
    decisions: readonly PreviewDecision[],
  ): Promise<readonly Foreseen[]> {
    const { run, events } = this.#whose;
    const place = events ? {} : { row: true, place: { run, row } };
    // Without time, it gets as far as its claim, and is put off before any request.
    const outcomes = await this.#destination.send(event, { ...place, deadline: Date.now() });
    // Rows leave nothing that others need, and there may be millions.
    if (!events) this.#look.takeBack();
    if (this.#failed !== undefined) throw this.#failed.failure;
    return decisions.map((decision, index) => foreseen(decision, outcomes[index]));
  }

  async close(): Promise<void> {
    await this.#look.close();
  }
}

/** What stands in no journal. */
function nothing(): Look {
  const store = memoryStore();
  return {
    holder: undefined,
    update: (key, operation) => store.update(key, operation),
    takeBack: () => {},
    close: async () => {},
  };
}

function foreseen(decision: PreviewDecision, outcome: Outcome | undefined): Foreseen {
  if (outcome?.type === "dropped") return { ...outcome, type: "drop" };
  // A decision by the event alone; what is put off was decided with its user's profile too.
  if (outcome?.type === "deferred" && decision.type === "drop")
    return dueByProfile(outcome.mapping);
  return outcome?.type === "unknown" ? outcome : decision;
}

function dueByProfile(mapping: string): DueByProfile {
  return { type: "send", mapping, channel: null, country: null, segments: null, warnings: [] };
}
