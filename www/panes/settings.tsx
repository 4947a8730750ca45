// The second pane: the settings as a form and as JSON.

import { useEffect, useRef, useState } from "preact/hooks";
import { Editor } from "../editor/editor.js";
import type { Mark } from "../editor/lines.js";
import { type Finding, FormProvider } from "../form/context.js";
import { controlId } from "../form/field.js";
import { SettingsForm } from "../form/form.js";
import { formatPath, parsePath, type Step, setAt } from "../json/paths.js";
import { nearestPlace, type Place, placeAt, placesOf } from "../json/places.js";
import { Prose } from "../prose.js";
import type { State, Store } from "../state.js";
import { count } from "../words.js";

/** The pane. */
export function SettingsPane({ store, state }: { store: Store; state: State }) {
  const [asJson, setAsJson] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  usePointing(body, store, asJson);
  const [lit] = state.links.settings;
  const elsewhere = state.pointed?.at !== "setting";
  useEffect(() => {
    if (lit === undefined || !elsewhere) return;
    body.current
      ?.querySelector(`[data-setting="${CSS.escape(lit)}"]`)
      ?.scrollIntoView({ block: "nearest" });
  }, [lit, elsewhere]);
  const { input, settings, compiled, madeUp } = state;
  const findings: Finding[] = [
    ...(compiled?.problems ?? []).map((problem) => ({ ...problem, grave: true })),
    ...(compiled?.warnings ?? []).map((problem) => ({ ...problem, grave: false })),
  ];
  return (
    <section class="pane" id="pane-settings" aria-labelledby="title-settings">
      <header class="pane-head">
        <h2 id="title-settings">Settings</h2>
        <div class="tools">
          {asJson && (
            <button
              type="button"
              class="quiet small"
              disabled={settings.fault !== undefined}
              onClick={() => store.input({ settings: JSON.stringify(settings.value, null, 2) })}
            >
              Tidy
            </button>
          )}
          <fieldset class="switch">
            <legend class="visually-hidden">Show the settings as</legend>
            <button type="button" aria-pressed={!asJson} onClick={() => setAsJson(false)}>
              Form
            </button>
            <button type="button" aria-pressed={asJson} onClick={() => setAsJson(true)}>
              JSON
            </button>
          </fieldset>
        </div>
      </header>
      <FindingsSummary findings={findings} asJson={asJson} />
      {asJson ? (
        <SettingsJson store={store} state={state} findings={findings} text={input.settings} />
      ) : (
        <div class="pane-body" ref={body}>
          {settings.fault !== undefined && (
            <p class="notice problem">
              The settings’ JSON cannot be read: line {settings.fault.line}, column{" "}
              {settings.fault.column}. The form shows what could be read last.{" "}
              <button type="button" class="link" onClick={() => setAsJson(true)}>
                Correct it
              </button>
            </p>
          )}
          <FormProvider
            value={{
              findings: byPath(findings),
              lit: state.links.settings,
              set: (steps: readonly Step[], value: unknown) => {
                const next = setAt(state.lastSettings ?? {}, steps, value) ?? {};
                store.input({ settings: JSON.stringify(next, null, 2) });
              },
            }}
          >
            <fieldset class="form" disabled={settings.fault !== undefined}>
              <legend class="visually-hidden">Settings of the destination</legend>
              <SettingsForm value={state.lastSettings} />
            </fieldset>
          </FormProvider>
          {madeUp && (
            <p class="help credentials">
              Credentials that are missing are made up by the page. It sends nothing, so it never
              needs real ones.
            </p>
          )}
        </div>
      )}
    </section>
  );
}

