import { type ApiError, refuse } from "./errors.js";

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 1000;

/** One page of rows that have SIDs. */
export interface Page<Row> {
  rows: Row[];
  /** The members beside the rows. */
  frame: Record<string, unknown>;
}

/**
 * Cuts a page out of `rows`. `PageToken=PA{sid}` goes on after that row and `PB{sid}` ends before it, so rows that
 * are added meanwhile shift nothing.
 */
export function page<Row extends { sid: string }>(
  path: string,
  query: URLSearchParams,
  rows: Row[],
): Page<Row> | ApiError {
  const size = integer(query, "PageSize", DEFAULT_SIZE);
  const number = integer(query, "Page", 0);
  if (size === null || size < 1 || number === null)
    return refuse(20422, "PageSize and Page must be whole numbers");
  if (size > LARGEST_SIZE)
    return refuse(20007, `Page size too large, the maximum is ${LARGEST_SIZE}`);
  const token = query.get("PageToken");
  if (number > 0 && !token)
    return refuse(20422, "A page other than the first needs the PageToken of its URI");
  const start = token ? startOf(token, rows, size) : 0;
  if (start === null) return refuse(21481, "Invalid PageToken");

  const shown = rows.slice(start, start + size);
  const first = shown[0];
  const last = shown.at(-1);
  const uri = (at: number, tokenOf?: string): string => pageUri(path, query, size, at, tokenOf);
  return {
    rows: shown,
    frame: {
      end: number * size + Math.max(0, shown.length - 1),
      first_page_uri: uri(0),
      next_page_uri: last && start + size < rows.length ? uri(number + 1, `PA${last.sid}`) : null,
      page: number,
      page_size: size,
      previous_page_uri: first && start > 0 ? uri(Math.max(0, number - 1), `PB${first.sid}`) : null,
      start: number * size,
      uri: uri(number, token ?? undefined),
    },
  };
}

function startOf(token: string, rows: ReadonlyArray<{ sid: string }>, size: number): number | null {
  const index = rows.findIndex((row) => row.sid === token.slice(2));
  if (index < 0) return null;
  if (token.startsWith("PA")) return index + 1;
  return token.startsWith("PB") ? Math.max(0, index - size) : null;
}

function pageUri(
  path: string,
  query: URLSearchParams,
  size: number,
  number: number,
  token?: string,
): string {
  const pairs = [...query].filter(
    ([name]) => name !== "PageSize" && name !== "Page" && name !== "PageToken",
  );
  pairs.push(["PageSize", String(size)], ["Page", String(number)]);
  if (token !== undefined) pairs.push(["PageToken", token]);
  return `${path}?${pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&")}`;
}

function integer(query: URLSearchParams, name: string, fallback: number): number | null {
  const text = query.get(name);
  if (!text) return fallback;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
