// The first pane: the event, or several in the order in which they come, and what is known beside
// them.

import { useMemo } from "preact/hooks";
import type { Trait } from "../../host-shim/types.js";
import { Editor } from "../editor/editor.js";
import type { Mark } from "../editor/lines.js";
import { fateOf } from "../fate.js";
import { getAt, holds, parsePath } from "../json/paths.js";
import { nearestPlace, placeAt, placesOf } from "../json/places.js";
import type { Links } from "../links.js";
import type { Rehearsed } from "../rehearsal/rehearsal.js";
import type { Decided, EventText, State, Store } from "../state.js";
import { count } from "../words.js";

/** The pane. */
export function EventPane({ store, state }: { store: Store; state: State }) {
  const { input, decided, links, pointed } = state;
  const { events, current, rows } = input;
  const text = events[current]?.text ?? "";
  const fault = decided[current]?.read.fault;
  const places = useMemo(() => lazily(() => placesOf(text)), [text]);
  const marks: Mark[] = [...links.event].flatMap((path) => {
    if (holds("profile", path)) return [];
    const place = nearestPlace(places(), path);
    return place === undefined || place.path === ""
      ? []
      : [{ from: place.start, to: place.to, kind: "lit" as const }];
  });
  const [first] = marks;
  return (
    <section class="pane" id="pane-event" aria-labelledby="title-event">
      <header class="pane-head">
        <h2 id="title-event">{rows ? "Row" : "Event"}</h2>
        <div class="tools">
          <label class="visually-hidden" for="input-kind">
            What comes in
          </label>
          <select
            id="input-kind"
            class="small"
            value={rows ? "rows" : "events"}
            onChange={(event) => store.input({ rows: event.currentTarget.value === "rows" })}
          >
            <option value="events">Segment events</option>
            <option value="rows">Rows of a table</option>
          </select>
          <button
            type="button"
            class="quiet small"
            disabled={fault !== undefined}
            onClick={() => store.event(JSON.stringify(JSON.parse(text), null, 2))}
          >
            Tidy
          </button>
        </div>
      </header>
      <Sequence store={store} events={events} current={current} decided={decided} rows={rows} />
      <Editor
        id="event-json"
        label={rows ? "The row, as JSON" : "The event, as JSON"}
        placeholder={
          rows
            ? "Paste a row as a JSON object, or choose an example."
            : "Paste an event as JSON, or choose an example."
        }
        text={text}
        fault={fault}
        marks={marks}
        reveal={pointed?.at === "event" ? undefined : first}
        onText={(changed) => store.event(changed)}
        onPoint={(offset) => {
          const place = offset === undefined ? undefined : placeAt(places(), offset);
          store.point(place && { at: "event", path: place.path });
        }}
      />
      <Remembered decided={decided[current]} store={store} links={links} />
      <Beside store={store} state={state} />
    </section>
  );
}

function Sequence({
  store,
  events,
  current,
  decided,
  rows,
}: {
  store: Store;
  events: readonly EventText[];
  current: number;
  decided: readonly Decided[];
  rows: boolean;
}) {
  const add = () => {
    const key = Math.max(...events.map((event) => event.key)) + 1;
    const text = rows ? '{\n  "to": ""\n}' : '{\n  "type": "identify",\n  "traits": {}\n}';
    const next = [...events, { key, text }];
    store.input({ events: next, current: next.length - 1 });
  };
  const remove = () => {
    const next = events.filter((_, at) => at !== current);
    store.input({ events: next, current: Math.min(current, next.length - 1) });
  };
  const move = (by: number) => {
    const next = [...events];
    next.splice(current + by, 0, ...next.splice(current, 1));
    store.input({ events: next, current: current + by });
  };
  return (
    <div class="sequence">
      <ol>
        {events.map((event, at) => (
          <li key={event.key}>
            <button
              type="button"
              aria-pressed={at === current}
              onClick={() => store.input({ current: at })}
            >
              <Dot decided={decided[at]} /> {nameOf(decided[at], rows, at)}
            </button>
          </li>
        ))}
      </ol>
      <div class="tools">
        {events.length > 1 && (
          <>
            <button
              type="button"
              class="quiet small"
              disabled={current === 0}
              aria-label="Move earlier"
              title="Move earlier"
              onClick={() => move(-1)}
            >
              ←
            </button>
            <button
              type="button"
              class="quiet small"
              disabled={current === events.length - 1}
              aria-label="Move later"
              title="Move later"
              onClick={() => move(1)}
            >
              →
            </button>
            <button
              type="button"
              class="quiet small"
              aria-label="Remove this event"
              title="Remove this event"
              onClick={remove}
            >
              ✕
            </button>
          </>
        )}
        <button
          type="button"
          class="quiet small"
          aria-label={rows ? "Add a row" : "Add an event"}
          title={rows ? "Add a row" : "Add an event"}
          onClick={add}
        >
          +
        </button>
      </div>
    </div>
  );
}

