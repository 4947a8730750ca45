// The third pane: what would be sent, or why nothing is, and everything that led to it.

import type { PreviewDecision } from "../../host-shim/types.js";
import { heldBack } from "../rehearsal/rehearsal.js";
import type { State, Store } from "../state.js";
import { count } from "../words.js";
import { Phone } from "./phone.js";
import { RehearsalView } from "./rehearsal.js";
import { RequestView } from "./request.js";
import { Traces } from "./traces.js";
import { causeOf, DropVerdict, HeldVerdict, SendVerdict, Undecided } from "./verdict.js";

/** The pane. */
export function ResultPane({ store, state }: { store: Store; state: State }) {
  const { decided, input } = state;
  const { preview, rehearsed, tooEarly } = decided[input.current] ?? {};
  const shown = preview?.decisions[state.decision];
  const held = rehearsed && heldBack(rehearsed, state.decision);
  return (
    <section class="pane" id="pane-result" aria-labelledby="title-result">
      <header class="pane-head">
        <h2 id="title-result">Result</h2>
        {preview !== undefined && preview.decisions.length > 1 && (
          <Choice store={store} decisions={preview.decisions} chosen={state.decision} />
        )}
      </header>
      <div class="pane-body">
        <p class="visually-hidden" role="status">
          {held === undefined ? brief(shown) : `Would not be sent yet. ${causeOf(held)}`}
        </p>
        <div id="verdict">
          {shown === undefined && <Undecided state={state} />}
          {held !== undefined && <HeldVerdict held={held} />}
          {shown?.type === "send" && held === undefined && (
            <SendVerdict send={shown} now={input.now} />
          )}
          {shown?.type === "drop" && <DropVerdict dropped={shown} store={store} />}
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

/** What a screen reader says whenever it changes: not the whole text at each key press. */
function brief(decision: PreviewDecision | undefined): string {
  if (decision === undefined) return "Not decided yet.";
  if (decision.type === "drop") return `Would not send. ${decision.reason.cause}`;
  const segments = decision.segments?.count;
  return segments === undefined ? "Would send." : `Would send, in ${count(segments, "segment")}.`;
}

/** Which of several decisions on one event is looked at. */
function Choice({
  store,
  decisions,
  chosen,
}: {
  store: Store;
  decisions: readonly PreviewDecision[];
  chosen: number;
}) {
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">Which decision to show</legend>
      {decisions.map(({ type, mapping }, at) => (
        <button
          type="button"
          key={mapping}
          aria-pressed={at === chosen}
          onClick={() => store.decision(at)}
        >
          <span class={`dot ${type}`} /> {mapping}
        </button>
      ))}
    </fieldset>
  );
}
