import { checkSettings } from "../load/node.js";
import type { Arguments } from "./args.js";
import { type Command, type Streams, settingsOption } from "./command.js";
import { type ExitCode, exitCode } from "./exit.js";
import { type FileReport, writeReport } from "./report.js";
import { readSettingsFile } from "./settings-file.js";

/** `check`: says everything that is wrong with settings, or worth a look. */
export const check: Command = {
  name: "check",
  helpWith: "twilio-destination check --help",
  summary: "Lists every problem and warning of settings.",
  details: `Nothing is sent and no network is used. A problem must be mended before anything can be
sent; a warning is legal, but often costs money or texts somebody who should not be.`,
  options: [
    settingsOption,
    { name: "json", help: "write { problems, warnings } as JSON" },
    { name: "strict", help: "take warnings as problems in the exit code" },
  ],
  async run({ options }: Arguments, { out }: Streams): Promise<ExitCode> {
    const name = options.get("settings") ?? "";
    const file = readSettingsFile(name, process.env);
    const report: FileReport =
      "problem" in file ? { problems: [file.problem], warnings: [] } : checkSettings(file.settings);
    const added = "problem" in file ? new Map<string, string>() : file.added;
    out.write(
      options.has("json")
        ? `${JSON.stringify(report, null, 2)}\n`
        : writeReport(name, report, added),
    );
    await out.flush();
    const counted = options.has("strict") ? report.warnings.length : 0;
    return report.problems.length + counted > 0 ? exitCode.settings : exitCode.ok;
  },
};