/** How an event fares, as a mark. */
function Dot({ decided }: { decided: Decided | undefined }) {
  const rehearsed = decided?.rehearsed;
  const notes = (it: Rehearsed) =>
    it.remembered.length > 0 && it.preview.decisions.every(({ mapping }) => mapping === null);
  const fates = rehearsed?.preview.decisions.map((_, at) => fateOf(rehearsed, at)) ?? [];
  const state =
    rehearsed === undefined
      ? "open"
      : fates.includes("now")
        ? "send"
        : fates.includes("later")
          ? "later"
          : notes(rehearsed)
            ? "noted"
            : "drop";
  const words = {
    open: "not decided",
    send: "would send",
    later: "would send later",
    noted: "sends nothing, is remembered",
    drop: "would not send",
  }[state];
  return (
    <span class={`dot ${state}`}>
      <span class="visually-hidden">{words}:</span>
    </span>
  );
}

function nameOf(decided: Decided | undefined, rows: boolean, at: number): string {
  if (rows) return `row ${at + 1}`;
  const value = decided?.read.value;
  const name = getAt(value, ["event"]) ?? getAt(value, ["name"]) ?? getAt(value, ["type"]);
  return typeof name === "string" && name !== "" ? name : `event ${at + 1}`;
}

/** The profile that results. */
function Remembered({
  decided,
  store,
  links,
}: {
  decided: Decided | undefined;
  store: Store;
  links: Links;
}) {
  const remembered = rememberedOf(decided);
  const leave = () => store.point(undefined);
  if (remembered.length === 0) return null;
  return (
    <details class="beside" id="remembered" open>
      <summary>
        Remembered of this user
        <span class="muted"> {count(remembered.length, "trait")} by now</span>
      </summary>
      <dl class="remembered">
        {remembered.map(({ path, json }) => {
          const point = () => store.point({ at: "event", path: `profile.${path}` });
          return (
            <div
              key={path}
              class={`remembered-trait${links.event.has(`profile.${path}`) ? " lit" : ""}`}
            >
              <dt>
                <button
                  type="button"
                  class="plain"
                  onMouseEnter={point}
                  onMouseLeave={leave}
                  onFocus={point}
                  onBlur={leave}
                >
                  <code>{path}</code>
                </button>
              </dt>
              <dd>{json === "" ? <span class="muted">taken away</span> : <code>{json}</code>}</dd>
            </div>
          );
        })}
      </dl>
      <p class="help">Only traits that the settings read are remembered.</p>
    </details>
  );
}

/** What is remembered in the end. */
function rememberedOf(decided: Decided | undefined): readonly Trait[] {
  const { rehearsed } = decided ?? {};
  return (rehearsed?.later.at(-1) ?? rehearsed)?.remembered ?? [];
}

/** What is known beside the event: it is part of the decision. */
function Beside({ store, state }: { store: Store; state: State }) {
  const { traits, suppression, now } = state.input;
  const remembered = new Set(
    rememberedOf(state.decided[state.input.current]).map(({ path }) => `profile.${path}`),
  );
  const given = (path: string) => getAt(state.traits.value, parsePath(path).slice(2)) !== undefined;
  const lit = [...state.links.event].some(
    (path) => holds("profile", path) && (given(path) || !remembered.has(path)),
  );
  const fault = state.traits.fault;
  const known = [
    traits.trim() !== "" && "a profile",
    suppression != null && "an opt-out",
    now !== undefined && "a fixed time",
  ].filter((it) => it !== false);
  return (
    <details class={`beside${lit ? " lit" : ""}`}>
      <summary>
        Known beside the {state.input.rows ? "row" : "event"}
        <span class="muted"> {known.length === 0 ? "nothing" : known.join(", ")}</span>
      </summary>
      <div class="beside-fields">
        <div class="field">
          <label for="beside-traits">The profile’s traits</label>
          <textarea
            id="beside-traits"
            class="growing"
            rows={3}
            spellcheck={false}
            placeholder={'{ "phone": "+44 7700 900123" }'}
            aria-describedby="beside-traits-help"
            value={traits}
            onInput={(event) => store.input({ traits: event.currentTarget.value })}
          />
          <div id="beside-traits-help">
            {fault && (
              <p class="finding problem">
                Line {fault.line}, column {fault.column}: {fault.cause} {fault.fix}
              </p>
            )}
            <p class="help">
              What earlier identify events said, as JSON. Triggers and templates read it where the
              event itself is silent.
            </p>
          </div>
        </div>
        <div class="field">
          <label for="beside-suppression">May the recipient be texted?</label>
          <select
            id="beside-suppression"
            value={suppression ?? ""}
            onChange={({ currentTarget: { value } }) =>
              store.input({
                suppression: value === "opted_out" || value === "bad_number" ? value : null,
              })
            }
          >
            <option value="">Nothing speaks against it</option>
            <option value="opted_out">No: they opted out</option>
            <option value="bad_number">No: the number cannot be reached</option>
          </select>
        </div>
        <div class="field">
          <label for="beside-now">Time of the decision (UTC)</label>
          <input
            id="beside-now"
            type="datetime-local"
            step="1"
            value={now === undefined ? "" : new Date(now).toISOString().slice(0, 19)}
            onInput={({ currentTarget: { value } }) => {
              const time = Date.parse(`${value}Z`);
              store.input({ now: Number.isNaN(time) ? undefined : time });
            }}
          />
          <p class="help">Empty means now.</p>
        </div>
      </div>
    </details>
  );
}

/** The result of `work`, found at the first call. */
function lazily<T>(work: () => T): () => T {
  let result: { value: T } | undefined;
  return () => {
    result ??= { value: work() };
    return result.value;
  };
}
