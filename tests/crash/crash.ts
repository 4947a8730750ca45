// The published program and its journal against the stand-in with faults on, killed again and again
// at random moments and started again with the same command, until it has come to its end. Then
// every row must have been sent exactly once, or be reported as unknown.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Clock,
  type PresetName,
  sampleAccounts,
  startStandIn,
  systemClock,
} from "../../host-shim/stand-in/index.js";
import { Random } from "./random.js";

/** How a program's life is made hard. */
export interface Hardship {
  readonly seed: number;
  /** How often it is killed, unless it comes to its end before. */
  readonly kills: number;
  readonly rows: number;
  /** How much faster than real time everything goes. */
  readonly pace: number;
  /** Breaks something on purpose, to see whether that is noticed. */
  readonly sabotage?: "late-journal" | "no-journal";
}

/** What became of it. */
export interface Life {
  readonly kills: number;
  /** How many rows ended in which way. */
  readonly sent: number;
  readonly unknown: number;
  /** Requests to create a message, and messages that were created. */
  readonly requests: number;
  readonly messages: number;
  /** What must not be, if anything. */
  readonly violations: readonly string[];
}

/** What is asked of many lives together. */
export interface Lives {
  readonly kills: number;
  /** Of the first life; the others have the numbers after it. */
  readonly seed: number;
  readonly pace: number;
  readonly atOnce: number;
}

/** What became of them. */
export interface Lived {
  readonly kills: number;
  readonly rows: number;
  readonly requests: number;
  readonly violations: readonly string[];
  /** All of it in one sentence. */
  readonly told: string;
}

/** Lives one life after the other, some of them at once, until there were so many kills. */
export async function liveMany({ kills, seed, pace, atOnce }: Lives): Promise<Lived> {
  const lives: Life[] = [];
  const violations: string[] = [];
  let next = seed;
  // What the lives under way will add stays unknown until they end.
  let planned = 0;
  const liveOn = async () => {
    while (planned < kills) {
      const hardship = { seed: next, kills: Math.min(killsOfOne, kills - planned), rows, pace };
      next += 1;
      planned += hardship.kills;
      const life = await live(hardship);
      planned -= hardship.kills - life.kills;
      lives.push(life);
      violations.push(...life.violations.map((what) => `seed ${hardship.seed}: ${what}`));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, liveOn));
  const sum = (what: (life: Life) => number) => lives.reduce((all, life) => all + what(life), 0);
  const counts = { kills: planned, rows: lives.length * rows, requests: sum((it) => it.requests) };
  const told =
    `${counts.kills} kills in ${lives.length} lives: of ${counts.rows} rows, ` +
    `${sum((it) => it.sent)} sent once and ${sum((it) => it.unknown)} unknown, ` +
    `by ${counts.requests} requests; ${violations.length} violations`;
  return { ...counts, violations, told: [told, ...violations].join("\n") };
}

const killsOfOne = 25;
const rows = 300;

const program = fileURLToPath(new URL("../../host-shim/dist/cli/main.js", import.meta.url));
const hurry = new URL("./hurry.mjs", import.meta.url).href;

