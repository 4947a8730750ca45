// A command line, for people to copy.

import type { Arguments } from "./args.js";

/** The command line that gives these arguments to a command again. */
export function commandLine(name: string, { options, argument }: Arguments): string {
  const words = ["twilio-destination", name, ...(argument === undefined ? [] : [argument])];
  for (const [option, value] of options)
    words.push(`--${option}`, ...(value === "" ? [] : [value]));
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
