import {
  createDestination,
  type Destination,
  type EventInput,
  type Settings,
} from "../load/node.js";
import type { Arguments } from "./args.js";
import type { BegunRows } from "./begun-rows.js";
import { readCheckedSettings } from "./checked-settings.js";
import { type Command, type Streams, settingsOption } from "./command.js";
import { commandLine } from "./command-line.js";
import { type ExitCode, exitCode } from "./exit.js";
import { type Foreseen, Foresight } from "./foresight.js";
import { type Input, readRows, survey } from "./input.js";
import { Interrupt } from "./interrupt.js";
import { type Output, OutputClosed } from "./output.js";
import { Progress } from "./progress.js";
import { openResults, type Results } from "./results.js";
import { beginRun, checkNotLost, lookAtRun } from "./runs.js";
import { openJournal, tidyJournal, watched } from "./send-journal.js";
import { type Asked, readAsked } from "./send-options.js";
import { redirectTo, standInOf, standInVariable } from "./stand-in.js";
import { Tally } from "./tally.js";

/** `send`: sends what is due for each row of a file. */
export const send: Command = {
  name: "send",
  helpWith: "twilio-destination send --help",
  summary: "Sends the message of each row of a file. Twilio bills them.",
  details: `FILE is a CSV file whose first line names the columns, or has one JSON object a line;
without it, or with -, standard input is read. A file is looked through first, and nothing is
sent if it is damaged. Rows are sent in order, one at a time.

Each row is noted in the journal before and after it is sent. Ctrl-C stops once the row under way
has ended, a second Ctrl-C at once. In either case, and after a crash, the same command goes on
where it stopped and sends no row twice. A row that failed counts as done. To send a file a second
time, or other rows, name another run. One process at a time can use a journal; let all runs with
the same settings share it, since opt-outs and the senders' rates stand in it too.

For each row, one line of JSON is written, { row, outcomes }, without its number or text, in the
order in which they ended; on a terminal only with --output. How many ended in which way, and what
was billed, is written to standard error.

${standInVariable}=http://127.0.0.1:PORT in the environment sends to a stand-in for Twilio on this
machine instead.`,
  argument: "FILE",
  options: [
    settingsOption,
    { name: "dry-run", help: "say what would be sent; send nothing and change nothing" },
    { name: "limit", value: "N", help: "only the first N rows; the others can be sent later" },
    { name: "journal", value: "FILE", help: "the journal; beside the settings if absent" },
    { name: "run", value: "NAME", help: "the run's name; FILE if absent" },
    { name: "events", help: "the lines are Segment events, which are known by their messageId" },
    { name: "format", value: "FORMAT", help: "csv or ndjson; by the file's name if absent" },
    { name: "delimiter", value: "CHARACTER", help: "between the values of CSV: , ; | or tab" },
    { name: "output", value: "FILE", help: "where the lines go; standard output for -" },
  ],
  async run(given: Arguments, streams: Streams): Promise<ExitCode> {
    const asked = readAsked(given, send, process.stdout.isTTY === true);
    const settings = await readCheckedSettings(asked.settings, streams.error);
    if (settings === undefined) return exitCode.settings;
    const job = new Job(asked, settings, commandLine("send", given));
    return asked.dryRun ? job.preview(streams) : job.send(streams);
  },
};

class Job {
  readonly #asked: Asked;
  readonly #input: Input;
  readonly #settings: Settings;
  readonly #command: string;
  readonly #tally: Tally;
  readonly #interrupt = new Interrupt((again) => this.#interrupted(again));
  #total: number | undefined;
  /** The file as it was when it was looked through. */
  #stamp: string | undefined;
  /** What the rows are compared with, where no file can be. */
  #begun: BegunRows | undefined;
  #progress: Progress | undefined;

  constructor(asked: Asked, settings: Settings, command: string) {
    this.#asked = asked;
    this.#settings = settings;
    this.#input = { ...asked.input, columns: idle(settings).rowColumns };
    this.#command = command;
    this.#tally = new Tally(asked.dryRun);
  }

  async preview(streams: Streams): Promise<ExitCode> {
    const { events, journal, run } = this.#asked;
    const destination = idle(this.#settings);
    const hash = await this.#survey();
    if (this.#isStopped) return exitCode.stopped;
    // Rows of no run have none that were sent before.
    const isNamed = events || run.name !== "";
    const before = isNamed ? await this.#lookBack(streams) : undefined;
    try {
      if (isNamed && !events) this.#begun = await lookAtRun(journal, { ...run, hash });
      await this.#report(streams, async (results) => {
        let row = 0;
        for await (const event of this.#rows()) {
          row += 1;
          const { decisions } = destination.preview(event, { row: !events });
          const foreseen = (await before?.of(event, row, decisions)) ?? decisions;
          this.#tally.addForeseen(foreseen);
          await results.write({ row, decisions: foreseen.map(brief) });
        }
      });
    } finally {
      await before?.close();
    }
    return this.#isStopped ? exitCode.stopped : exitCode.ok;
  }

