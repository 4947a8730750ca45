// The answer in words: what a person wants to know first.

import type { ComponentChildren } from "preact";
import type { Dropped, PreviewSend, Warning } from "../../host-shim/types.js";
import { endOf, type Held, heldBack } from "../fate.js";
import { Prose } from "../prose.js";
import type { Rehearsed } from "../rehearsal/rehearsal.js";
import type { State, Store } from "../state.js";
import { count, country, moment, plain, spaced } from "../words.js";

const channels: Record<string, string> = {
  messenger: "Messenger",
  rcs: "RCS",
  sms: "SMS",
  whatsapp: "WhatsApp",
};

/** A message that would be sent. */
export function SendVerdict({ send, now }: { send: PreviewSend; now: number | undefined }) {
  return (
    <article class="verdict send">
      <h3>
        <Mark ok /> Would send
      </h3>
      <Message send={send} />
      {now !== undefined && <p class="help">Decided as of {time(new Date(now).toISOString())}.</p>}
      <Warnings warnings={send.warnings} />
    </article>
  );
}

/** A message that would be sent once the event is begun again. */
export function LaterVerdict({
  rehearsed,
  send,
  store,
  state,
}: {
  rehearsed: Rehearsed;
  send: PreviewSend;
  store: Store;
  state: State;
}) {
  const first = rehearsed.preview.decisions[state.decision];
  const held = heldBack(rehearsed, state.decision);
  const begun = endOf(rehearsed, state.decision)?.run.begun;
  return (
    <article class="verdict later">
      <h3>
        <span class="mark" aria-hidden="true">
          ◷
        </span>{" "}
        Would send later
      </h3>
      <p class="because">
        {held !== undefined && <Prose text={causeOf(held)} />}
        {held === undefined && first?.type === "drop" && <Prose text={first.reason.cause} />}
      </p>
      {begun !== undefined && (
        <p>
          Begun again at <strong>{moment(begun)}</strong>, it sends:
        </p>
      )}
      <Message send={send} />
      <p class="codes">
        {held !== undefined && <code class="chip">{held.type}</code>}
        {held?.type === "deferred" && <code class="chip">{held.code}</code>}
        {held === undefined && first?.type === "drop" && (
          <Reason reason={first.reason} store={store} />
        )}
        <span class="muted">mapping “{send.mapping}”</span>
      </p>
      <Warnings warnings={send.warnings} />
    </article>
  );
}

/** The text, and from whom it goes to whom. */
function Message({ send }: { send: PreviewSend }) {
  const value = (parameter: string) =>
    send.explain.find((entry) => entry.parameter === parameter)?.value;
  const body = value("Body");
  const template = value("ContentSid");
  const at = value("SendAt");
  const media = send.explain.filter(({ parameter }) => parameter === "MediaUrl").length;
  return (
    <>
      {body !== undefined && <blockquote>{body}</blockquote>}
      {template !== undefined && (
        <p>
          the content template <code>{template}</code>
        </p>
      )}
      <p class="facts">
        to <strong>{recipient(value("To") ?? "", send)}</strong>
        {where(send) && ` (${where(send)})`} from <strong>{sender(value)}</strong>
        {send.channel !== "sms" && ` over ${channels[send.channel] ?? send.channel}`}
        {media > 0 && ` with ${count(media, "attachment")}`}
        {at !== undefined && ` at ${time(at)}`}
        {send.segments !== null && (
          <>
            , in <strong>{count(send.segments.count, "segment")}</strong>
          </>
        )}
        .
      </p>
    </>
  );
}

/** A message that would not be sent. */
export function DropVerdict({ dropped, store }: { dropped: Dropped; store: Store }) {
  const { cause, fix, until } = dropped.reason;
  return (
    <article class="verdict drop">
      <h3>
        <Mark /> Would not send{until !== null && " yet"}
      </h3>
      <p class="because">
        <Prose text={cause} />
      </p>
      <p class="fix">
        <span class="fix-label">To fix it</span> <Prose text={fix} />
      </p>
      <p class="codes">
        <Reason reason={dropped.reason} store={store} />
        {dropped.mapping !== null && <span class="muted">mapping “{dropped.mapping}”</span>}
      </p>
      <Warnings warnings={dropped.warnings} />
    </article>
  );
}

