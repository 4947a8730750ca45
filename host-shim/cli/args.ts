// Arguments by a command's own description, so that what is accepted and what is documented agree.

import { exitCode, Failure } from "./exit.js";
import { nearest } from "./nearest.js";

/** An option, written `--name`. */
export interface Option {
  readonly name: string;
  /** What its value is called in the help text; an option without is a switch. */
  readonly value?: string;
  readonly required?: boolean;
  readonly help: string;
}

/** What a command takes. */
export interface Signature {
  /** The command line that shows its help. */
  readonly helpWith: string;
  readonly options: readonly Option[];
  /** What its one argument is called in the help text; it may always be left out. */
  readonly argument?: string;
}

/** What a command was given. */
export interface Arguments {
  /** The value of each option; the empty text for a switch. */
  readonly options: ReadonlyMap<string, string>;
  readonly argument: string | undefined;
}

/** Whether help is asked for, wherever that stands. */
export function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  return before.includes("--help") || before.includes("-h");
}

/** Reads a command's arguments. What it cannot read, it names, but never with its value. */
export function parseArguments(args: readonly string[], signature: Signature): Arguments {
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      rest.push(...args.slice(at + 1));
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      rest.push(arg);
      continue;
    }
    const [written = "", ...values] = arg.split("=");
    const option = find(written, signature);
    if (options.has(option.name)) throw usage(`\`${written}\` is given twice`, signature);
    if (option.value === undefined) {
      if (values.length > 0) throw usage(`\`${written}\` takes no value`, signature);
      options.set(option.name, "");
      continue;
    }
    let value = values.join("=");
    if (values.length === 0) {
      at += 1;
      value = args[at] ?? "";
      if (value.startsWith("--")) value = "";
    }
    if (value === "") throw usage(`\`${written}\` needs a value: ${option.value}`, signature);
    options.set(option.name, value);
  }
  for (const { name, value, required } of signature.options) {
    if (!required || options.has(name)) continue;
    throw usage(`\`--${name} ${value ?? ""}\` is missing`, signature);
  }
  const most = signature.argument === undefined ? 0 : 1;
  if (rest.length > most) throw usage(`\`${rest[most]}\` is one argument too many`, signature);
  return { options, argument: rest[0] };
}

/** Says what is wrong with how the program was called, and where to read more. */
export function usage(message: string, { helpWith }: Pick<Signature, "helpWith">): Failure {
  return new Failure(exitCode.usage, `${message}; see \`${helpWith}\``);
}

/** Arguments can be seen by everybody on a machine, and stay in the shell's history. */
const credentials = ["auth-token", "api-key-secret", "api-key-sid", "account-sid"];

function find(written: string, signature: Signature): Option {
  const option = signature.options.find(({ name }) => written === `--${name}`);
  if (option !== undefined) return option;
  const name = written.replace(/^-+/, "").replaceAll("_", "-");
  if (credentials.includes(name)) {
    throw usage(
      `\`${written}\` is not taken: credentials stand in the settings file or in the environment`,
      signature,
    );
  }
  const known = nearest(
    name,
    [...signature.options, { name: "help" }].map((option) => option.name),
  );
  const hint = known === undefined ? "" : `; did you mean \`--${known}\`?`;
  throw usage(`there is no option \`${written}\`${hint}`, signature);
}
