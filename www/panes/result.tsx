// The third pane: what would be sent, or why nothing is, and everything that led to it.

import { fateOf, heldBack, shownOf } from "../fate.js";
import type { Rehearsed } from "../rehearsal/rehearsal.js";
import type { State, Store } from "../state.js";
import { count } from "../words.js";
import { Phone } from "./phone.js";
import { RehearsalView } from "./rehearsal.js";
import { RequestView } from "./request.js";
import { Traces } from "./traces.js";
import {
  causeOf,
  DropVerdict,
  HeldVerdict,
  LaterVerdict,
  SendVerdict,
  Undecided,
} from "./verdict.js";

/** The pane. */
export function ResultPane({ store, state }: { store: Store; state: State }) {
  const { decided, input } = state;
  const { preview, rehearsed, tooEarly } = decided[input.current] ?? {};
  const first = preview?.decisions[state.decision];
  const shown = rehearsed && shownOf(rehearsed, state.decision);
  return (
    <section class="pane" id="pane-result" aria-labelledby="title-result">
      <header class="pane-head">
        <h2 id="title-result">Result</h2>
        <Into state={state} />
        {rehearsed !== undefined && rehearsed.preview.decisions.length > 1 && (
          <Choice store={store} rehearsed={rehearsed} chosen={state.decision} />
        )}
      </header>
      <div class="pane-body">
        <p class="visually-hidden" role="status">
          {brief(rehearsed, state.decision)}
        </p>
        <div id="verdict">
          {rehearsed === undefined || first === undefined ? (
            <Undecided state={state} />
          ) : (
            <Verdict rehearsed={rehearsed} store={store} state={state} />
          )}
          {tooEarly && (
            <p class="finding warning">
              It came too early: with what later events say of this user, it would send. Move the
              event that says it to the front.
            </p>
          )}
        </div>
        {shown?.type === "send" && <Phone send={shown} store={store} state={state} />}
        {shown?.type === "send" && <RequestView send={shown} store={store} state={state} />}
        {rehearsed !== undefined && (
          <RehearsalView rehearsed={rehearsed} store={store} state={state} />
        )}
        {preview !== undefined && <Traces preview={preview} store={store} state={state} />}
      </div>
    </section>
  );
}

/** The parameters that what is pointed at goes into: their rows may be out of view. */
function Into({ state: { links, pointed } }: { state: State }) {
  if (pointed?.at !== "event" && pointed?.at !== "setting") return null;
  if (links.parameters.size === 0) return null;
  return (
    <p class="into">
      goes into{" "}
      {[...links.parameters].map((name) => (
        <code key={name} class="chip lit">
          {name}
        </code>
      ))}
    </p>
  );
}

/** The answer, by what becomes of the message. */
function Verdict({
  rehearsed,
  store,
  state,
}: {
  rehearsed: Rehearsed;
  store: Store;
  state: State;
}) {
  const first = rehearsed.preview.decisions[state.decision];
  const shown = shownOf(rehearsed, state.decision);
  const held = heldBack(rehearsed, state.decision);
  if (fateOf(rehearsed, state.decision) === "later" && shown?.type === "send") {
    return <LaterVerdict rehearsed={rehearsed} send={shown} state={state} store={store} />;
  }
  if (held !== undefined) return <HeldVerdict held={held} />;
  if (first?.type === "drop") return <DropVerdict dropped={first} store={store} />;
  return shown?.type === "send" ? <SendVerdict send={shown} now={state.input.now} /> : null;
}

/** What a screen reader says whenever it changes: not the whole text at each key press. */
function brief(rehearsed: Rehearsed | undefined, decision: number): string {
  if (rehearsed === undefined) return "Not decided yet.";
  const first = rehearsed.preview.decisions[decision];
  const held = heldBack(rehearsed, decision);
  const shown = shownOf(rehearsed, decision);
  const segments = shown?.type === "send" ? shown.segments?.count : undefined;
  const size = segments === undefined ? "" : `, in ${count(segments, "segment")}`;
  switch (fateOf(rehearsed, decision)) {
    case "now":
      return `Would send${size}.`;
    case "later":
      return `Would send later${size}.`;
    case "held":
      return `Would not be sent yet. ${held === undefined ? "" : causeOf(held)}`;
    case "never":
      return `Would not send. ${first?.type === "drop" ? first.reason.cause : ""}`;
  }
}

const dots = { now: "send", later: "later", held: "drop", never: "drop" } as const;

/** Which of several decisions on one event is looked at. */
function Choice({
  store,
  rehearsed,
  chosen,
}: {
  store: Store;
  rehearsed: Rehearsed;
  chosen: number;
}) {
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">Which decision to show</legend>
      {rehearsed.preview.decisions.map(({ mapping }, at) => (
        <button
          type="button"
          key={mapping}
          aria-pressed={at === chosen}
          onClick={() => store.decision(at)}
        >
          <span class={`dot ${dots[fateOf(rehearsed, at)]}`} /> {mapping}
        </button>
      ))}
    </fieldset>
  );
}
