// Colours, for terminals of people who want them.

/** Marks text; without colours it is left as it is. */
export interface Paint {
  bad(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  strong(text: string): string;
  unsure(text: string): string;
}

/** For a stream: colours on a terminal, unless NO_COLOR is set or the terminal knows none. */
export function paintFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const coloured = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
  const style = (code: number) => (text: string) =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bad: style(31), dim: style(2), good: style(32), strong: style(1), unsure: style(33) };
}