/** A reason's code, and the place that it names, which lights up. */
function Reason({ reason, store }: { reason: Dropped["reason"]; store: Store }) {
  const { code, detail, path } = reason;
  const point = () => store.point({ at: "reason" });
  const leave = () => store.point(undefined);
  return (
    <>
      <code class="chip">{code}</code>
      {detail !== null && detail !== code && <code class="chip">{detail}</code>}
      {path !== null && (
        <button
          type="button"
          class="chip path"
          onMouseEnter={point}
          onMouseLeave={leave}
          onFocus={point}
          onBlur={leave}
        >
          {path}
        </button>
      )}
    </>
  );
}

/** Why, in one sentence. */
export function causeOf(held: Held): string {
  return held.type === "deferred" ? held.cause : held.reply.cause;
}

/** A message that would be sent, but not now. */
export function HeldVerdict({ held }: { held: Held }) {
  const { fix, code } = held.type === "deferred" ? held : held.reply;
  return (
    <article class="verdict drop">
      <h3>
        <Mark /> Would not be sent yet
      </h3>
      <p class="because">
        <Prose text={causeOf(held)} />
      </p>
      <p class="fix">
        <span class="fix-label">To fix it</span> <Prose text={fix} />
      </p>
      <p class="codes">
        <code class="chip">{held.type}</code>
        <code class="chip">{code}</code>
        <span class="muted">mapping “{held.mapping}”</span>
      </p>
      <Warnings warnings={held.warnings} />
    </article>
  );
}

/** Nothing could be decided yet. */
export function Undecided({ state }: { state: State }) {
  const problems = state.compiled?.problems ?? [];
  return (
    <article class="verdict open">
      <h3>
        <span class="mark" aria-hidden="true">
          …
        </span>{" "}
        Not decided yet
      </h3>
      {state.input.events[state.input.current]?.text.trim() === "" && (
        <p>
          There is no {state.input.rows ? "row" : "event"}. Paste one, or choose one of the
          examples.
        </p>
      )}
      {state.traits.fault !== undefined && (
        <p>The profile’s traits cannot be read: see “Known beside the event”.</p>
      )}
      {state.settings.fault !== undefined && (
        <p>The settings are not JSON yet: see line {state.settings.fault.line}.</p>
      )}
      {problems.length > 0 && (
        <>
          <p>
            The settings have {count(problems.length, "problem")}. With these, the destination does
            not start and nothing is sent.
          </p>
          <ul class="reasons">
            {problems.map(({ path, code, cause, fix }) => (
              <li key={path + code}>
                <code>{path}</code> <Prose text={`${cause} ${fix}`} />
              </li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}

function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  return (
    <>
      {warnings.map(({ code, parameter, cause }) => (
        <p key={code + parameter} class="finding warning">
          <Prose text={cause} /> <code>{code}</code>
        </p>
      ))}
    </>
  );
}

function Mark({ ok = false }: { ok?: boolean }): ComponentChildren {
  return (
    <span class="mark" aria-hidden="true">
      {ok ? "✓" : "✕"}
    </span>
  );
}

function recipient(address: string, { callingCode }: PreviewSend): string {
  return spaced(address.slice(address.indexOf(":") + 1), callingCode);
}

function where({ country: region, mainRegion, kind }: PreviewSend): string {
  const home = region ?? mainRegion;
  const known = [
    home !== null && home !== "001" && country(home),
    kind !== null && (kind === "unknown" ? "not known to be in use" : plain(kind)),
  ];
  return known.filter((it) => it !== false).join(", ");
}

function sender(value: (parameter: string) => string | undefined): string {
  const from = value("From");
  if (from !== undefined) return from.slice(from.indexOf(":") + 1);
  return `Messaging Service ${value("MessagingServiceSid") ?? ""}`;
}

function time(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" } as const;
  return `${at.toLocaleString("en-GB", options)} UTC`;
}
