// Many events at once: a file or a pasted text, decided beside the page, as a table.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { withCredentials } from "../credentials.js";
import { csvLines, jsonLines } from "../lib/batch/download.js";
import { type BatchFilter, type BatchRow, matches } from "../lib/batch/rows.js";
import { recordAt } from "../lib/batch/run.js";
import type { State } from "../state.js";
import { count, country, grouped, plain } from "../words.js";
import { BatchRun, type BatchState } from "./batch-run.js";
import { Dialog } from "./dialog.js";

/** A record of the table, to be looked at as the page's event. */
export interface Opened {
  readonly line: number;
  readonly json: string;
  readonly isRow: boolean;
  /** The mapping whose decision it is about. */
  readonly mapping: string | null;
}

/** What the dialog held when a record was opened, so that one can come back to it. */
interface Left {
  readonly batch: BatchState | undefined;
  readonly filter: BatchFilter;
  readonly showPhones: boolean;
  readonly rows: boolean;
  readonly source: Blob;
  readonly settings: string;
  /** How far the table was scrolled. */
  readonly top: number;
}

let left: Left | undefined;

/** The dialog. */
export function Batch({
  state,
  onClose,
  onOpen,
}: {
  state: State;
  onClose: () => void;
  onOpen: (opened: Opened) => void;
}) {
  const [before] = useState(left);
  const isStale = before?.batch?.phase === "running" || before?.settings !== state.input.settings;
  const [batch, setBatch] = useState(isStale ? undefined : before?.batch);
  const [filter, setFilter] = useState(before?.filter ?? {});
  const [showPhones, setShowPhones] = useState(before?.showPhones ?? false);
  const [rows, setRows] = useState(before?.rows ?? state.input.rows);
  const [over, setOver] = useState(false);
  const [taken, setTaken] = useState("");
  const run = useRef<BatchRun | undefined>(undefined);
  const last = useRef(before?.source);
  const top = useRef(before?.top ?? 0);
  useEffect(() => {
    left = undefined;
    if (before !== undefined && isStale) start(before.source);
    return () => run.current?.drop();
  }, []);

  const start = (source: Blob, change: { showPhones?: boolean; row?: boolean } = {}) => {
    run.current?.drop();
    last.current = source;
    const { settings } = withCredentials(state.settings.value);
    const work = { source, row: rows, showPhones, ...change };
    run.current = new BatchRun(work, settings, state.input.now ?? Date.now(), setBatch);
  };
  const take = (source: Blob, words = "") => {
    setTaken(words);
    start(source);
  };
  const leave = async ({ line, mapping }: BatchRow) => {
    const source = last.current;
    const record = source && (await recordAt({ source, row: rows }, line));
    if (source === undefined || record === undefined) return;
    const { settings } = state.input;
    left = { batch, filter, showPhones, rows, source, settings, top: top.current };
    onOpen({ line, mapping, ...record });
  };
  const again = (change: { showPhones?: boolean; row?: boolean }) => {
    if (last.current !== undefined) start(last.current, change);
  };
  return (
    <Dialog title="Many at once" wide onClose={onClose}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same can be done by the button and by pasting */}
      <div
        class={`drop-zone${over ? " over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const [file] = event.dataTransfer?.files ?? [];
          if (file !== undefined) take(file, `${file.name} was dropped.`);
        }}
      >
        <label for="batch-text">
          Paste events as NDJSON or a table as CSV, or drop a file here
        </label>
        <textarea
          id="batch-text"
          class="growing"
          rows={3}
          spellcheck={false}
          placeholder={'{"type":"track","event":"Order Completed", …}\n{"type":"track", …}'}
          onInput={(event) => take(new Blob([event.currentTarget.value]))}
          onPaste={(event) => {
            const text = event.clipboardData?.getData("text/plain") ?? "";
            if (text.length <= mostShown) return;
            // A text field takes long to take in what nobody reads there.
            event.preventDefault();
            take(new Blob([text]), `${grouped(text.length)} characters were pasted.`);
          }}
        />
        <p class="help" role="status">
          {taken}
        </p>
        <div class="tools">
          <input
            type="file"
            aria-label="A file of events or rows"
            accept=".csv,.json,.jsonl,.ndjson,.txt"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file !== undefined) take(file);
            }}
          />
          <label>
            <input
              type="checkbox"
              checked={rows}
              onChange={({ currentTarget: { checked } }) => {
                setRows(checked);
                again({ row: checked });
              }}
            />{" "}
            Lines of JSON are rows of a table
          </label>
          <label>
            <input
              type="checkbox"
              checked={showPhones}
              onChange={({ currentTarget: { checked } }) => {
                setShowPhones(checked);
                again({ showPhones: checked });
              }}
            />{" "}
            Show phone numbers
          </label>
        </div>
      </div>
      {state.settings.fault !== undefined && (
        <p class="notice problem">The settings are not JSON yet.</p>
      )}
      {batch !== undefined && (
        <Decisions
          batch={batch}
          filter={filter}
          onFilter={setFilter}
          onCancel={() => run.current?.cancel()}
          onOpen={leave}
          top={top}
        />
      )}
    </Dialog>
  );
}

function Decisions({
  batch,
  filter,
  onFilter,
  onCancel,
  onOpen,
  top,
}: {
  batch: BatchState;
  filter: BatchFilter;
  onFilter: (filter: BatchFilter) => void;
  onCancel: () => void;
  onOpen: (row: BatchRow) => void;
  top: { current: number };
}) {
  const { phase, counts, part, rows, version } = batch;
  const shown = useMemo(() => rows.filter((row) => matches(row, filter)), [version, filter]);
  const codes = Object.entries(counts.byCode).sort(([, a], [, b]) => b - a);
  const only = (change: BatchFilter) => onFilter({ ...change, search: filter.search ?? "" });
  return (
    <>
      {phase === "refused" && (
        <p class="notice problem">
          The settings have {count(batch.problems.length, "problem")}: nothing can be decided.
        </p>
      )}
      {phase === "failed" && <p class="notice problem">{batch.cause}</p>}
      <div class="batch-head">
        <p role="status">
          {phase === "running" && `${Math.floor(part * 100)} %: `}
          {phase === "cancelled" && "Stopped: "}
          <strong>{count(counts.records, "record")}</strong>, {count(counts.sends, "text")} in{" "}
          {count(counts.segments, "segment")}
        </p>
        {phase === "running" && (
          <button type="button" class="small" onClick={onCancel}>
            Stop
          </button>
        )}
      </div>
      <fieldset class="filters">
        <legend class="visually-hidden">Show only</legend>
        <Chip
          words="all"
          number={rows.length}
          on={filter.type === undefined && filter.code === undefined}
          onClick={() => only({})}
        />
        <Chip
          words="would send"
          number={counts.sends}
          on={filter.type === "send"}
          onClick={() => only({ type: "send" })}
        />
        {codes.map(([code, number]) => (
          <Chip
            key={code}
            words={code}
            number={number}
            on={filter.code === code}
            onClick={() => only({ code })}
          />
        ))}
      </fieldset>
      <div class="tools">
        <label class="visually-hidden" for="batch-search">
          Search the decisions
        </label>
        <input
          id="batch-search"
          type="search"
          placeholder="Search"
          value={filter.search ?? ""}
          onInput={(event) => onFilter({ ...filter, search: event.currentTarget.value })}
        />
        <button type="button" class="small" onClick={() => save("csv", csvLines(shown))}>
          Download CSV
        </button>
        <button type="button" class="small" onClick={() => save("ndjson", jsonLines(shown))}>
          Download NDJSON
        </button>
      </div>
      <Table rows={shown} onOpen={onOpen} scrolled={top} />
    </>
  );
}

function Chip({
  words,
  number,
  on,
  onClick,
}: {
  words: string;
  number: number;
  on: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" class="small" aria-pressed={on} onClick={onClick}>
      {words} <strong>{grouped(number)}</strong>
    </button>
  );
}

/** The longest text that is shown in the field when it is pasted, in characters. */
const mostShown = 50_000;

const rowHeight = 34;
const beyond = 10;

/** The rows in view: as fast with a million as with ten. */
function Table({
  rows,
  onOpen,
  scrolled,
}: {
  rows: readonly BatchRow[];
  onOpen: (row: BatchRow) => void;
  /** How far it is scrolled; at first, where it is to be scrolled to. */
  scrolled: { current: number };
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: scrolled.current, height: 600 });
  const wanted = useRef(scrolled.current);
  useEffect(() => {
    // Once the dialog is open, and so many rows are there: before, there is nothing to scroll.
    requestAnimationFrame(() => {
      if (wanted.current === 0) return;
      frame.current?.scrollTo(0, wanted.current);
      if (frame.current?.scrollTop === wanted.current) wanted.current = 0;
    });
  }, [rows.length]);
  // What was scrolled to may be past the end, once a filter leaves fewer rows.
  const top = Math.min(view.top, Math.max(0, rows.length * rowHeight - view.height));
  const first = Math.max(0, Math.floor(top / rowHeight) - beyond);
  const last = Math.min(rows.length, Math.ceil((top + view.height) / rowHeight) + beyond);
  return (
    <section
      ref={frame}
      class="batch-table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      aria-label="Decisions"
      onScroll={({ currentTarget: { scrollTop, clientHeight } }) => {
        scrolled.current = scrollTop;
        setView({ top: scrollTop, height: clientHeight });
      }}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Decision</th>
            <th scope="col">To</th>
            <th scope="col">Text, or why not</th>
            <th scope="col">Segments</th>
          </tr>
        </thead>
        <tbody>
          <Spacer height={first * rowHeight} />
          {rows.slice(first, last).map((row, at) => (
            <tr
              key={first + at}
              class={row.type === "fault" ? "" : "opens"}
              aria-rowindex={first + at + 2}
              onClick={() => row.type !== "fault" && onOpen(row)}
            >
              <td>
                {row.type === "fault" ? (
                  grouped(row.line)
                ) : (
                  <button type="button" class="link" aria-label={`Open line ${grouped(row.line)}`}>
                    {grouped(row.line)}
                  </button>
                )}
              </td>
              <td>
                <span class={`dot ${row.type === "send" ? "send" : "drop"}`} />{" "}
                {row.type === "send" ? "would send" : plain(row.code ?? row.type)}
              </td>
              <td title={row.country === null ? undefined : country(row.country)}>{row.to}</td>
              <td title={row.body ?? `${row.cause} ${row.fix}`}>{row.body ?? row.cause}</td>
              <td>{row.segments}</td>
            </tr>
          ))}
          <Spacer height={(rows.length - last) * rowHeight} />
        </tbody>
      </table>
      {rows.length === 0 && <p class="help">Nothing to show.</p>}
    </section>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr>
      <td colSpan={5} class="spacer" style={{ height: `${height}px` }} />
    </tr>
  );
}

/** Hands a file over to the browser to be saved. */
function save(ending: string, parts: Iterable<string>): void {
  const address = URL.createObjectURL(new Blob([...parts], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `decisions.${ending}`;
  link.click();
  URL.revokeObjectURL(address);
}
