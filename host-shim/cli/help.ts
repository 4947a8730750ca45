import type { Option } from "./args.js";
import { type Command, settingsOption } from "./command.js";
import { credentialVariables } from "./credentials.js";

const exitCodes = `Exit codes
  0  done; check: no problems, and with --strict no warnings
  1  the settings have problems
  2  wrong usage
  3  a file cannot be read, or the output cannot be written
  4  send: some messages failed, were halted, or may have been sent or not
  130  send: stopped before the end
`;

const credentials = `Credentials
  What the settings file leaves out is taken from the environment:
  ${Object.values(credentialVariables).join(", ")}.
  They are never taken from arguments, and never written.
`;

const helpOption: Option = { name: "help", help: "show this text" };

/** What the program can do. */
export function programHelp(commands: readonly Command[]): string {
  const options = [helpOption, { name: "version", help: "show the version" }];
  return `Turns customer-data events and settings into Twilio messages, or says why not.

Usage: twilio-destination COMMAND [OPTION…]

Commands
${table(commands.map(({ name, summary }) => [name, summary]))}
Options
${table(options.map(row))}
${credentials}
${exitCodes}
twilio-destination COMMAND --help tells more.
`;
}

/** What one command does. */
export function commandHelp(command: Command): string {
  const required = command.options
    .filter((option) => option.required)
    .map(({ name, value }) => ` --${name} ${value}`);
  const argument = command.argument === undefined ? "" : ` [${command.argument}]`;
  const ending = command.options.includes(settingsOption)
    ? `${credentials}\n${exitCodes}`
    : exitCodes;
  return `${command.summary}

Usage: twilio-destination ${command.name}${required.join("")}${argument} [OPTION…]

${command.details}

Options
${table([...command.options, helpOption].map(row))}
${ending}`;
}

function row({ name, value, help }: Option): [string, string] {
  return [`--${name}${value === undefined ? "" : ` ${value}`}`, help];
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
}
