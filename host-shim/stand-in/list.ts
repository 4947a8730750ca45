import { parseAddress } from "./addresses.js";
import { messageBody } from "./bodies.js";
import { type ApiError, isApiError, refuse } from "./errors.js";
import type { Message } from "./messages.js";
import { page } from "./paging.js";

/**
 * GET Messages: `rows` are what the account's list shows, newest first.
 *
 * The comparison is part of a filter's name: `DateSent>=2026-01-01` in a URL is the parameter `DateSent>`. Both
 * comparisons include their boundary, which for a date is its midnight (UTC). A message that has not been sent has
 * no `date_sent` and passes no date filter.
 */
export function listMessages(
  path: string,
  query: URLSearchParams,
  rows: readonly Message[],
): Record<string, unknown> | ApiError {
  const filters: Array<(message: Message) => boolean> = [];
  const to = query.get("To");
  const from = query.get("From");
  if (to) filters.push((message) => message.to === parseAddress(to).text);
  if (from) filters.push((message) => message.from === parseAddress(from).text);
  for (const name of ["DateSent", "DateSent<", "DateSent>"] as const) {
    const text = query.get(name);
    if (!text) continue;
    const filter = dateFilter(name, text);
    if (!filter) return refuse(20422, `${name} must be a date or a time in UTC`);
    filters.push(({ sentAt }) => sentAt !== null && filter(Math.floor(sentAt / 1000) * 1000));
  }
  const found = rows.filter((message) => filters.every((filter) => filter(message)));
  const cut = page(path, query, found);
  return isApiError(cut) ? cut : { ...cut.frame, messages: cut.rows.map(messageBody) };
}

const DAY = 24 * 60 * 60 * 1000;

function dateFilter(
  name: "DateSent" | "DateSent<" | "DateSent>",
  text: string,
): ((sent: number) => boolean) | null {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDate && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(text)) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return null;
  if (name === "DateSent<") return (sent) => sent <= time;
  if (name === "DateSent>") return (sent) => sent >= time;
  const length = isDate ? DAY : 1000;
  return (sent) => sent >= time && sent < time + length;
}
