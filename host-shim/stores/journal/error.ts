/** Why a journal cannot be used, or an update not be saved. */
export type JournalErrorCode =
  /** The file is no journal. It was left as it is. */
  | "journal_foreign"
  /** The journal was written by a newer version. It was left as it is. */
  | "journal_newer"
  /** A line is damaged that is not the one that a crash can cut short. The file was left as it is. */
  | "journal_corrupt"
  /** Another process has the journal open, or may have. */
  | "journal_locked"
  /** The file, its folder or its lock cannot be read or made. */
  | "journal_unusable"
  /** The update was not saved; the next one may be. */
  | "journal_not_saved"
  /** The journal no longer takes updates; whether the last ones were saved shows when it is opened. */
  | "journal_stopped"
  /** The journal was closed. */
  | "journal_closed";

/** A journal cannot be used, or an update not be saved. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  readonly code: JournalErrorCode;
  /** The journal's file. */
  readonly path: string;
  /** The line at fault, counted from 1, where one is. */
  readonly line: number | undefined;
  override readonly cause: string;
  readonly fix: string;

  constructor(
    code: JournalErrorCode,
    { path, line, cause, fix }: { path: string; line?: number; cause: string; fix: string },
  ) {
    super(`${line === undefined ? path : `${path}:${line}`}: ${cause} ${fix}`);
    this.code = code;
    this.path = path;
    this.line = line;
    this.cause = cause;
    this.fix = fix;
  }
}

/** What the system said, for people. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return "it failed without saying why";
  // A path that the system names may be that of a file beside it, which nobody has heard of.
  return "syscall" in error ? error.message.replace(/, \w+ '.*$/s, "") : error.message;
}

/** Nothing more can be saved, and the last that was may be there or not. */
export function stopped(path: string, cause: string): JournalError {
  return new JournalError("journal_stopped", {
    path,
    cause,
    fix: "Open the journal anew; only then is it known what was saved.",
  });
}

/** A system call failed; every other error is handed on as it is. */
export function unusable(path: string, error: unknown): unknown {
  const failed = error instanceof Error && "syscall" in error;
  if (!failed) return error;
  return new JournalError("journal_unusable", {
    path,
    cause: `It cannot be read or written: ${reason(error)}.`,
    fix: "Make sure that the file and its folder exist and can be written to.",
  });
}
