import { createDestination } from "../load/node.js";
import { type Arguments, usage } from "./args.js";
import { readCheckedSettings } from "./checked-settings.js";
import { type Command, type Streams, settingsOption } from "./command.js";
import { eachLine, longestEvent } from "./each-line.js";
import { type ExitCode, exitCode } from "./exit.js";
import { parseTime } from "./time.js";

/** `preview`: says for each event what would be sent, or why nothing would. */
export const preview: Command = {
  name: "preview",
  helpWith: "twilio-destination preview --help",
  summary: "Shows what would be sent for each event, and why. Sends nothing.",
  details: `EVENTS is a file with one JSON event a line; without it, or with -, standard input is read.
For each event one line of JSON is written: its decisions, with every parameter explained and
the credentials hidden, and how each trigger came out. It is what preview() of the package
returns. A line that is no event gets its reason like any other; blank lines are skipped.
The lines written hold phone numbers and texts.`,
  argument: "EVENTS",
  options: [
    settingsOption,
    { name: "rows", help: "the lines are rows of a table, not Segment events" },
    { name: "now", value: "TIME", help: "take this for the time, such as 2026-05-04T09:30:00Z" },
  ],
  async run({ options, argument }: Arguments, { out, error }: Streams): Promise<ExitCode> {
    const row = options.has("rows");
    const time = options.get("now");
    const now = time === undefined ? undefined : parseTime(time);
    if (time !== undefined && now === undefined) {
      const wanted = "a time with its zone, such as 2026-05-04T09:30:00Z";
      throw usage(`\`--now\`: \`${time}\` is not ${wanted}`, preview);
    }
    const settings = await readCheckedSettings(options.get("settings") ?? "", error);
    if (settings === undefined) return exitCode.settings;
    const destination = createDestination(settings, {
      fetch: () => Promise.reject(new Error("a preview sends nothing")),
      now: Date.now,
    });
    const asked = now === undefined ? { row } : { row, now };
    const answer = (line: Uint8Array) => JSON.stringify(destination.preview(line, asked));
    await eachLine(argument, out, { longest: longestEvent, answer });
    return exitCode.ok;
  },
};
