/** What the program's exit code says, for scripts. */
export const exitCode = {
  ok: 0,
  /** The settings have problems; under `check --strict` also: warnings. */
  settings: 1,
  /** The program was called wrongly. */
  usage: 2,
  /** A file cannot be read, or the output cannot be written. */
  file: 3,
  /** `send`: some messages failed, were halted, or may have been sent or not. */
  incomplete: 4,
  /** A mistake in the program itself. */
  bug: 70,
  /** `send`: stopped before the end, as by Ctrl-C. */
  stopped: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends the program with a message for people; nothing in it may be secret. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  /** The message, a line at a time. */
  readonly lines: readonly string[];

  constructor(exitCode: ExitCode, ...lines: readonly string[]) {
    super(lines.join("\n"));
    this.exitCode = exitCode;
    this.lines = lines;
  }
}

/** What a failed system call means, for people. */
export function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return reasons[code] ?? (code || "it failed without saying why");
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  ENOENT: "there is no such file",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a part of the path is not a folder",
  EPERM: "permission denied",
};
