// How it came to the decision: which mappings were tried, and what the event says of consent.

import type {
  CheckView,
  ConsentTrace,
  ConversionTrace,
  Preview,
  QuietHoursTrace,
  TriggerTrace,
} from "../../host-shim/types.js";
import { Prose } from "../prose.js";
import type { State, Store } from "../state.js";
import { count, moment, span } from "../words.js";

/** The traces. */
export function Traces({
  preview,
  store,
  state,
}: {
  preview: Preview;
  store: Store;
  state: State;
}) {
  const { triggers, consent, conversions, decisions, quietHours } = preview;
  if (triggers.length + conversions.length === 0) return null;
  const used = new Set(decisions.map(({ mapping }) => mapping).filter((name) => name !== null));
  return (
    <section class="block" aria-labelledby="title-traces">
      <h3 id="title-traces">How it came to this</h3>
      <ol class="traces">
        {triggers.map((trace, index) => (
          <Mapping
            key={trace.mapping}
            trace={trace}
            setting={`$.mappings[${index}].trigger`}
            used={used.has(trace.mapping)}
            needed={used.size > 0}
            store={store}
            state={state}
          />
        ))}
      </ol>
      {quietHours.map((trace) => (
        <QuietHours key={trace.mapping} trace={trace} />
      ))}
      {consent !== null && <Consent consent={consent} store={store} state={state} />}
      {conversions.length > 0 && (
        <ol class="traces" aria-label="Conversions">
          {conversions.map((trace, index) => (
            <Conversion
              key={index}
              trace={trace}
              setting={`$.conversions[${index}].trigger`}
              store={store}
              state={state}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

function Mapping({
  trace,
  setting,
  used,
  needed,
  store,
  state,
}: {
  trace: TriggerTrace;
  setting: string;
  /** Whether it is one of those that the decisions are about. */
  used: boolean;
  /** Whether there is one of those. */
  needed: boolean;
  store: Store;
  state: State;
}) {
  const { mapping, enabled, matched, checks } = trace;
  const failed = checks.filter(({ holds }) => !holds).length;
  const words = !enabled
    ? "switched off"
    : matched
      ? used
        ? "matched"
        : "matches, but an earlier one came first"
      : `did not match: ${count(failed, "condition")} of ${checks.length} did not hold`;
  return (
    <li class={`trace${used ? " hit" : needed ? "" : " bad"}`}>
      <details open={!needed}>
        <summary>
          <strong>{mapping}</strong> <span class="muted">{words}</span>
        </summary>
        <Checks {...{ checks, setting, store, state }} />
      </details>
    </li>
  );
}

/** Whether the event shows that an earlier message did what it was for. */
function Conversion({
  trace,
  setting,
  store,
  state,
}: {
  trace: ConversionTrace;
  setting: string;
  store: Store;
  state: State;
}) {
  const { name, mapping, withinSeconds, matched, checks } = trace;
  const which = mapping === null ? "their last text" : `their last text of “${mapping}”`;
  return (
    <li class={`trace${matched ? " hit" : ""}`}>
      <details open={matched}>
        <summary>
          <strong>{name}</strong>{" "}
          <span class="muted">
            {matched
              ? `a conversion: credited to ${which}, if that was sent in the ${span(withinSeconds * 1_000)} before`
              : "not this conversion"}
          </span>
        </summary>
        <Checks {...{ checks, setting, store, state }} />
      </details>
    </li>
  );
}

function Checks({
  checks,
  setting,
  store,
  state,
}: {
  checks: readonly CheckView[];
  setting: string;
  store: Store;
  state: State;
}) {
  return (
    <ul>
      {checks.map(({ text, path, holds, why }, at) => (
        <Pointing
          key={at}
          class={`check ${holds ? "ok" : "bad"}`}
          {...{ path, setting, store, state }}
        >
          <code>{text}</code> <span class="why">{why}</span>
        </Pointing>
      ))}
    </ul>
  );
}

/** Whether it is night where the recipient is. */
function QuietHours({ trace }: { trace: QuietHoursTrace }) {
  const { mapping, why, clocks, quiet, end } = trace;
  return (
    <div class={`trace ${quiet ? "bad" : "hit"}`}>
      <p class="trace-title">
        <strong>Quiet hours</strong>{" "}
        <span class="muted">
          “{mapping}” {quiet ? "would go out in them" : "would go out outside them"}.{" "}
          <Prose text={why} />
          {quiet &&
            (end === null
              ? " There is no time within 35 days."
              : ` They end at ${moment(Date.parse(end))}.`)}
        </span>
      </p>
      <ul>
        {clocks.map(({ zone, time }) => (
          <li key={zone} class={`check ${quiet ? "bad" : "ok"}`}>
            <span>
              {time} <span class="why">{zone}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Consent({ consent, store, state }: { consent: ConsentTrace; store: Store; state: State }) {
  const { allowed, categories, why, integration } = consent;
  return (
    <div class={`trace consent ${allowed ? "hit" : "bad"}`}>
      <p class="trace-title">
        <strong>Consent</strong> <span class="muted">{why}</span>
      </p>
      <ul>
        {categories.map(({ name, path, state: said }) => (
          <Pointing
            key={name}
            class={`check ${said === "granted" ? "ok" : said === "silent" && allowed ? "" : "bad"}`}
            setting="$.consent.categories"
            {...{ path, store, state }}
          >
            <code>{name}</code>{" "}
            <span class="why">{said === "silent" ? "the event does not tell" : said}</span>
          </Pointing>
        ))}
        {integration !== "silent" && (
          <Pointing
            class={`check ${integration === "on" ? "ok" : "bad"}`}
            path="integrations"
            setting="$.consent.integration"
            {...{ store, state }}
          >
            <code>integrations</code> <span class="why">switches it {integration}</span>
          </Pointing>
        )}
      </ul>
    </div>
  );
}

/** A line that lights up its place in the event and its setting, by mouse and by keyboard. */
function Pointing({
  class: name,
  path,
  setting,
  store,
  state,
  children,
}: {
  class: string;
  path: string;
  setting: string;
  store: Store;
  state: State;
  children: preact.ComponentChildren;
}) {
  const lit = state.links.event.has(path) && state.pointed?.at !== "event";
  const point = () => store.point({ at: "check", path, setting });
  const leave = () => store.point(undefined);
  return (
    <li class={`${name}${lit ? " lit" : ""}`} onMouseEnter={point} onMouseLeave={leave}>
      <button type="button" class="plain" onFocus={point} onBlur={leave}>
        {children}
      </button>
    </li>
  );
}
