// What the page knows, and what follows from it. Everything shown is derived anew from what was
// typed, so that nothing shown can be stale.

import { findJsonFault, type JsonFault } from "../host-shim/cli/json-fault.js";
import type { Preview } from "../host-shim/types.js";
import { Compiled, type Facts, type Sequence } from "./core.js";
import { withCredentials } from "./credentials.js";
import { shownOf } from "./fate.js";
import { depthOf, isObject } from "./lib/json.js";
import { type Links, linksOf, nothingLit, type Pointed } from "./links.js";
import type { Rehearsed } from "./rehearsal/rehearsal.js";
import type { Script } from "./rehearsal/script.js";

/** What was typed and chosen. */
export interface Input {
  /** The events in the order in which they come, each as JSON text. There is at least one. */
  readonly events: readonly EventText[];
  /** Which event is looked at, by its place in `events`. */
  readonly current: number;
  /** Whether the events are rows of a table. */
  readonly rows: boolean;
  /** The settings as JSON text. */
  readonly settings: string;
  /** The traits known of the user beside the event, as JSON text; empty for none. */
  readonly traits: string;
  readonly suppression: Facts["suppression"];
  /** The time to decide at, in milliseconds since 1970; none for the moment itself. */
  readonly now: number | undefined;
  /** What Twilio is assumed to answer. */
  readonly script: Script;
}

/** One event, as text. Its key stays the same while it is edited and moved. */
export interface EventText {
  readonly key: number;
  readonly text: string;
}

/** A JSON text, read. */
export interface Read {
  readonly value: unknown;
  readonly fault: JsonFault | undefined;
}

/** An event, read and decided. */
export interface Decided {
  readonly read: Read;
  /** Nothing while there is no text, or the settings or the traits cannot be used. */
  readonly preview: Preview | undefined;
  /** How sending it went, with all that the events before it left behind; nothing likewise. */
  readonly rehearsed: Rehearsed | undefined;
  /** Whether it would have sent more after the others: an identify came too late for it. */
  readonly tooEarly: boolean;
}

/** Everything that is shown. */
export interface State {
  readonly input: Input;
  readonly settings: Read;
  /** The settings that were last readable: what the form shows. */
  readonly lastSettings: unknown;
  readonly compiled: Compiled | undefined;
  /** Whether credentials were made up, because the settings have none. */
  readonly madeUp: boolean;
  readonly traits: Read;
  /** One for each of `input.events`. */
  readonly decided: readonly Decided[];
  /** Which of the decisions on the current event is looked at. */
  readonly decision: number;
  readonly pointed: Pointed | undefined;
  readonly links: Links;
}

/** Holds the state and tells one listener of every change. */
export class Store {
  #state: State;
  #listener: (state: State) => void = () => {};
  readonly #now: () => number;

  constructor(input: Input, now: () => number) {
    this.#now = now;
    this.#state = derive(input, undefined, now());
  }

  get state(): State {
    return this.#state;
  }

