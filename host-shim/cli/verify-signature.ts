import "../load/node.js";
import { verifySignatureJson } from "../webhook.js";
import type { Arguments } from "./args.js";
import type { Command, Streams } from "./command.js";
import { credentialVariables } from "./credentials.js";
import { eachLine, longestEvent } from "./each-line.js";
import { type ExitCode, exitCode } from "./exit.js";

/** `verify-signature`: says of each webhook whether Twilio signed it. */
export const verifySignature: Command = {
  name: "verify-signature",
  helpWith: "twilio-destination verify-signature --help",
  summary: "Tells for each webhook whether Twilio signed it.",
  details: `WEBHOOKS is a file with one JSON object a line; without it, or with -, standard input is read.
  url        the whole URL that Twilio called, the public one
  params     the decoded parameters of its form: texts, lists of texts, or null for an empty one
  body       in place of params: the text of the body as it came, checked by its hash where the
             URL carries a bodySHA256, else read as a form
  signature  the value of its X-Twilio-Signature header
  token      the account's primary auth token; ${credentialVariables.auth_token} if absent

For each object one line of JSON is written: { line, valid, code, cause, fix }. A line that is no
such object gets its verdict like any other; blank lines are skipped, but counted. Tokens,
parameters and bodies are never written.

Signatures that are wrong do not change the exit code.`,
  argument: "WEBHOOKS",
  options: [],
  async run({ argument }: Arguments, { out }: Streams): Promise<ExitCode> {
    const token = process.env[credentialVariables.auth_token];
    const answer = (json: Uint8Array, line: number) =>
      JSON.stringify({ line, ...verifySignatureJson(json, token) });
    await eachLine(argument, out, { longest: longestEvent, answer });
    return exitCode.ok;
  },
};
