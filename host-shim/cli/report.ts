// Problems and warnings, for people.

import type { Finding, Problem, Report } from "../index.js";
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
    lines.push("", `${kind} ${problem.code} at ${placeOf(problem, added)}`);
    lines.push(`  ${problem.cause}`, `  To fix it: ${problem.fix}`);
  };
  problems.forEach(entry("Problem"));
  warnings.forEach(entry("Warning"));
  return `${lines.map(printable).join("\n")}\n`;
}

/** Writes out what Twilio was asked and answered. */
export function writeFindings(
  findings: readonly Finding[],
  added: ReadonlyMap<string, string>,
): string {
  const of = (level: Finding["level"]) => findings.filter((finding) => finding.level === level);
  const [problems, warnings] = [of("problem").length, of("warning").length];
  const lines = [
    "",
    `Asked of Twilio: ${count(problems, "problem")}, ${count(warnings, "warning")}, ${of("unknown").length} unknown`,
  ];
  for (const finding of findings) {
    lines.push("", `${words[finding.level]} ${finding.code} at ${placeOf(finding, added)}`);
    lines.push(`  ${finding.cause}`);
    if (finding.level !== "ok") lines.push(`  To fix it: ${finding.fix}`);
  }
  return `${lines.map(printable).join("\n")}\n`;
}

const words: Readonly<Record<Finding["level"], string>> = {
  ok: "Good",
  problem: "Problem",
  unknown: "Unknown",
  warning: "Warning",
};

function placeOf({ path }: { path: string }, added: ReadonlyMap<string, string>): string {
  const variable = added.get(path);
  return variable === undefined ? path : `${path} (${variable})`;
}

/** A number of things, in words. */
export function count(number: number, thing: string): string {
  return `${number === 0 ? "no" : number} ${thing}${number === 1 ? "" : "s"}`;
}