  /** Calls `listener` with the state, now and whenever it changes. */
  listen(listener: (state: State) => void): void {
    this.#listener = listener;
    listener(this.#state);
  }

  /** Takes in what was typed or chosen. */
  input(change: Partial<Input>): void {
    const input = { ...this.#state.input, ...change };
    this.#set(derive(input, this.#state, this.#now()));
  }

  /** Changes the text of the current event. */
  event(text: string): void {
    const { events, current } = this.#state.input;
    this.input({
      events: events.map((event, at) => (at === current ? { ...event, text } : event)),
    });
  }

  /** Looks at another of the decisions on the current event. */
  decision(decision: number): void {
    this.#set(linked({ ...this.#state, decision, pointed: undefined }));
  }

  /** Lights up what belongs to what is pointed at. */
  point(pointed: Pointed | undefined): void {
    if (JSON.stringify(pointed) === JSON.stringify(this.#state.pointed)) return;
    this.#set(linked({ ...this.#state, pointed }));
  }

  #set(state: State): void {
    this.#state = state;
    this.#listener(state);
  }
}

function derive(input: Input, before: State | undefined, now: number): State {
  const settingsChanged = input.settings !== before?.input.settings;
  const settings =
    before !== undefined && !settingsChanged ? before.settings : read(input.settings);
  const lastSettings = settings.fault === undefined ? settings.value : before?.lastSettings;
  let { compiled, madeUp } = before ?? { compiled: undefined, madeUp: false };
  if (settingsChanged) {
    compiled = undefined;
    if (settings.fault === undefined) {
      const completed = withCredentials(settings.value);
      madeUp = completed.madeUp;
      compiled = new Compiled(completed.settings);
    }
  }
  const traits =
    before !== undefined && input.traits === before.input.traits
      ? before.traits
      : readTraits(input.traits);
  const facts = factsOf(traits.value, input.suppression);
  const sequence = traits.fault === undefined ? rehearse(input, compiled, facts, now) : undefined;
  const decided = input.events.map(({ key, text }, place): Decided => {
    const at = before?.input.events.findIndex((event) => event.key === key && event.text === text);
    const known = at === undefined ? undefined : before?.decided[at]?.read;
    // Nobody has said anything yet: that is no event that is not sent.
    const rehearsed = text.trim() === "" ? undefined : sequence?.events[place];
    return {
      read: known ?? read(text),
      preview: rehearsed?.preview,
      rehearsed,
      tooEarly: sequence?.tooEarly.has(place) === true,
    };
  });
  const pointed = before?.pointed;
  const decisions = decided[input.current]?.preview?.decisions.length ?? 0;
  const decision = Math.max(0, Math.min(before?.decision ?? 0, decisions - 1));
  return linked({
    input,
    settings,
    lastSettings,
    compiled,
    madeUp,
    traits,
    decided,
    decision,
    pointed,
    links: nothingLit,
  });
}

function rehearse(
  { events, rows, now, script }: Input,
  compiled: Compiled | undefined,
  facts: Facts | undefined,
  clock: number,
): Sequence | undefined {
  const texts = events.map(({ text }) => text);
  return compiled?.rehearse(texts, { row: rows, facts, now: now ?? clock, script });
}

function linked(state: State): State {
  const rehearsed = state.decided[state.input.current]?.rehearsed;
  const links =
    state.pointed === undefined || rehearsed === undefined
      ? nothingLit
      : linksOf(
          state.pointed,
          rehearsed.preview.decisions[state.decision],
          shownOf(rehearsed, state.decision),
        );
  return { ...state, links };
}

function read(text: string): Read {
  // Reading is much faster than looking for a fault, but does not see a member that stands twice.
  const fault = findJsonFault(text);
  if (fault !== undefined) return { value: undefined, fault };
  const value: unknown = JSON.parse(text);
  if (depthOf(value, deepest + 1) <= deepest) return { value, fault };
  return faulty(`It nests deeper than ${deepest} levels.`, "Take levels out.");
}

/** A text that is JSON, and cannot be used all the same. */
function faulty(cause: string, fix: string): Read {
  return { value: undefined, fault: { line: 1, column: 1, cause, fix } };
}

/** How deep JSON may nest on the page: what is deeper than this the core reads nowhere. */
const deepest = 100;

function readTraits(text: string): Read {
  if (text.trim() === "") return { value: undefined, fault: undefined };
  const found = read(text);
  const { value, fault } = found;
  if (text.length > mostTraits) {
    return faulty(`Traits of more than ${mostTraits / 1_000} kB are not read.`, "Leave some out.");
  }
  if (fault !== undefined) return found;
  if (!isObject(value)) return faulty("Traits are one JSON object.", "Put them in braces.");
  if (hasHalfCharacter(value)) {
    return faulty("A text holds half of a surrogate pair.", "Write the whole character.");
  }
  if (depthOf(value, deepestTraits + 1) <= deepestTraits) return found;
  return faulty(`Traits nest at most ${deepestTraits} levels deep.`, "Take levels out.");
}

/** Whether a text in it is no Unicode: JSON writes the half of a pair as an escape, and only that. */
function hasHalfCharacter(value: unknown): boolean {
  return /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
}

/** The longest text of traits, in characters. */
const mostTraits = 100_000;

/** How deep they may nest: two levels less than all that is known beside the event. */
const deepestTraits = 30;

function factsOf(traits: unknown, suppression: Facts["suppression"]): Facts | undefined {
  if (traits === undefined && suppression == null) return undefined;
  return {
    ...(traits === undefined ? {} : { profile: { traits: traits as Record<string, unknown> } }),
    ...(suppression == null ? {} : { suppression }),
  };
}
