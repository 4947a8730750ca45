import { checkSettings, createDestination, type Finding, type Settings } from "../load/node.js";
import type { Arguments } from "./args.js";
import { type Command, type Streams, settingsOption } from "./command.js";
import { type ExitCode, exitCode } from "./exit.js";
import type { Output } from "./output.js";
import { type FileReport, writeFindings, writeReport } from "./report.js";
import { readSettingsFile } from "./settings-file.js";
import { redirectTo, standInOf, standInVariable } from "./stand-in.js";

/** `check`: says everything that is wrong with settings, or worth a look. */
export const check: Command = {
  name: "check",
  helpWith: "twilio-destination check --help",
  summary: "Lists every problem and warning of settings.",
  details: `Nothing is sent. Without --live, no network is used. A problem must be mended before anything
can be sent; a warning is legal, but often costs money or texts somebody who should not be.
With --live, and once the settings have no problems, Twilio is asked, by GET requests only:
whether the credentials work, the account is active and has funds, it owns each sender and
the sender can text, and numbers of the United States have their A2P 10DLC registration.

${standInVariable}=http://127.0.0.1:PORT in the environment asks a stand-in for Twilio on this
machine instead.`,
  options: [
    settingsOption,
    { name: "live", help: "also ask Twilio about the account and the senders" },
    { name: "json", help: "write { problems, warnings } as JSON; with --live, also findings" },
    { name: "strict", help: "take warnings as problems in the exit code" },
  ],
  async run({ options }: Arguments, { out, error }: Streams): Promise<ExitCode> {
    const name = options.get("settings") ?? "";
    const file = readSettingsFile(name, process.env);
    const report: FileReport =
      "problem" in file ? { problems: [file.problem], warnings: [] } : checkSettings(file.settings);
    const added = "problem" in file ? new Map<string, string>() : file.added;
    const findings =
      options.has("live") && !("problem" in file) && report.problems.length === 0
        ? await findingsOf(file.settings as Settings, error)
        : undefined;
    if (options.has("json")) {
      out.write(`${JSON.stringify({ ...report, findings }, null, 2)}\n`);
    } else {
      out.write(writeReport(name, report, added));
      if (findings !== undefined) out.write(writeFindings(findings, added));
    }
    await out.flush();
    const level = (wanted: Finding["level"]) =>
      (findings ?? []).filter((finding) => finding.level === wanted).length;
    const counted = options.has("strict") ? report.warnings.length + level("warning") : 0;
    const bad = report.problems.length + level("problem") + counted;
    return bad > 0 ? exitCode.settings : exitCode.ok;
  },
};

async function findingsOf(settings: Settings, error: Output): Promise<Finding[]> {
  const standIn = standInOf(process.env);
  if (standIn !== undefined) {
    error.write(`Asking ${standIn}, not Twilio.\n`);
    await error.flush();
  }
  const asked = standIn === undefined ? fetch : redirectTo(standIn, fetch);
  return await createDestination(settings, { fetch: asked, now: Date.now }).checkLive();
}
