import { checkSettings, type Settings } from "../load/node.js";
import type { Output } from "./output.js";
import { count, type FileReport, writeReport } from "./report.js";
import { readSettingsFile } from "./settings-file.js";

/**
 * Settings that can be used, from a file and the environment. If they have problems, these are
 * written instead; of warnings it is only said that there are some.
 */
export async function readCheckedSettings(
  name: string,
  error: Output,
): Promise<Settings | undefined> {
  const file = readSettingsFile(name, process.env);
  const report: FileReport =
    "problem" in file ? { problems: [file.problem], warnings: [] } : checkSettings(file.settings);
  if ("problem" in file || report.problems.length > 0) {
    error.write(writeReport(name, report, "problem" in file ? new Map() : file.added));
    await error.flush();
    return undefined;
  }
  const { length } = report.warnings;
  if (length > 0) {
    error.write(`${name}: ${count(length, "warning")}; \`twilio-destination check\` lists them\n`);
    await error.flush();
  }
  return file.settings as Settings;
}
