// What the benchmark prints.

import { quartiles, ratios, type Times } from "./measure.js";

const nameWidth = 52;

export function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Begins a table of times or ratios. */
export function heading(title: string): void {
  say();
  say(`${title.padEnd(nameWidth)}${"median".padStart(12)}   quartiles`);
}

/** One row: the median and the quartiles of a sample. */
export function row(name: string, unit: string, sample: readonly number[]): void {
  const { lower, median, upper } = quartiles(sample);
  const middle = `${figure(median)} ${unit}`.padStart(12);
  say(`${`  ${name}`.padEnd(nameWidth)}${middle}   ${figure(lower)} – ${figure(upper)}`);
}

/** Rows for each contender, then for each pair the ratio within the rounds. */
export function rows(unit: string, times: Times, pairs: readonly (readonly [string, string])[]) {
  for (const [name, sample] of times) row(name, unit, sample);
  for (const [of, to] of pairs) {
    if (times.has(of) && times.has(to)) row(`${of} ÷ ${to}`, "×", ratios(times, of, to));
  }
}

/** Three significant digits. */
function figure(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 0.01 ? value.toPrecision(3) : value.toFixed(4);
}