/** Lives one life. */
export async function live(hardship: Hardship): Promise<Life> {
  const { seed, rows, pace, sabotage } = hardship;
  const random = new Random(seed);
  const executioner = new Executioner(random);
  const base = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "twilio-destination-crash-"));
  const standIn = await startStandIn({
    seed,
    clock: hurried(base, pace),
    listLag: 3_000,
    delivery: "silent",
    log: () => executioner.sawRequest(),
  });
  try {
    for (let row = 1; row <= rows; row += 1) {
      if (random.below(100) >= faultsInAHundred) continue;
      const preset = random.pick(faults);
      standIn.faults.add({ preset, match: { method: "POST", to: numberOf(row) } });
    }
    const place = write(folder, rows);
    const environment = {
      TWILIO_STAND_IN: standIn.url,
      HURRY_BASE: String(base),
      HURRY_PACE: String(pace),
      ...(sabotage && { SABOTAGE: sabotage }),
    };
    let kills = 0;
    for (;;) {
      const mayLive = kills >= hardship.kills;
      const end = await run(place, environment, mayLive ? undefined : executioner);
      if (end !== "killed") break;
      kills += 1;
      if (sabotage === "no-journal") forget(place.journal);
    }
    const creates = standIn.requests.filter(({ method }) => method === "POST");
    const told = readResults(place.output);
    const messages = new Map<string, number>();
    for (const { to } of standIn.messages) messages.set(to, (messages.get(to) ?? 0) + 1);
    const counts = { requests: creates.length, messages: standIn.messages.length };
    return { kills, ...judge(rows, told, messages), ...counts };
  } finally {
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const faultsInAHundred = 15;

const faults: readonly PresetName[] = [
  "delay-before",
  "delay-after-created",
  "silence-lost",
  "silence-created",
  "reset-lost",
  "reset-created",
  "close-created",
  "garbage-created",
  "cut-off-created",
  "429",
  "429-retry-after-seconds",
  "500-lost",
  "500-created",
  "502-html-created",
  "503-lost",
  "503-created",
  "504-empty-created",
];

interface Place {
  readonly settings: string;
  readonly file: string;
  readonly journal: string;
  readonly output: string;
}

function write(folder: string, rows: number): Place {
  const { sid, authToken } = sampleAccounts.live;
  const place = {
    settings: join(folder, "settings.json"),
    file: join(folder, "rows.csv"),
    journal: join(folder, "journal"),
    output: join(folder, "results.ndjson"),
  };
  const settings = {
    account_sid: sid,
    auth_token: authToken,
    from: "+447700900000",
    delivery: { list_lag_seconds: 10 },
    rate: { segments_per_second: 100, total_per_second: 100 },
  };
  writeFileSync(place.settings, JSON.stringify(settings));
  const lines = Array.from({ length: rows }, (_, index) => {
    return `${numberOf(index + 1)},"Row ${index + 1}"`;
  });
  writeFileSync(place.file, `to,body\n${lines.join("\n")}\n`);
  return place;
}

function numberOf(row: number): string {
  return `+4477009${String(10_000 + row)}`;
}

/** Runs the program to its end, or kills it at a moment that the executioner chooses. */
async function run(
  { settings, file, journal, output }: Place,
  environment: Record<string, string>,
  executioner: Executioner | undefined,
): Promise<"ended" | "killed"> {
  const options = ["--settings", settings, "--journal", journal, "--output", output];
  const child = spawn(process.execPath, ["--import", hurry, program, "send", file, ...options], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  executioner?.follow(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (said === "") executioner?.sawStart();
    said += text;
  });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  executioner?.letGo();
  if (signal === "SIGKILL") return "killed";
  if (code === 0 || code === 4) return "ended";
  throw new Error(`the program ended with ${code ?? signal}: ${said}`);
}

/** Kills a program some milliseconds after its start, or after one of its requests. */
class Executioner {
  readonly #random: Random;
  #requests = 0;
  #kill = (): void => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  follow(kill: () => void): void {
    this.#kill = kill;
    // One in eight dies before its first request, while it starts or reads its journal.
    const early = this.#random.below(8) === 0;
    this.#requests = early ? 0 : 1 + this.#random.below(20);
    if (early) this.#after(this.#random.below(400));
  }

  /** The program has begun its work: on a busy machine, that alone can take longer than a life. */
  sawStart(): void {
    if (this.#requests > 0) this.#after(longestLife);
  }

  /** The stand-in was asked something. */
  sawRequest(): void {
    this.#requests -= 1;
    if (this.#requests === 0) this.#after(this.#random.below(20));
  }

  letGo(): void {
    clearTimeout(this.#timer);
    this.#requests = 0;
  }

  #after(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#kill, ms);
  }
}

/** Where few requests are left, waits are interrupted instead. In milliseconds. */
const longestLife = 1_000;

function forget(journal: string): void {
  for (const name of [journal, `${journal}.lock`, `${journal}.runs`]) rmSync(name, { force: true });
}

interface Told {
  readonly row: number;
  readonly outcomes: readonly { readonly type: string; readonly first?: { readonly as: string } }[];
}

function readResults(path: string): Told[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Told);
}

function judge(rows: number, told: readonly Told[], messages: ReadonlyMap<string, number>) {
  const ends = new Map<number, string>();
  const violations: string[] = [];
  for (const { row, outcomes } of told) {
    if (ends.has(row)) violations.push(`row ${row} is reported twice`);
    const [outcome] = outcomes;
    ends.set(row, outcome?.first?.as ?? outcome?.type ?? "nothing");
  }
  let [sent, unknown] = [0, 0];
  for (let row = 1; row <= rows; row += 1) {
    const [end, made] = [ends.get(row), messages.get(numberOf(row)) ?? 0];
    if (end === "sent") sent += 1;
    else if (end === "unknown") unknown += 1;
    else violations.push(`row ${row} is reported as ${end}`);
    if (made > 1) violations.push(`row ${row} was sent ${made} times`);
    if (made === 0 && end === "sent")
      violations.push(`row ${row} was not sent, but reported as sent`);
  }
  return { sent, unknown, violations };
}

/** A clock of the stand-in that goes as fast as the program's. */
function hurried(base: number, pace: number): Clock {
  return {
    now: () => Math.floor(base + (Date.now() - base) * pace),
    after: (ms, task) => systemClock.after(ms / pace, task),
  };
}
