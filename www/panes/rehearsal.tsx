// What would follow if the message were sent: what Twilio answers is chosen, and the steps that the
// core takes are drawn on a line of time that nothing waits for.

import { Fragment } from "preact";
import type { Outcome } from "../../host-shim/types.js";
import { endOf } from "../fate.js";
import { Prose } from "../prose.js";
import type { Rehearsed, Run, Taken } from "../rehearsal/rehearsal.js";
import { choices, type Script } from "../rehearsal/script.js";
import whys from "../rehearsal/whys.json" with { type: "json" };
import type { State, Store } from "../state.js";
import { count, moment, span } from "../words.js";

/** The rehearsal of the current event. */
export function RehearsalView({
  rehearsed,
  store,
  state,
}: {
  rehearsed: Rehearsed;
  store: Store;
  state: State;
}) {
  const runs = [rehearsed, ...rehearsed.later];
  const steps = runs.flatMap((run) => run.steps);
  const outcome = endOf(rehearsed, state.decision)?.outcome;
  const asks = steps.some(({ type }) => type === "fetch");
  const spent = (runs.at(-1) ?? rehearsed).ended - rehearsed.begun;
  if (steps.length === 0) return null;
  return (
    <section class="block" id="rehearsal" aria-labelledby="title-rehearsal">
      <h3 id="title-rehearsal">{asks ? "If it were sent" : "What is looked up and noted"}</h3>
      {asks && (
        <Answers
          script={state.input.script}
          steps={steps}
          onChange={(script) => store.input({ script })}
        />
      )}
      {asks && outcome !== undefined && <Ending outcome={outcome} />}
      <details open={asks}>
        <summary>
          {count(steps.length, "step")}
          {spent > 0 && <span class="muted"> in {span(spent)} of played time</span>}
        </summary>
        <Timeline runs={runs} listed={state.input.script.listed} />
      </details>
    </section>
  );
}

