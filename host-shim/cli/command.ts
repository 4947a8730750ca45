import type { Arguments, Option, Signature } from "./args.js";
import type { ExitCode } from "./exit.js";
import type { Output } from "./output.js";

/** Where a command writes. */
export interface Streams {
  /** What it was asked for. */
  readonly out: Output;
  /** What else there is to say. */
  readonly error: Output;
}

/** A command of the program. */
export interface Command extends Signature {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly details: string;
  run(args: Arguments, streams: Streams): Promise<ExitCode>;
}

/** Every command that needs settings takes them so. */
export const settingsOption: Option = {
  name: "settings",
  value: "FILE",
  required: true,
  help: "the settings, a JSON file",
};
