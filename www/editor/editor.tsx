// An editor for JSON: a text area, which brings the browser's own editing, undo and accessibility,
// over a painted copy of the lines in view.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { JsonFault } from "../../host-shim/cli/json-fault.js";
import { Prose } from "../prose.js";
import { editFor, mayEdit } from "./keys.js";
import { lineStarts, type Mark, piecesOf } from "./lines.js";

/** What the editor shows, and whom it tells. */
export interface EditorProps {
  readonly id: string;
  /** What screen readers call it. */
  readonly label: string;
  /** What stands in it while it is empty. */
  readonly placeholder: string;
  readonly text: string;
  readonly fault: JsonFault | undefined;
  readonly marks: readonly Mark[];
  /** Brought into view when it changes. */
  readonly reveal?: { readonly from: number } | undefined;
  readonly onText: (text: string) => void;
  /** Tells which offset the caret or the mouse is at; none when neither is in the text. */
  readonly onPoint: (offset: number | undefined) => void;
}

const beyond = 8;

/** From how many characters on a line is painted in part. */
const longLine = 2_000;

/** The editor. */
export function Editor(props: EditorProps) {
  const { id, label, placeholder, text, marks, reveal, onText, onPoint } = props;
  // An empty text is not wrong yet.
  const fault = text.trim() === "" ? undefined : props.fault;
  const area = useRef<HTMLTextAreaElement>(null);
  const [view, setView] = useState({ top: 0, left: 0, height: 600, width: 600 });
  const metrics = useMetrics(area);
  const look = () => {
    const it = area.current;
    if (it === null) return;
    const { scrollTop: top, scrollLeft: left, clientHeight: height, clientWidth: width } = it;
    setView((last) =>
      last.top === top && last.left === left && last.height === height && last.width === width
        ? last
        : { top, left, height, width },
    );
  };
  useEffect(() => {
    const watcher = new ResizeObserver(look);
    if (area.current !== null) watcher.observe(area.current);
    return () => watcher.disconnect();
  }, []);

  // Reading a text area's value takes long, so that what it holds is kept beside it.
  const held = useRef("");
  useLayoutEffect(() => {
    if (area.current === null || held.current === text) return;
    area.current.value = text;
    held.current = text;
  }, [text]);

  const starts = lineStarts(text);
  useLayoutEffect(() => {
    const it = area.current;
    if (it === null || reveal === undefined) return;
    const line = starts.findLastIndex((start) => start <= reveal.from);
    const y = line * metrics.line;
    if (y < it.scrollTop || y > it.scrollTop + it.clientHeight - 2 * metrics.line) {
      it.scrollTop = Math.max(0, y - it.clientHeight / 3);
    }
  }, [reveal?.from]);

  const first = Math.max(0, Math.floor(view.top / metrics.line) - beyond);
  const last = Math.min(starts.length, Math.ceil((view.top + view.height) / metrics.line) + beyond);
  const shown = starts.slice(first, last).map((start, index) => {
    const end = (starts[first + index + 1] ?? text.length + 1) - 1;
    const number = first + index + 1;
    if (end - start <= longLine) return { number, start, before: 0, line: text.slice(start, end) };
    // Only what is in view of it: a file may be one line.
    const before = Math.max(0, Math.floor(view.left / metrics.character) - longLine / 4);
    const to = Math.ceil((view.left + view.width) / metrics.character) + longLine / 4;
    const line = text.slice(start + before, Math.min(end, start + to));
    return { number, start: start + before, before, line };
  });
  const digits = String(starts.length).length;
  const faultId = `${id}-fault`;

  const offsetAt = (event: MouseEvent): number | undefined => {
    const it = area.current;
    if (it === null) return undefined;
    const box = it.getBoundingClientRect();
    const row = Math.floor(
      (event.clientY - box.top + it.scrollTop - metrics.padding) / metrics.line,
    );
    const start = starts[row];
    if (start === undefined) return undefined;
    const column = (event.clientX - box.left + it.scrollLeft - metrics.inset) / metrics.character;
    const end = (starts[row + 1] ?? text.length + 1) - 1;
    return column < 0 || start + column > end ? undefined : start + Math.floor(column);
  };

  return (
    <div class={`editor${fault ? " faulty" : ""}`} style={{ "--digits": digits }}>
      <div class="editor-body">
        <div class="paint" aria-hidden="true">
          <div
            class="paint-lines"
            style={{
              transform: `translate(${-view.left}px, ${first * metrics.line - view.top}px)`,
            }}
          >
            {shown.map(({ number, start, before, line }) => (
              <div
                key={number}
                class="paint-line"
                style={before > 0 ? { paddingLeft: `${before * metrics.character}px` } : {}}
              >
                {piecesOf(line, start, marks).map((piece, at) => (
                  <span
                    key={at}
                    class={`t-${piece.kind}${piece.marks.map((kind) => ` m-${kind}`).join("")}`}
                  >
                    {piece.text}
                  </span>
                ))}
                {fault?.line === number && (
                  <FaultMark
                    line={line}
                    column={fault.column - before}
                    left={before * metrics.character}
                  />
                )}
              </div>
            ))}
          </div>
          <div
            class="gutter"
            style={{ transform: `translateY(${first * metrics.line - view.top}px)` }}
          >
            {shown.map(({ number }) => (
              <div key={number} class={fault?.line === number ? "at-fault" : ""}>
                {number}
              </div>
            ))}
          </div>
        </div>
        <textarea
          id={id}
          ref={area}
          aria-label={label}
          placeholder={placeholder}
          aria-invalid={fault !== undefined}
          aria-describedby={faultId}
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          wrap="off"
          onInput={({ currentTarget: { value } }) => {
            held.current = value;
            onText(value);
          }}
          onScroll={look}
          onKeyDown={onKeyDown}
          onKeyUp={(event) => tellCaret(event.currentTarget)}
          onClick={(event) => tellCaret(event.currentTarget)}
          onMouseMove={(event) => onPoint(offsetAt(event))}
          onMouseLeave={() => onPoint(undefined)}
          onBlur={() => onPoint(undefined)}
        />
      </div>
      <p id={faultId} class="editor-fault" aria-live="polite">
        {fault && (
          <>
            <strong>
              Line {fault.line}, column {fault.column}.
            </strong>{" "}
            <Prose text={`${fault.cause} ${fault.fix}`} />
          </>
        )}
      </p>
    </div>
  );

  function tellCaret(it: HTMLTextAreaElement): void {
    onPoint(it.selectionStart);
  }
}