function Answers({
  script,
  steps,
  onChange,
}: {
  script: Script;
  steps: readonly Taken[];
  onChange: (script: Script) => void;
}) {
  const all = Object.values(choices).flat();
  const isChosen = (it: Script) =>
    JSON.stringify(it.first) === JSON.stringify(script.first) &&
    it.listed === script.listed &&
    it.told === script.told;
  const chosen = all.findIndex((choice) => isChosen(choice.script));
  const creates = steps.filter(({ why }) => why === "create").length;
  const looked = steps.some(({ why }) => why === "look_up");
  return (
    <div class="answers">
      <div class="field">
        <label for="answer-first">Twilio answers</label>
        <select
          id="answer-first"
          value={chosen}
          onChange={({ currentTarget: { value } }) => {
            const choice = all[Number(value)];
            if (choice !== undefined) onChange({ ...choice.script, after: script.after });
          }}
        >
          {chosen < 0 && <option value={-1}>{words(script)}</option>}
          {Object.entries(choices).map(([group, members]) => (
            <optgroup key={group} label={group}>
              {members.map((choice) => (
                <option key={choice.words} value={all.indexOf(choice)}>
                  {choice.words}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      {(creates > 1 || script.after === "same") && (
        <div class="field">
          <label for="answer-after">And when asked again</label>
          <select
            id="answer-after"
            value={script.after}
            onChange={({ currentTarget: { value } }) =>
              onChange({ ...script, after: value === "same" ? "same" : "created" })
            }
          >
            <option value="created">201: created</option>
            <option value="same">the same each time</option>
          </select>
        </div>
      )}
      {looked && (
        <div class="field">
          <label for="answer-list">Twilio’s list of messages</label>
          <select
            id="answer-list"
            value={script.listed ? "listed" : "missing"}
            onChange={({ currentTarget: { value } }) =>
              onChange({ ...script, listed: value === "listed" })
            }
          >
            <option value="listed">shows the message</option>
            <option value="missing">does not show it</option>
          </select>
        </div>
      )}
    </div>
  );
}

/** An answer that is none of the choices: an example's, or a link's. */
function words({ first }: Script): string {
  switch (first.type) {
    case "response":
      return `${first.status}, as the example has it`;
    case "failure":
      return `no answer (${first.code ?? first.name}), as the example has it`;
    case "notStarted":
      return "the request is never made";
    case "ended":
      return "the process ends before the answer";
  }
}

const endings: Record<Exclude<Outcome["type"], "dropped">, { title: string; tone: string }> = {
  confirmed: { title: "Told", tone: "send" },
  deferred: { title: "Put off", tone: "open" },
  failed: { title: "Failed", tone: "drop" },
  halted: { title: "Halted", tone: "drop" },
  sent: { title: "Sent", tone: "send" },
  unknown: { title: "Unknown", tone: "open" },
};

/** How it ended, and what to do about it. */
function Ending({ outcome }: { outcome: Outcome }) {
  if (outcome.type === "dropped") return null;
  const { title, tone } = endings[outcome.type];
  const { code, cause, fix } = outcome.type === "deferred" ? outcome : outcome.reply;
  const { reply } = outcome;
  const again = outcome.type === "deferred" ? outcome.until : outcome.againAt;
  return (
    <article class={`ending ${tone}`} id="ending">
      <p>
        <strong>{title}.</strong> <Prose text={cause} />
      </p>
      {tone !== "send" && (
        <p>
          <span class="fix-label">To fix it</span> <Prose text={fix} />
        </p>
      )}
      {again !== null && <p>The event is to be begun again at {moment(again)}.</p>}
      <p class="codes">
        <code class="chip">{outcome.type}</code>
        {code !== outcome.type && <code class="chip">{code}</code>}
        {outcome.type === "deferred" && reply !== null && <code class="chip">{reply.code}</code>}
        {reply?.twilioCode != null && <span class="muted">Twilio’s code {reply.twilioCode}</span>}
        {reply?.scope != null && <span class="muted">concerns the {reply.scope}</span>}
        {reply?.sid != null && <code class="chip">{reply.sid}</code>}
        {reply?.docs != null && (
          <a href={reply.docs} target="_blank" rel="noreferrer">
            Twilio on it
          </a>
        )}
      </p>
    </article>
  );
}

const kinds = {
  fetch: { mark: "⇄", words: "request" },
  store: { mark: "≡", words: "note" },
  wait: { mark: "◷", words: "wait" },
} as const;

function Timeline({
  runs,
  listed,
}: {
  runs: readonly Run[];
  /** Whether Twilio's list shows the message. */
  listed: boolean;
}) {
  return (
    <ol class="timeline">
      {runs.map((run, at) => (
        <Fragment key={at}>
          {shortened(run.steps).map((taken, place, all) =>
            typeof taken === "number" ? (
              <li key={place} class="step left-out">
                <span />
                <span class="step-mark" aria-hidden="true">
                  ⋮
                </span>
                <p>{count(taken, "more step")} of the same kind</p>
              </li>
            ) : (
              <Moment
                key={place}
                taken={taken}
                begun={run.begun}
                before={all[place - 1]}
                listed={listed}
              />
            ),
          )}
          <Pause run={run} next={runs[at + 1]} />
        </Fragment>
      ))}
    </ol>
  );
}

const mostSteps = 60;

/** The steps, but of a great many only the first and the last ones: and how many are left out. */
function shortened(steps: readonly Taken[]): readonly (Taken | number)[] {
  if (steps.length <= mostSteps) return steps;
  const half = mostSteps / 2;
  return [...steps.slice(0, half), steps.length - 2 * half, ...steps.slice(-half)];
}

/** Where a run ends, and when the next one begins. */
function Pause({ run, next }: { run: Run; next: Run | undefined }) {
  const crashed = run.steps.some((it) => it.type === "fetch" && it.result.type === "ended");
  return (
    <li class={`step ${next === undefined ? "done" : "again"}`}>
      <span />
      <span class="step-mark" aria-hidden="true">
        {next === undefined ? "●" : "↻"}
      </span>
      <div>
        {next !== undefined && (
          <p>
            {crashed ? "The source hands the event over again at " : "Begun again at "}
            <strong>{moment(next.begun)}</strong>, {span(next.begun - run.ended)} later.
          </p>
        )}
        {next === undefined && <p>{run.againAt === undefined ? "It is over." : andSoOn}</p>}
      </div>
    </li>
  );
}

const andSoOn = "Put off once more. The page stops here; a host would go on.";

function Moment({
  taken,
  begun,
  before,
  listed,
}: {
  taken: Taken;
  /** When its run began: times are told from there. */
  begun: number;
  /** What stands before it. A time that did not change is not told again. */
  before: Taken | number | undefined;
  listed: boolean;
}) {
  const { type, why, at, until } = taken;
  const { mark, words: kind } = kinds[type];
  return (
    <li class={`step ${type}`} data-why={why}>
      <span class="step-time">
        {(typeof before !== "object" || before.at !== at) &&
          (at === begun ? "0" : `+${span(at - begun)}`)}
      </span>
      <span class="step-mark" aria-hidden="true">
        {mark}
      </span>
      <div>
        <p>
          <span class="visually-hidden">{kind}: </span>
          {whys[why]}
          {type === "wait" && <strong> {span(until - at)}</strong>}
        </p>
        {taken.type === "fetch" && (
          <p class="step-detail">
            <code>
              {taken.request.method} {new URL(taken.request.url).pathname.split("/").at(-1)}
            </code>{" "}
            → {answered(taken, listed)}
          </p>
        )}
      </div>
    </li>
  );
}

function answered({ why, result, at, until }: Taken & { type: "fetch" }, listed: boolean): string {
  const after = span(until - at);
  switch (result.type) {
    case "response": {
      const retry = result.headers.find(([name]) => name === "retry-after")?.[1];
      const asks = retry === undefined ? "" : `, Retry-After: ${retry}`;
      const cut = result.complete ? "" : ", cut off";
      const found = why === "look_up" ? (listed ? ", it is there" : ", it is not there") : "";
      return `${result.status}${asks}${cut}${found}, after ${after}`;
    }
    case "failure":
      return `no answer: ${result.code ?? result.name}, after ${after}`;
    case "ended":
      return "the process ends, and nobody takes the answer in";
    default:
      return "never made";
  }
}
