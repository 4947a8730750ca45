// The page: its head, and the three panes.

import type { ComponentType } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Opened } from "./dialogs/batch.js";
import { fateOf } from "./fate.js";
import { EventPane } from "./panes/event.js";
import { ResultPane } from "./panes/result.js";
import { SettingsPane } from "./panes/settings.js";
import type { Input, State, Store } from "./state.js";
import { ThemeButton } from "./theme.js";
import { grouped } from "./words.js";

type View = "event" | "settings" | "result";

/** What every dialog is given. */
interface DialogProps {
  readonly store: Store;
  readonly state: State;
  readonly onClose: () => void;
  /** Shows a record of a table as the page's event. */
  readonly onOpen: (opened: Opened) => void;
}

/** The dialogs. Most visits need none of them, so each is loaded when it is opened. */
const dialogs: Readonly<Record<string, () => Promise<ComponentType<DialogProps>>>> = {
  Examples: async () => (await import("./dialogs/examples.js")).Examples,
  Import: async () => (await import("./dialogs/import.js")).Import,
  "Many at once": async () => (await import("./dialogs/batch.js")).Batch,
  "Take it away": async () => (await import("./dialogs/take-away.js")).TakeAway,
  Share: async () => (await import("./dialogs/share.js")).Share,
};

/** The whole page. */
export function App({
  store,
  state,
  notice,
}: {
  store: Store;
  state: State;
  /** What went wrong with the link that the page was opened by. */
  notice: string | undefined;
}) {
  const [view, setView] = useState<View>("event");
  const [dialog, setDialog] = useState<{ View: ComponentType<DialogProps> } | "missing">();
  const [opened, setOpened] = useState<{ line: number; before: Partial<Input> }>();
  const close = () => setDialog(undefined);
  const show = (name: string) => {
    dialogs[name]?.().then(
      (View) => setDialog({ View }),
      () => setDialog("missing"),
    );
  };
  const open = ({ line, json, isRow, mapping }: Opened) => {
    const { events, current, rows, traits, suppression } = state.input;
    setOpened({ line, before: { events, current, rows, traits, suppression } });
    const alone = { current: 0, traits: "", suppression: null };
    store.input({ events: [{ key: 1, text: tidied(json) }], rows: isRow, ...alone });
    const decisions = store.state.decided[0]?.preview?.decisions ?? [];
    store.decision(
      Math.max(
        0,
        decisions.findIndex((it) => it.mapping === mapping),
      ),
    );
    setView("result");
    close();
  };
  const goBack = () => {
    store.input(opened?.before ?? {});
    setOpened(undefined);
    show("Many at once");
  };
  // The form is the largest part of the page, and most key presses do not concern it.
  const settingsPane = useMemo(
    () => <SettingsPane store={store} state={state} />,
    [
      state.input.settings,
      state.compiled,
      [...state.links.settings].join(),
      state.pointed?.at === "setting",
    ],
  );
  const names: Record<View, string> = {
    event: state.input.rows ? "Row" : "Event",
    settings: "Settings",
    result: "Result",
  };
  return (
    <div class="page" data-view={view}>
      <header class="page-head">
        <div class="brand">
          <h1>Mapping playground</h1>
          <p>See what would be texted, and why. Nothing here is ever sent.</p>
        </div>
        <div class="tools">
          {Object.keys(dialogs).map((name) => (
            <button type="button" key={name} class="small" onClick={() => show(name)}>
              {name}
            </button>
          ))}
          <ThemeButton />
        </div>
      </header>
      {notice !== undefined && (
        <p class="notice problem page-notice" role="alert">
          {notice}
        </p>
      )}
      {dialog === "missing" && (
        <p class="notice problem page-notice" role="alert">
          This part of the page could not be loaded. Check the network and try again.
        </p>
      )}
      {opened !== undefined && (
        <section class="opened" aria-label="From the table">
          <button type="button" class="small" onClick={goBack}>
            ← Back to the table
          </button>
          <span>This is line {grouped(opened.line)}.</span>
          <button type="button" class="link" onClick={() => setOpened(undefined)}>
            Keep it as the event
          </button>
        </section>
      )}
      <nav class="views" aria-label="Panes">
        {(Object.keys(names) as View[]).map((name) => (
          <button
            type="button"
            key={name}
            aria-pressed={view === name}
            onClick={() => setView(name)}
          >
            {names[name]}
            {name === "result" && <Brief state={state} />}
          </button>
        ))}
      </nav>
      <main class="panes">
        <EventPane store={store} state={state} />
        {settingsPane}
        <ResultPane store={store} state={state} />
      </main>
      {typeof dialog === "object" && (
        <dialog.View store={store} state={state} onClose={close} onOpen={open} />
      )}
    </div>
  );
}

/** JSON on lines of its own, where that leaves everything in it as it is. */
function tidied(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return JSON.stringify(value) === json ? JSON.stringify(value, null, 2) : json;
  } catch {
    return json;
  }
}

const briefs = {
  open: { type: "open", mark: "…", words: "not decided yet" },
  now: { type: "send", mark: "✓", words: "would send" },
  later: { type: "later", mark: "◷", words: "would send later" },
  held: { type: "drop", mark: "✕", words: "would not be sent yet" },
  never: { type: "drop", mark: "✕", words: "would not send" },
} as const;

/** The result as a mark, for where the pane itself is out of view. */
function Brief({ state }: { state: State }) {
  const rehearsed = state.decided[state.input.current]?.rehearsed;
  const fate = rehearsed && fateOf(rehearsed, state.decision);
  const { type, mark, words } = briefs[fate ?? "open"];
  return (
    <span class={`brief ${type}`}>
      <span aria-hidden="true">{mark}</span>
      <span class="visually-hidden">{words}</span>
    </span>
  );
}
