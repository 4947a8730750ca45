import { parsePhoneNumber } from "../load/node.js";
import { type Arguments, usage } from "./args.js";
import type { Command, Streams } from "./command.js";
import { eachLine, longestEvent } from "./each-line.js";
import { type ExitCode, exitCode } from "./exit.js";
import { Corrections } from "./phone-identify.js";
import { type Given, readGiven } from "./phone-options.js";

/** `phone`: says of each number whether it can be texted, or corrects the numbers of profiles. */
export const phone: Command = {
  name: "phone",
  helpWith: "twilio-destination phone --help",
  summary: "Tells for each phone number whether it can be texted. Sends nothing.",
  details: `FILE holds one phone number a line; without it, or with -, standard input is read. For each
number one line of JSON is written: the number of its line, and what parsePhoneNumber() of the
package returns. Blank lines are skipped, but counted. What stood in the line is written only
with --show, since a field for phone numbers may hold anything; what is written without it still
holds each number that could be read.

With --identify, FILE holds one profile a line, { userId, anonymousId, traits } as JSON, or one
identify event. Written are the Segment identify calls that would correct the profiles, one a
line: for each number that can be read, but is not in E.164 form. How many profiles could not be
corrected, and why, is written to standard error, as codes: those of phone numbers, and
  channel_address     the number is that of a channel, such as whatsapp:+447911123456
  event_not_identify  the line is a track, page, screen, group or alias event
  event_not_json, event_not_object, event_too_large
                      the line is no JSON in UTF-8, no object, or has more than 1 MiB
  has_extension       E.164 has no extensions, so it would be lost
  id_missing          there is neither a userId nor an anonymousId
  id_not_text         userId or anonymousId is not a string
  recipient_missing   the profile has no such trait, or a blank one
Keep one line a user: what corrects an old line of theirs would undo a newer one. Take --accept
valid where you can, since a possible number may still lack digits. And look at your triggers
before you send the calls: identify events may match some.

Numbers that are refused do not change the exit code.`,
  argument: "FILE",
  options: [
    {
      name: "region",
      value: "COUNTRY",
      help: "the country of numbers without a country code, such as GB",
    },
    {
      name: "accept",
      value: "POLICY",
      help: "what is accepted: possible (if absent), valid or mobile",
    },
    { name: "show", help: "write the text of the line as well" },
    { name: "identify", help: "read profiles, and write the identify calls that correct them" },
    {
      name: "path",
      value: "TRAIT",
      help: "with --identify: the trait with the number; traits.phone if absent",
    },
  ],
  async run({ options, argument }: Arguments, { out, error }: Streams): Promise<ExitCode> {
    const given = readGiven(options, phone);
    if (!options.has("identify")) {
      if (options.has("path")) throw usage("`--path` needs `--identify`", phone);
      await eachLine(argument, out, { longest: longestNumber, answer: verdicts(given, options) });
      return exitCode.ok;
    }
    if (options.has("show")) throw usage("`--show` does not go with `--identify`", phone);
    const corrections = new Corrections(given);
    const answer = (line: Uint8Array) => corrections.answer(line);
    await eachLine(argument, out, { longest: longestEvent, answer });
    error.write(corrections.summary());
    await error.flush();
    return exitCode.ok;
  },
};

/** More bytes than the 250 UTF-16 code units that are read can have. */
const longestNumber = 1000;

function verdicts({ policy }: Given, options: ReadonlyMap<string, string>) {
  const show = options.has("show");
  const decoder = new TextDecoder();
  return (bytes: Uint8Array, line: number) => {
    const text = decoder.decode(bytes).replace(/\r$/, "");
    return JSON.stringify({ line, ...(show && { text }), ...parsePhoneNumber(text, policy) });
  };
}
