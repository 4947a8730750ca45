// The message as a phone shows it: each segment a block, and the characters marked that make the
// text more expensive.

import type { PreviewSend, TextView } from "../../host-shim/types.js";
import { getAt, parsePath, type Step, setAt } from "../json/paths.js";
import type { State, Store } from "../state.js";
import { count, grouped, list } from "../words.js";

/** The phone, and what the text costs. */
export function Phone({ send, store, state }: { send: PreviewSend; store: Store; state: State }) {
  const { text, segments } = send;
  const value = (parameter: string) =>
    send.explain.find((entry) => entry.parameter === parameter)?.value;
  const body = value("Body");
  const media = send.explain.filter(({ parameter }) => parameter === "MediaUrl");
  if (body === undefined && media.length === 0) return null;
  const forcing = new Set(segments?.forcedBy);
  return (
    <section class="block" aria-labelledby="title-phone">
      <h3 id="title-phone">On the phone</h3>
      <div class="phone-row">
        <div class="phone">
          <div class="phone-screen">
            <p class="phone-sender">{value("From") ?? "Messaging Service"}</p>
            {media.map(({ value: url }) => (
              <p key={url} class="bubble media">
                <span aria-hidden="true">🖼</span> {url}
              </p>
            ))}
            {body !== undefined && (
              <p class="bubble" id="bubble">
                {(text?.segments ?? [{ text: body, units: 0 }]).map((segment, at) => (
                  <span key={at} class={`segment s${at % 4}`} data-segment={at + 1}>
                    {marked(segment.text, forcing)}
                  </span>
                ))}
              </p>
            )}
          </div>
        </div>
        {text !== null && segments !== null && (
          <div class="bill">
            <p class="bill-count">
              <strong>{segments.count}</strong> {segments.count === 1 ? "segment" : "segments"}{" "}
              <span>{segments.encoding}</span>
            </p>
            <Bars text={text} />
            <SmartEncoding send={send} store={store} state={state} />
            {forcing.size > 0 && (
              <p class="help">
                {count(forcing.size, "character")} outside GSM-7 (
                {[...forcing].slice(0, 12).map((character, at) => (
                  <span key={character}>
                    {at > 0 && " "}
                    <mark class="forcing" title={named(character)}>
                      {visible(character)}
                    </mark>
                  </span>
                ))}
                {forcing.size > 12 && " …"}) {forcing.size === 1 ? "turns" : "turn"} the whole text
                into UCS-2: 70 characters fit a segment, not 160.
              </p>
            )}
            <Counts
              text={text}
              units={segments.units}
              gsm={segments.encoding === "GSM-7"}
              body={body ?? ""}
            />
          </div>
        )}
      </div>
    </section>
  );
}

/** How full each segment is. */
function Bars({ text }: { text: TextView }) {
  return (
    <ol class="bars">
      {text.segments.map(({ units }, at) => (
        <li key={at} class={`s${at % 4}`}>
          <span class="bar">
            <span style={{ width: `${Math.min(100, (100 * units) / text.capacity)}%` }} />
          </span>
          <span class="bar-words">
            {units} of {text.capacity}
          </span>
        </li>
      ))}
    </ol>
  );
}

const segmenter = new Intl.Segmenter("en");

/** The counts that Twilio's segment calculator tells. */
function Counts({
  text,
  units,
  gsm,
  body,
}: {
  text: TextView;
  units: number;
  gsm: boolean;
  body: string;
}) {
  // The calculator calls a character what takes a place in GSM-7, and what a reader sees in UCS-2.
  const characters = gsm ? units : [...segmenter.segment(body)].length;
  return (
    <details class="counts">
      <summary>All counts</summary>
      <dl>
        <dt>Characters</dt>
        <dd>{grouped(characters)}</dd>
        <dt>Unicode scalars</dt>
        <dd>{grouped([...body].length)}</dd>
        <dt>Units</dt>
        <dd>{grouped(units)}</dd>
        <dt>Message size</dt>
        <dd>{count(text.messageBits, "bit")}</dd>
        <dt>Total size sent</dt>
        <dd>{count(text.totalBits, "bit")}</dd>
      </dl>
    </details>
  );
}

/** One click to smart encoding, and what it changes. */
function SmartEncoding({ send, store, state }: { send: PreviewSend; store: Store; state: State }) {
  const smart = send.text?.smartEncoding;
  if (smart == null) return null;
  const steps = mappingOf(send);
  const there = getAt(state.lastSettings, steps) !== undefined;
  const set = (on: boolean) => {
    const path = [...steps, "smart_encoded"];
    const settings = setAt(state.lastSettings ?? {}, path, on ? true : undefined);
    store.input({ settings: JSON.stringify(settings, null, 2) });
  };
  const { without, with: encoded } = smart;
  const saved = without.count - encoded.count;
  const replaced = without.forcedBy.filter((character) => !encoded.forcedBy.includes(character));
  return (
    <div class={`smart${saved > 0 ? " saves" : ""}`}>
      <label>
        <input
          type="checkbox"
          id="smart-encoding"
          checked={smart.on}
          disabled={!there || state.settings.fault !== undefined}
          onChange={(event) => set(event.currentTarget.checked)}
        />{" "}
        Smart encoding
      </label>
      <p>
        <strong>
          {without.count} → {encoded.count}
        </strong>{" "}
        {encoded.count === 1 ? "segment" : "segments"}
        {replaced.length > 0 && (
          <>
            {" "}
            by plain look-alikes for {list(replaced.slice(0, 6).map((it) => `“${visible(it)}”`))}
          </>
        )}
        {saved === 0 && ": it saves nothing here"}.
      </p>
      {!there && <p class="help">Write the mapping out under Settings to switch it on.</p>}
    </div>
  );
}

/** The settings of the mapping that sends: those of its recipient stand in it, set or not. */
function mappingOf(send: PreviewSend): Step[] {
  const to = send.explain.find(({ parameter }) => parameter === "To");
  return parsePath(to?.setting ?? "$").slice(0, -1);
}

function marked(text: string, forcing: ReadonlySet<string>) {
  if (forcing.size === 0) return text;
  const parts: (string | { character: string })[] = [];
  let plain = "";
  for (const character of text) {
    if (forcing.has(character)) {
      parts.push(plain, { character });
      plain = "";
    } else plain += character;
  }
  parts.push(plain);
  return parts.map((part, at) =>
    typeof part === "string" ? (
      part
    ) : (
      <mark key={at} class="forcing" title={`${named(part.character)} forces UCS-2`}>
        {part.character}
      </mark>
    ),
  );
}

/** A character that can be seen: what is invisible by its code point. */
function visible(character: string): string {
  return /[\p{Z}\p{C}\p{M}]/u.test(character) ? named(character) : character;
}

function named(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
