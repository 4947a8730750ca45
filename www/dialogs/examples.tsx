// The examples: every way of use and every code, each one a vector that the tests run.

import { useEffect, useState } from "preact/hooks";
import { type Example, type Gallery, readGallery, textOf } from "../lib/gallery.js";
import { isObject } from "../lib/json.js";
import { scriptOf } from "../rehearsal/script.js";
import type { Input, Store } from "../state.js";
import { plain } from "../words.js";
import { Dialog } from "./dialog.js";

/** The dialog. */
export function Examples({ store, onClose }: { store: Store; onClose: () => void }) {
  const [gallery, setGallery] = useState<Gallery | "missing">();
  const [search, setSearch] = useState("");
  useEffect(() => {
    load().then(setGallery, () => setGallery("missing"));
  }, []);
  const wanted = search.trim().toLowerCase();
  const groups = typeof gallery === "object" ? gallery.groups : [];
  const shown = groups
    .map(({ title, examples }) => ({
      title,
      examples: examples.filter(
        (example) =>
          example.unreadable !== true &&
          `${example.title} ${example.id} ${example.code ?? ""}`.toLowerCase().includes(wanted),
      ),
    }))
    .filter(({ examples }) => examples.length > 0);
  return (
    <Dialog title="Examples" onClose={onClose}>
      <label class="visually-hidden" for="examples-search">
        Search the examples
      </label>
      <input
        id="examples-search"
        type="search"
        placeholder="Words, or a code: consent_missing"
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      {gallery === undefined && <p class="help">Loading…</p>}
      {gallery === "missing" && (
        <p class="notice problem">
          The examples could not be loaded. Check the network and try again.
        </p>
      )}
      {wanted !== "" && groups.length > 0 && shown.length === 0 && (
        <p class="help">No example holds “{search.trim()}”.</p>
      )}
      {shown.length > 1 && (
        <nav class="filters" aria-label="Kinds of examples">
          {shown.map(({ title, examples }, at) => (
            <button
              type="button"
              key={title}
              class="small"
              onClick={() => document.getElementById(`examples-${at}`)?.scrollIntoView()}
            >
              {title} <span class="muted">{examples.length}</span>
            </button>
          ))}
        </nav>
      )}
      {shown.map(({ title, examples }, at) => (
        <section key={title} class="examples" id={`examples-${at}`} aria-label={title}>
          <h3>{title}</h3>
          <ul>
            {examples.map((example) => (
              <li key={`${example.id}${example.code ?? ""}`}>
                <button
                  type="button"
                  onClick={() => {
                    store.input(inputOf(example));
                    onClose();
                  }}
                >
                  {example.title}
                  {example.code !== undefined && <code>{codeOf(example.code)}</code>}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}

async function load(): Promise<Gallery> {
  const address = document.querySelector<HTMLLinkElement>("#gallery")?.href ?? "";
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  return readGallery(await response.text());
}

/** `drop:recipient_invalid:too_short` → `recipient_invalid · too short`. */
function codeOf(code: string): string {
  const [, name = "", detail] = code.split(":");
  return detail === undefined ? name : `${name} · ${plain(detail)}`;
}

function inputOf(example: Example): Partial<Input> {
  const text = textOf(example);
  const before = (example.before ?? []).map((event) => JSON.stringify(event, null, 2));
  const texts = text === undefined ? [] : [...before, text];
  const events = texts.map((it, at) => ({ key: at + 1, text: it }));
  const facts = isObject(example.facts) ? example.facts : {};
  const profile = "profile" in facts && isObject(facts.profile) ? facts.profile : {};
  const traits = "traits" in profile ? profile.traits : undefined;
  const suppression = "suppression" in facts ? facts.suppression : null;
  return {
    ...(events.length === 0 ? {} : { events, current: events.length - 1 }),
    rows: example.row !== undefined,
    settings: JSON.stringify(example.settings, null, 2),
    traits: traits === undefined ? "" : JSON.stringify(traits, null, 2),
    suppression: suppression === "opted_out" || suppression === "bad_number" ? suppression : null,
    now: example.now === undefined ? undefined : Date.parse(example.now),
    script: scriptOf(example),
  };
}
