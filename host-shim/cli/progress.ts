// How far a run is: a bar where somebody watches, plain lines where it is written down.

import { printable } from "./output.js";
import { grouped } from "./tally.js";

/** How far a run is. */
export interface Standing {
  readonly rows: number;
  /** How many there are, if that is known. */
  readonly total: number | undefined;
  /** How the messages ended, in a few words. */
  readonly short: string;
}

/** A terminal or a file that progress is shown on. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows progress while a run goes on. */
export class Progress {
  readonly #screen: Screen;
  readonly #standing: () => Standing;
  readonly #speed = new Speed();
  readonly #timer: NodeJS.Timeout;
  #drawn = false;

  constructor(screen: Screen, standing: () => Standing) {
    this.#screen = screen;
    this.#standing = standing;
    const every = screen.isTTY ? 200 : 10_000;
    this.#timer = setInterval(() => this.#show(), every);
    this.#timer.unref();
    this.#speed.note(performance.now(), standing().rows);
  }

  /** Writes something above the bar. */
  say(line: string): void {
    this.#clear();
    this.#screen.write(`${printable(line)}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #show(): void {
    const standing = this.#standing();
    const rate = this.#speed.note(performance.now(), standing.rows);
    if (!this.#screen.isTTY) {
      this.#screen.write(`${plainLine(standing, rate)}\n`);
      return;
    }
    this.#clear();
    // A terminal that does not know its width says 0.
    this.#screen.write(bar(standing, rate, this.#screen.columns || 80));
    this.#drawn = true;
  }

  #clear(): void {
    if (this.#drawn) this.#screen.write("\r\u001b[K");
    this.#drawn = false;
  }
}

/** How fast rows end, of late. */
export class Speed {
  readonly #notes: { readonly at: number; readonly rows: number }[] = [];

  /** Takes a count in, at a time in milliseconds; answers with rows a second, once that can be told. */
  note(at: number, rows: number): number | undefined {
    this.#notes.push({ at, rows });
    while ((this.#notes[1]?.at ?? at) < at - span) this.#notes.shift();
    const first = this.#notes[0];
    if (first === undefined || at - first.at < 500) return undefined;
    return (rows - first.rows) / ((at - first.at) / 1_000);
  }
}

/** Over how many milliseconds the speed is taken. */
const span = 30_000;

/** One line for a file. */
export function plainLine({ rows, total, short }: Standing, rate: number | undefined): string {
  const of = total === undefined ? "" : ` of ${grouped(total)}`;
  const parts = [
    `${grouped(rows)}${of} rows`,
    ...pace(rows, total, rate),
    ...(short ? [short] : []),
  ];
  return parts.join("; ");
}

/** One line for a terminal, no wider than it. */
export function bar(standing: Standing, rate: number | undefined, columns: number): string {
  const { rows, total, short } = standing;
  const done = total === undefined ? undefined : total === 0 ? 1 : Math.min(rows / total, 1);
  const filled = Math.floor((done ?? 0) * barWidth);
  const drawn = `[${"#".repeat(filled)}${"-".repeat(barWidth - filled)}] `;
  const percent = done === undefined ? "" : `${Math.floor(done * 100)} % `;
  const of = total === undefined ? "" : `/${grouped(total)}`;
  const parts = [`${grouped(rows)}${of}`, ...pace(rows, total, rate), ...(short ? [short] : [])];
  const line = `${done === undefined ? "" : drawn}${percent}${parts.join("  ")}`;
  return line.slice(0, Math.max(columns - 1, 0));
}

const barWidth = 20;

function pace(rows: number, total: number | undefined, rate: number | undefined): string[] {
  if (rate === undefined) return [];
  const told = `${rate < 10 ? rate.toFixed(1) : grouped(Math.round(rate))} a second`;
  if (total === undefined || rate === 0 || rows >= total) return [told];
  return [told, `${duration((total - rows) / rate)} left`];
}

/** A span in seconds, for people. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${grouped(Math.floor(whole / 3_600))} h ${Math.floor((whole % 3_600) / 60)} min`;
}
