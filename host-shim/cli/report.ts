// Problems and warnings, for people.

import type { Problem, Report } from "../index.js";
import { printable } from "./output.js";
import type { FileProblem } from "./settings-file.js";

/** A report that may also say that a file is not JSON. */
export type FileReport = Omit<Report, "problems"> & {
  readonly problems: readonly (Problem | FileProblem)[];
};

/** Writes a report out. `added` names the environment variable of each credential from there. */
export function writeReport(
  file: string,
  { problems, warnings }: FileReport,
  added: ReadonlyMap<string, string>,
): string {
  const lines = [
    `${file}: ${count(problems.length, "problem")}, ${count(warnings.length, "warning")}`,
  ];
  for (const [path, variable] of added) lines.push(`${path} is taken from ${variable}.`);
  const entry = (kind: string) => (problem: Problem | FileProblem) => {
    const variable = added.get(problem.path);
    const place = variable === undefined ? problem.path : `${problem.path} (${variable})`;
    lines.push("", `${kind} ${problem.code} at ${place}`);
    lines.push(`  ${problem.cause}`, `  To fix it: ${problem.fix}`);
  };
  problems.forEach(entry("Problem"));
  warnings.forEach(entry("Warning"));
  return `${lines.map(printable).join("\n")}\n`;
}

/** A number of things, in words. */
export function count(number: number, thing: string): string {
  return `${number === 0 ? "no" : number} ${thing}${number === 1 ? "" : "s"}`;
}
