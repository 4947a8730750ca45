// What `send` is asked to do.

import { lstatSync, realpathSync } from "node:fs";
import { extname, resolve } from "node:path";
import { type Arguments, type Signature, usage } from "./args.js";
import { rowsFile } from "./begun-rows.js";
import type { Format, Input } from "./input.js";
import type { BegunRun } from "./runs.js";

/** What `send` is asked to do. */
export interface Asked {
  readonly input: Input;
  readonly settings: string;
  readonly journal: string;
  readonly events: boolean;
  readonly dryRun: boolean;
  readonly run: Pick<BegunRun, "name" | "chosen">;
  readonly limit: number | undefined;
  /** Where the results go; nowhere if it is none. */
  readonly output: string | undefined;
}

/** Reads the arguments of `send`. `isWatched` says whether standard output is a terminal. */
export function readAsked(given: Arguments, signature: Signature, isWatched: boolean): Asked {
  const { options, argument } = given;
  const file = argument === undefined || argument === "-" ? undefined : argument;
  const [events, dryRun] = [options.has("events"), options.has("dry-run")];
  const settings = options.get("settings") ?? "";
  const journal = linked(options.get("journal") ?? `${settings.replace(/\.json$/, "")}.journal`);
  const chosen = options.has("run");
  const name = options.get("run") ?? file;
  if (name === undefined && !events && !dryRun) {
    const why = "so that the same input is not sent twice";
    throw usage(`rows from standard input need \`--run NAME\`, ${why}`, signature);
  }
  if (events && chosen) {
    throw usage("`--run` does not go with `--events`, which have ids of their own", signature);
  }
  const output = options.get("output") ?? (isWatched ? undefined : "-");
  const beside = ["", ".lock", ".new", ".runs", ".runs.new"].map((end) => `${journal}${end}`);
  const rows = rowsFile(journal, name ?? "");
  const taken = [file, settings, ...beside, rows, `${rows}.new`];
  if (taken.some((path) => path !== undefined && output && real(path) === real(output))) {
    throw usage("`--output` would be written over a file that is read", signature);
  }
  return {
    input: {
      file,
      format: formatOf(file, events, options, signature),
      delimiter: delimiterOf(options, signature),
    },
    settings,
    journal,
    events,
    dryRun,
    run: { name: name ?? "", chosen },
    limit: limitOf(options, signature),
    output,
  };
}

/** Where a link leads, since what lies beside a journal must be found by each of its names. */
function linked(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  } catch {
    return path;
  }
}

/** The path without links; as it is where there is no file yet. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function formatOf(
  file: string | undefined,
  events: boolean,
  options: Arguments["options"],
  signature: Signature,
): Format {
  const given = options.get("format");
  if (events) {
    if (given === "csv") throw usage("events are not read from CSV", signature);
    return "ndjson";
  }
  if (given === "csv" || given === "ndjson") return given;
  if (given !== undefined) throw usage("`--format` is csv or ndjson", signature);
  const extension = extname(file ?? "").toLowerCase();
  if (extension === ".csv") return "csv";
  if (extension === ".ndjson" || extension === ".jsonl") return "ndjson";
  throw usage("say with `--format` whether it is csv or ndjson", signature);
}

function delimiterOf(options: Arguments["options"], signature: Signature): string {
  const given = options.get("delimiter") ?? ",";
  if (given === "tab") return "\t";
  if ([",", ";", "|", "\t"].includes(given)) return given;
  throw usage("`--delimiter` is one of , ; | or the word tab", signature);
}

function limitOf(options: Arguments["options"], signature: Signature): number | undefined {
  const given = options.get("limit");
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,11}$/.test(given)) return Number(given);
  throw usage("`--limit` is not a number of rows", signature);
}
