// How things are said: numbers of things, phone numbers, countries, settings' names.

// Made once: each takes longer to make than a whole page to draw.
const numbers = new Intl.NumberFormat("en");
const moments = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});
const regions = new Intl.DisplayNames("en", { type: "region" });

/** `12,345`. */
export function grouped(number: number): string {
  return numbers.format(number);
}

/** `1 segment`, `2 segments`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** `first`, `first and second`, `first, second and third`. */
export function list(items: readonly string[]): string {
  const [last, ...before] = [...items].reverse();
  return before.length === 0 ? (last ?? "") : `${before.reverse().join(", ")} and ${last}`;
}

/** An E.164 number with spaces, so that it can be read aloud. */
export function spaced(number: string, callingCode: number | null): string {
  const prefix = `+${callingCode}`;
  if (callingCode === null || !number.startsWith(prefix)) return number;
  const rest = number.slice(prefix.length);
  const groups = callingCode === 1 ? /^(\d{3})(\d{3})(\d{4})$/ : /^(\d{4})(\d{4,})$/;
  const found = groups.exec(rest);
  return [prefix, ...(found === null ? [rest] : found.slice(1))].join(" ");
}

/** `GB` → `United Kingdom`. */
export function country(region: string): string {
  try {
    return regions.of(region) ?? region;
  } catch {
    return region;
  }
}

/** A span of milliseconds: `150 ms`, `2.5 s`, `1 min 30 s`, `4 h`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  const first = units.findIndex(([, size]) => ms >= size);
  let rest = ms;
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole === 0 ? "" : `${whole} ${unit}`;
  });
  return parts.filter((part) => part !== "").join(" ");
}

/** A point in time: `8 May 2026, 09:30:00 UTC`. */
export function moment(time: number): string {
  return `${moments.format(time)} UTC`;
}

/** `fixed_line_or_mobile` → `fixed line or mobile`. */
export function plain(code: string): string {
  return code.replaceAll("_", " ");
}

const capitals = new Map([
  ["sid", "SID"],
  ["url", "URL"],
  ["urls", "URLs"],
  ["api", "API"],
  ["ms", "(ms)"],
  ["mms", "MMS"],
  ["rcs", "RCS"],
]);

/** `status_callback` → `Status callback`. */
export function title(name: string): string {
  const words = name.split("_").map((word) => capitals.get(word) ?? word);
  const text = words.join(" ");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