/** Where the fault is. `left` is where the part of the line begins that is painted, in pixels. */
function FaultMark({ line, column, left }: { line: string; column: number; left: number }) {
  if (column < 1 || column > line.length + 1) return null;
  const before = [...line].slice(0, column - 1).join("");
  return (
    <span class="fault-mark" style={{ left: `${left}px` }}>
      <span class="fault-before">{before}</span>
      <span class="fault-wave"> </span>
    </span>
  );
}

function onKeyDown(event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!mayEdit(event.key)) return;
  const it = event.currentTarget;
  const edit = editFor(event.key, it.value, it.selectionStart, it.selectionEnd);
  if (edit === undefined) return;
  event.preventDefault();
  it.setSelectionRange(edit.from, edit.to);
  // The only way to edit a text area that keeps the browser's undo.
  if (edit.insert !== "") document.execCommand("insertText", false, edit.insert);
  else if (edit.from !== edit.to) document.execCommand("delete");
  it.setSelectionRange(edit.caret, edit.caret);
}

interface Metrics {
  readonly line: number;
  readonly character: number;
  readonly padding: number;
  readonly inset: number;
}

/** The sizes of lines and characters, once the text area is there. */
function useMetrics(area: { readonly current: HTMLTextAreaElement | null }): Metrics {
  const [metrics, setMetrics] = useState<Metrics>({
    line: 20,
    character: 8,
    padding: 8,
    inset: 48,
  });
  useLayoutEffect(() => {
    const it = area.current;
    if (it === null) return;
    const style = getComputedStyle(it);
    const context = document.createElement("canvas").getContext("2d");
    if (context !== null) context.font = `${style.fontSize} ${style.fontFamily}`;
    setMetrics({
      line: Number.parseFloat(style.lineHeight),
      character: (context?.measureText("0".repeat(100)).width ?? 800) / 100,
      padding: Number.parseFloat(style.paddingTop),
      inset: Number.parseFloat(style.paddingLeft),
    });
  }, []);
  return metrics;
}
