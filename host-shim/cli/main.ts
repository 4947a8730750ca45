#!/usr/bin/env node
// The package's program.

import { createRequire } from "node:module";
import { parseArguments, usage, wantsHelp } from "./args.js";
import { check } from "./check.js";
import type { Command, Streams } from "./command.js";
import { type ExitCode, exitCode, Failure } from "./exit.js";
import { commandHelp, programHelp } from "./help.js";
import { nearest } from "./nearest.js";
import { Output, OutputClosed, printable } from "./output.js";
import { phone } from "./phone.js";
import { preview } from "./preview.js";
import { send } from "./send.js";
import { verifySignature } from "./verify-signature.js";

const commands: readonly Command[] = [check, phone, preview, send, verifySignature];

process.exitCode = await main(process.argv.slice(2), {
  out: new Output(process.stdout),
  error: new Output(process.stderr),
});

async function main(args: readonly string[], streams: Streams): Promise<ExitCode> {
  try {
    return await run(args, streams);
  } catch (error) {
    if (error instanceof OutputClosed) return exitCode.ok;
    const expected = error instanceof Failure;
    const message = expected ? error.lines.map(printable).join("\n") : stackOf(error);
    streams.error.write(`twilio-destination: ${message}\n`);
    // With nowhere left to complain, the exit code has to do.
    await streams.error.flush().catch(() => {});
    return expected ? error.exitCode : exitCode.bug;
  }
}

async function run([name, ...args]: readonly string[], streams: Streams): Promise<ExitCode> {
  const { out, error } = streams;
  if (name === undefined) {
    error.write(programHelp(commands));
    await error.flush();
    return exitCode.usage;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined && !wantsHelp(args)) {
    return command.run(parseArguments(args, command), streams);
  }
  if (command !== undefined) out.write(commandHelp(command));
  else if (wantsHelp([name])) out.write(programHelp(commands));
  else if (name === "--version") out.write(`${version()}\n`);
  else throw unknown(name);
  await out.flush();
  return exitCode.ok;
}

function unknown(name: string): Failure {
  const [written = ""] = name.split("=");
  const option = written.startsWith("-");
  const names = commands.map((command) => command.name);
  const known = nearest(written, option ? ["--help", "--version", ...names] : names);
  const hint = known === undefined ? "" : `; did you mean \`${known}\`?`;
  const what = option ? "option" : "command";
  return usage(`there is no ${what} \`${written}\`${hint}`, {
    helpWith: "twilio-destination --help",
  });
}

function version(): string {
  const require = createRequire(import.meta.url);
  return (require("twilio-destination/package.json") as { version: string }).version;
}

function stackOf(error: unknown): string {
  return `this is a mistake in the program: ${error instanceof Error ? error.stack : typeof error}`;
}
