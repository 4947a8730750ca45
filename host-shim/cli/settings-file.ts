import { readFileSync, statSync } from "node:fs";
import { TextDecoder } from "node:util";
import type { Problem } from "../index.js";
import { completeCredentials } from "./credentials.js";
import { exitCode, Failure, systemReason } from "./exit.js";
import { findJsonFault } from "./json-fault.js";

/** What is wrong with a file that is not even JSON. */
export type FileProblem = Omit<Problem, "code"> & { readonly code: "settings_not_json" };

/** A settings file, or why it holds none. */
export type SettingsFile =
  | {
      readonly settings: unknown;
      /** For each credential that the file leaves out, the environment variable that it is from. */
      readonly added: ReadonlyMap<string, string>;
    }
  | { readonly problem: FileProblem };

/** Settings of the highest limits are a fraction of this. */
const largestFile = 16 << 20;

/** Reads a settings file and adds the credentials of the environment. */
export function readSettingsFile(path: string, environment: NodeJS.ProcessEnv): SettingsFile {
  const bytes = readBytes(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return notJson("The file is not text in UTF-8.", "Save it as UTF-8.");
  }
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    return notJson(`Line ${fault.line}, column ${fault.column}: ${fault.cause}`, fault.fix);
  }
  const settings: unknown = JSON.parse(text);
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    return { settings, added: new Map() };
  }
  return completeCredentials(settings as Record<string, unknown>, environment);
}

function readBytes(path: string): Uint8Array {
  try {
    if (statSync(path).size <= largestFile) return readFileSync(path);
  } catch (error) {
    throw new Failure(exitCode.file, `\`${path}\` cannot be read: ${systemReason(error)}`);
  }
  throw new Failure(exitCode.file, `\`${path}\` cannot be read: it is larger than any settings`);
}

function notJson(cause: string, fix: string): { problem: FileProblem } {
  return { problem: { code: "settings_not_json", path: "$", cause, fix } };
}