/** Tells the store which setting of the form the mouse or the focus is at. */
function usePointing(
  form: { readonly current: HTMLDivElement | null },
  store: Store,
  asJson: boolean,
): void {
  useEffect(() => {
    const it = form.current;
    if (it === null) return;
    const tell = ({ target }: Event) => {
      const field = target instanceof Element ? target.closest("[data-setting]") : null;
      const path = field?.getAttribute("data-setting");
      store.point(path == null ? undefined : { at: "setting", path });
    };
    const leave = () => store.point(undefined);
    it.addEventListener("mouseover", tell);
    it.addEventListener("focusin", tell);
    it.addEventListener("mouseleave", leave);
    it.addEventListener("focusout", leave);
    return () => {
      it.removeEventListener("mouseover", tell);
      it.removeEventListener("focusin", tell);
      it.removeEventListener("mouseleave", leave);
      it.removeEventListener("focusout", leave);
    };
  }, [asJson]);
}

function FindingsSummary({ findings, asJson }: { findings: readonly Finding[]; asJson: boolean }) {
  if (findings.length === 0) return <div aria-live="polite" />;
  const grave = findings.filter((finding) => finding.grave).length;
  const said = [
    grave > 0 && count(grave, "problem"),
    findings.length > grave && count(findings.length - grave, "warning"),
  ].filter((it) => it !== false);
  return (
    <details class={`summary ${grave > 0 ? "problem" : "warning"}`} open={asJson || undefined}>
      <summary>
        <span aria-live="polite">{said.join(", ")}</span>
      </summary>
      <ul>
        {findings.map(({ path, code, cause, fix, grave: isGrave }) => (
          <li key={path + code} class={isGrave ? "problem" : "warning"}>
            <button
              type="button"
              class="link"
              onClick={() => (asJson ? leadInText(path) : leadTo(path))}
            >
              <code>{path}</code>
            </button>{" "}
            <Prose text={`${cause} ${fix}`} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Leads to the control of a setting, or of the closest one around it. */
function leadTo(path: string): void {
  const steps = parsePath(path);
  for (let length = steps.length; length > 0; length -= 1) {
    const around = formatPath(steps.slice(0, length));
    const found = document.getElementById(controlId(`$.${around}`));
    if (found === null) continue;
    found.scrollIntoView({ block: "center" });
    found.focus();
    return;
  }
}

/** Selects a setting in the JSON, or the closest one around it. */
function leadInText(path: string): void {
  const area = document.querySelector<HTMLTextAreaElement>("#settings-json");
  const place = area && nearestPlace(placesOf(area.value), formatPath(parsePath(path)));
  if (area === null || place == null) return;
  const { from, to } = spot(place);
  area.setSelectionRange(from, to);
  area.focus();
}

function SettingsJson({
  store,
  state,
  findings,
  text,
}: {
  store: Store;
  state: State;
  findings: readonly Finding[];
  text: string;
}) {
  const places = placesOf(text);
  const mark = (path: string, kind: Mark["kind"]): Mark[] => {
    const place = nearestPlace(places, formatPath(parsePath(path)));
    return place === undefined ? [] : [{ ...spot(place), kind }];
  };
  const lit = [...state.links.settings].flatMap((path) => mark(path, "lit"));
  const marks = [
    ...lit.filter(({ from }) => from > 0),
    ...findings.flatMap(({ path, grave }) => mark(path, grave ? "problem" : "warning")),
  ];
  return (
    <Editor
      id="settings-json"
      label="The settings, as JSON"
      placeholder="Paste settings as a JSON object, or import some."
      text={text}
      fault={state.settings.fault}
      marks={marks}
      reveal={state.pointed?.at === "setting" ? undefined : lit[0]}
      onText={(changed) => store.input({ settings: changed })}
      onPoint={(offset) => {
        const place = offset === undefined ? undefined : placeAt(places, offset);
        store.point(
          place === undefined || place.path === ""
            ? undefined
            : { at: "setting", path: `$.${place.path}` },
        );
      }}
    />
  );
}

/** What is marked of a value: an object's name only, not all that it holds. */
function spot({ path, start, from, to }: Place): { from: number; to: number } {
  if (path === "") return { from: 0, to: 1 };
  return { from: start, to: start < from ? Math.min(to, from) : to };
}

function byPath(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    found.set(finding.path, [...(found.get(finding.path) ?? []), finding]);
  }
  return found;
}
