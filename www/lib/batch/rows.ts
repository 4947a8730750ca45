// The table of decisions: one row for each message that an event or row gives.

import type { Preview, PreviewDecision } from "../../../host-shim/types.js";
import type { RecordFault } from "./records.js";

/** A row of the table. */
export interface BatchRow {
  /** The line of the text, counted from 1. */
  readonly line: number;
  /** What is decided; `fault` if the line could not be read. */
  readonly type: "send" | "drop" | "fault";
  /** Why nothing is sent: the drop's or the fault's code. */
  readonly code: string | null;
  /** The same in one sentence. */
  readonly cause: string | null;
  /** What to do about it. */
  readonly fix: string | null;
  /** The mapping's name. */
  readonly mapping: string | null;
  /** Who would receive it, masked unless asked otherwise. */
  readonly to: string | null;
  readonly country: string | null;
  readonly body: string | null;
  /** How many segments are billed. */
  readonly segments: number | null;
  /** The codes of what was left out. */
  readonly warnings: readonly string[];
}

/** Sums over all rows. */
export interface BatchCounts {
  /** How many events or rows were read. */
  records: number;
  sends: number;
  drops: number;
  faults: number;
  /** How many segments are billed, as far as they can be counted. */
  segments: number;
  /** How many rows of the table have this code, of drops and faults alike. */
  byCode: { [code: string]: number };
}

const nothing = {
  code: null,
  cause: null,
  fix: null,
  mapping: null,
  to: null,
  country: null,
  body: null,
  segments: null,
  warnings: [],
};

/** The rows that a preview gives. */
export function rowsOf(line: number, preview: Preview, showPhones: boolean): BatchRow[] {
  return preview.decisions.map((decision) => rowOf(line, decision, showPhones));
}

function rowOf(line: number, decision: PreviewDecision, showPhones: boolean): BatchRow {
  const { type, mapping } = decision;
  const warnings = decision.warnings.map(({ code }) => code);
  if (decision.type === "drop") {
    const { code, cause, fix } = decision.reason;
    return { ...nothing, line, type, mapping, code, cause, fix, warnings };
  }
  const { country, explain, segments } = decision;
  const sent = (name: string) => explain.find(({ parameter }) => parameter === name)?.value;
  const to = sent("To") ?? null;
  return {
    ...nothing,
    line,
    type,
    mapping,
    to: to === null || showPhones ? to : maskNumber(to),
    country,
    body: sent("Body") ?? null,
    segments: segments?.count ?? null,
    warnings,
  };
}

/** The row that stands for what could not be read. */
export function faultRow(line: number, fault: RecordFault): BatchRow {
  return { ...nothing, line, type: "fault", ...fault };
}

/** An address with the digits but for the first and the last three hidden. */
export function maskNumber(address: string): string {
  const digits = address.replace(/\D/g, "").length;
  let at = 0;
  return address.replace(/\d/g, (digit) => {
    at += 1;
    return at <= 3 || at > digits - 3 ? digit : "•";
  });
}

/** No rows yet. */
export function noCounts(): BatchCounts {
  return { records: 0, sends: 0, drops: 0, faults: 0, segments: 0, byCode: {} };
}

/** Adds a row to the sums. */
export function addRow(counts: BatchCounts, { type, code, segments }: BatchRow): void {
  counts[`${type}s`] += 1;
  counts.segments += segments ?? 0;
  if (code !== null) counts.byCode[code] = (counts.byCode[code] ?? 0) + 1;
}

/** Which rows to show. What is not given does not restrict. */
export interface BatchFilter {
  readonly type?: BatchRow["type"];
  readonly code?: string;
  readonly mapping?: string;
  /** A part of the text, the code, the recipient or the mapping, in either case. */
  readonly search?: string;
}

/** Whether a row is to be shown. */
export function matches(row: BatchRow, { type, code, mapping, search = "" }: BatchFilter): boolean {
  if (type !== undefined && row.type !== type) return false;
  if (code !== undefined && row.code !== code) return false;
  if (mapping !== undefined && row.mapping !== mapping) return false;
  const wanted = search.trim().toLowerCase();
  const texts = [row.body, row.code, row.to, row.mapping, ...row.warnings];
  return wanted === "" || texts.some((text) => text?.toLowerCase().includes(wanted) === true);
}
