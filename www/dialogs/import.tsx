// Settings of other products as settings of this page, and what could not be carried over.

import { useState } from "preact/hooks";
import { Compiled } from "../core.js";
import { type Imported, importCustomerIo, importSegment, importZeotap } from "../lib/import.js";
import { depthOf, isObject, type Json } from "../lib/json.js";
import type { State, Store } from "../state.js";
import { count } from "../words.js";
import { Dialog } from "./dialog.js";

const sources = {
  segment: {
    name: "Segment",
    what: "A destination’s settings and subscriptions, or one subscription’s mapping, as JSON.",
    read: importSegment,
    textToo: false,
  },
  customerIo: {
    name: "Customer.io",
    what: "A message’s Liquid text, or an object with to, body, media_url and trigger.",
    read: importCustomerIo,
    textToo: true,
  },
  zeotap: {
    name: "Zeotap",
    what: "A template of rows, or an object with to, body and other fields.",
    read: importZeotap,
    textToo: true,
  },
} as const;

type Source = keyof typeof sources;

/** What the imported settings leave as it is, since no export of another product holds it. */
const kept = [
  "account_sid",
  "auth_token",
  "api_key_sid",
  "api_key_secret",
  "from",
  "messaging_service_sid",
];

/** The dialog. */
export function Import({
  store,
  state,
  onClose,
}: {
  store: Store;
  state: State;
  onClose: () => void;
}) {
  const [source, setSource] = useState<Source>("segment");
  const [text, setText] = useState("");
  const { name, what, read, textToo } = sources[source];
  const json = text.trim() === "" ? undefined : jsonOf(text, textToo);
  const imported = json === undefined ? undefined : read(json.value, check);
  const use = (found: Imported) => {
    const given = isObject(state.settings.value) ? Object.entries(state.settings.value) : [];
    const before = given.filter(([member]) => kept.includes(member));
    const settings = { ...Object.fromEntries(before), ...found.settings };
    store.input({ settings: JSON.stringify(settings, null, 2), rows: "row" in found.settings });
    onClose();
  };
  return (
    <Dialog title="Import" onClose={onClose}>
      <fieldset class="switch wrapping">
        <legend class="visually-hidden">From</legend>
        {(Object.keys(sources) as Source[]).map((key) => (
          <button
            type="button"
            key={key}
            aria-pressed={key === source}
            onClick={() => setSource(key)}
          >
            {sources[key].name}
          </button>
        ))}
      </fieldset>
      <div class="field">
        <label for="import-text">What {name} has</label>
        <textarea
          id="import-text"
          class="growing"
          rows={8}
          spellcheck={false}
          aria-describedby="import-help"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <p id="import-help" class="help">
          {what}
        </p>
      </div>
      {json === undefined && text.trim() !== "" && (
        <p class="notice problem">
          This is not JSON yet, or it nests deeper than {deepest} levels.
        </p>
      )}
      {imported !== undefined && <Found imported={imported} onUse={() => use(imported)} />}
    </Dialog>
  );
}

function Found({ imported, onUse }: { imported: Imported; onUse: () => void }) {
  const { carried, lost } = imported;
  return (
    <>
      <p role="status">
        <strong>{count(carried.length, "part")}</strong> carried over,{" "}
        <strong>{lost.length}</strong> not.
      </p>
      {lost.length > 0 && (
        <ul class="imports">
          {lost.map(({ path, what, why, fix, changes }) => (
            <li key={path + what} class={`finding ${changes ? "problem" : "warning"}`}>
              <strong>{what}</strong> <code>{path}</code> {why} {fix}
            </li>
          ))}
        </ul>
      )}
      {carried.length > 0 && (
        <details>
          <summary>What was carried over</summary>
          <ul class="imports">
            {carried.map(({ from, to, note }) => (
              <li key={from + to}>
                <code>{from}</code> → <code>{to}</code> {note}
              </li>
            ))}
          </ul>
        </details>
      )}
      <p>
        <button type="button" class="primary" disabled={carried.length === 0} onClick={onUse}>
          Use these settings
        </button>{" "}
        <span class="help">They take the place of all but credentials and sender.</span>
      </p>
    </>
  );
}

function check(settings: unknown) {
  const compiled = new Compiled(settings);
  return { problems: [...compiled.problems], warnings: [...compiled.warnings] };
}

const deepest = 100;

function jsonOf(text: string, textToo: boolean): { value: Json } | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return depthOf(value, deepest + 1) > deepest ? undefined : { value };
  } catch {
    return textToo && !/^\s*[{[]\s*["\]{}]/.test(text) ? { value: text } : undefined;
  }
}
