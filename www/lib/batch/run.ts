// Decides many events, a part of the text at a time: memory does not grow with the text.

import type { Preview } from "../../../host-shim/types.js";
import { type BatchFormat, detectFormat, type RecordReader, recordReader } from "./records.js";
import { addRow, type BatchCounts, type BatchRow, faultRow, noCounts, rowsOf } from "./rows.js";

/** What there is to do. */
export interface BatchWork {
  /** The text. */
  readonly source: Blob;
  /** How it is written. Default: as it looks. */
  readonly format?: BatchFormat | undefined;
  /** Whether lines of JSON are rows of a table. Those of CSV always are. */
  readonly row?: boolean | undefined;
  /** Whether phone numbers are shown whole. Default: they are masked. */
  readonly showPhones?: boolean | undefined;
}

/** Decides one event or row, given as JSON. */
export type Decide = (json: string, row: boolean) => Preview;

/** How far it is. */
export interface BatchProgress {
  /** The rows that came since the last time. */
  readonly rows: readonly BatchRow[];
  /** The sums over all rows so far. */
  readonly counts: BatchCounts;
  /** How many bytes of the text were read, and how many it has. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** How many records are decided before others get their turn: some ten milliseconds' worth. */
const recordsAtOnce = 200;

/** As much of a text as shows how it is written. */
const startLength = 16_384;

/**
 * Decides every record of a text, and hands the rows over as they come.
 *
 * It stops between two turns once `signal` says so; what was handed over before stands.
 *
 * @throws whatever reading the source throws, and the signal's reason if it was cancelled.
 */
export async function runBatch(
  work: BatchWork,
  decide: Decide,
  onProgress: (progress: BatchProgress) => void,
  signal: AbortSignal,
): Promise<BatchCounts> {
  const { source, showPhones = false } = work;
  const counts = noCounts();
  let rows: BatchRow[] = [];
  let bytes = 0;
  let inTurn = 0;
  const report = () => {
    onProgress({
      rows,
      counts: { ...counts, byCode: { ...counts.byCode } },
      bytes,
      totalBytes: source.size,
    });
    rows = [];
    inTurn = 0;
  };
  const add = (row: BatchRow) => {
    addRow(counts, row);
    rows.push(row);
  };
  for await (const { record, isRow, bytesRead } of records(work, signal)) {
    bytes = bytesRead;
    counts.records += 1;
    if ("fault" in record) add(faultRow(record.line, record.fault));
    else for (const row of rowsOf(record.line, decide(record.json, isRow), showPhones)) add(row);
    inTurn += 1;
    if (inTurn < recordsAtOnce) continue;
    report();
    await nextTurn();
    signal.throwIfAborted();
  }
  bytes = source.size;
  report();
  return counts;
}

/** The JSON of the record at a line, and whether it is a row; nothing if it could not be read. */
export async function recordAt(
  work: BatchWork,
  line: number,
): Promise<{ readonly json: string; readonly isRow: boolean } | undefined> {
  for await (const { record, isRow } of records(work, new AbortController().signal)) {
    if (record.line < line) continue;
    return "fault" in record ? undefined : { json: record.json, isRow };
  }
  return undefined;
}

async function* records({ source, format, row = false }: BatchWork, signal: AbortSignal) {
  const stream = source.stream().getReader();
  const decoder = new TextDecoder();
  let reader: RecordReader | undefined;
  let isRow = row;
  let start = "";
  let bytesRead = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await stream.read();
      bytesRead += value?.length ?? 0;
      let part = decoder.decode(value, { stream: !done });
      if (reader === undefined) {
        start += part;
        if (!done && start.length < startLength) continue;
        const as = format ?? detectFormat(start);
        reader = recordReader(start, as);
        isRow = row || as === "csv";
        part = start;
      }
      for (const record of reader.push(part)) yield { record, isRow, bytesRead };
      if (!done) continue;
      for (const record of reader.end()) yield { record, isRow, bytesRead };
      return;
    }
  } finally {
    await stream.cancel();
  }
}

/** Lets messages in, a cancellation among them: a microtask would not. */
function nextTurn(): Promise<void> {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
}