  async send(streams: Streams): Promise<ExitCode> {
    const { journal: path, input, run, events } = this.#asked;
    const standIn = standInOf(process.env);
    const hash = await this.#survey();
    if (this.#isStopped) return exitCode.stopped;
    checkNotLost(path);
    const journal = await openJournal(path);
    try {
      if (!events) this.#begun = await beginRun(path, { ...run, hash });
      let broken: { readonly failure: unknown } | undefined;
      const store = watched(journal, (failure) => {
        broken = { failure };
        this.#interrupt.stop();
      });
      const destination = createDestination(this.#settings, {
        fetch: standIn === undefined ? fetch : redirectTo(standIn, fetch),
        now: Date.now,
        store,
      });
      if (standIn !== undefined) streams.error.write(`Sending to ${standIn}, not to Twilio.\n`);
      await streams.error.flush();
      await this.#report(streams, (results) => this.#sendAll(destination, results));
      if (broken !== undefined) throw broken.failure;
    } finally {
      await this.#begun?.close();
      await journal.close();
    }
    if (!this.#isStopped) await tidyJournal(path);
    if (this.#isStopped || this.#tally.canGoOn) {
      const same = input.file === undefined ? "with the same input" : "which sends no row twice";
      streams.error.write(`To go on, ${same}:\n  ${this.#command}\n`);
      await streams.error.flush();
    }
    if (this.#isStopped) return exitCode.stopped;
    return this.#tally.isClean ? exitCode.ok : exitCode.incomplete;
  }

  get #isStopped(): boolean {
    return this.#interrupt.signal.aborted;
  }

  async #sendAll(destination: Destination, results: Results): Promise<void> {
    const { run, events } = this.#asked;
    const { signal } = this.#interrupt;
    const options = { run: run.name, events, signal };
    for await (const result of destination.sendRows(this.#rows(), options)) {
      this.#tally.addOutcomes(result.outcomes);
      try {
        await results.write(result);
      } catch (error) {
        // Rows must not go on to be sent that nobody is told of; but what was sent is still counted.
        if (!(error instanceof OutputClosed)) throw error;
        this.#interrupt.stop();
      }
    }
  }

  /** What the journal says of the rows that were sent before. */
  async #lookBack({ error }: Streams): Promise<Foresight | undefined> {
    const { events, journal, run } = this.#asked;
    checkNotLost(journal);
    const before = await Foresight.read(journal, this.#settings, { run: run.name, events });
    if (before?.holder !== undefined) {
      error.write(
        `The journal is in use by ${before.holder}; what is sent meanwhile counts as not sent yet.\n`,
      );
      await error.flush();
    }
    return before;
  }

  /** Looks through the file, if it is one. */
  async #survey(): Promise<string | undefined> {
    const { limit = Infinity } = this.#asked;
    const { file } = this.#input;
    if (file === undefined) return undefined;
    const { rows, hash, stamp } = await survey({ ...this.#input, file }, this.#interrupt.signal);
    this.#total = Math.min(rows, limit);
    this.#stamp = stamp;
    return hash;
  }

  async *#rows(): AsyncGenerator<EventInput, void, undefined> {
    const { limit = Infinity } = this.#asked;
    let left = limit;
    for await (const row of readRows(this.#input, this.#interrupt.signal, this.#stamp)) {
      // Where reading was stopped, the last row may be half of one.
      if (this.#isStopped) return;
      await this.#begun?.take(row);
      yield row;
      left -= 1;
      if (left <= 0) return;
    }
  }

  /** Does the work with its progress shown, its results written, and its sum at the end. */
  async #report({ out, error }: Streams, work: (results: Results) => Promise<void>): Promise<void> {
    const results = await openResults(this.#asked.output, out);
    this.#progress = new Progress(process.stderr, () => ({
      rows: this.#tally.rows,
      total: this.#total,
      short: this.#tally.short(),
    }));
    try {
      await work(results);
    } finally {
      await this.#finish(results, error);
    }
  }

  async #finish(results: Results, error: Output): Promise<void> {
    try {
      await results.close();
    } finally {
      this.#progress?.end();
      this.#interrupt.close();
      error.write(this.#tally.summary());
      await error.flush();
    }
  }

  #interrupted(again: boolean): void {
    if (!again) this.#say("Stopping. Press Ctrl-C again to stop at once.");
    else if (this.#asked.dryRun) this.#say("Stopped.");
    else this.#say("Stopped at once. To go on:", `  ${this.#command}`);
  }

  #say(...lines: string[]): void {
    if (this.#progress === undefined) process.stderr.write(`${lines.join("\n")}\n`);
    else for (const line of lines) this.#progress.say(line);
  }
}

/** A destination that sends nothing. */
function idle(settings: Settings): Destination {
  return createDestination(settings, {
    fetch: () => Promise.reject(new Error("a dry run sends nothing")),
    now: Date.now,
  });
}

/** What would be sent, without the recipient and the text; `preview` shows those. */
function brief(decision: Foreseen): object {
  if (decision.type !== "send") return decision;
  const { type, mapping, channel, country, segments, warnings } = decision;
  return { type, mapping, channel, country, segments: segments?.count ?? null, warnings };
}
