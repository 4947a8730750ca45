import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import type { Settings } from "twilio-destination";

/** The program as it is published. */
export const program = fileURLToPath(new URL("../../host-shim/dist/cli/main.js", import.meta.url));

export const sid = `AC${"ab12".repeat(8)}`;
export const token = "5ec2e7".repeat(6).slice(0, 32);
export const keySid = `SK${"cd34".repeat(8)}`;
export const keySecret = "5ec2e7-of-the-api-key";

/** Settings with neither problems nor warnings, once they have credentials. */
export const clean: Omit<Settings, "account_sid"> = {
  from: "+14155551234",
  consent: { categories: ["Marketing"] },
  mappings: [
    {
      name: "order",
      trigger: "Order Completed",
      to: "$.properties.phone",
      body: "Thanks, {{ properties.name }}",
    },
  ],
  row: { to: "$.mobile", body: "Row {{ id }}" },
};

export const good = { ...clean, account_sid: sid, auth_token: token };

export function event(properties: object = {}): object {
  return {
    type: "track",
    event: "Order Completed",
    messageId: "m-1",
    context: { consent: { categoryPreferences: { Marketing: true } } },
    properties: { phone: "+447700900456", name: "you", ...properties },
  };
}

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly error: string;
}

export interface Given {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the program to its end. Nothing of this process's own environment reaches it. */
export function run(
  args: readonly string[],
  { input = "", environment = {} }: Given = {},
): Promise<Result> {
  const child = begin(args, environment);
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return ended(child);
}

/** Starts the program. */
export function begin(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [program, ...args], { env: environment, stdio: "pipe" });
}

/** What a started program wrote and how it ended. */
export function ended(child: ReturnType<typeof begin>): Promise<Result> {
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => out.push(part));
  child.stderr.on("data", (part: Buffer) => error.push(part));
  return new Promise((done) => {
    child.on("close", (code, signal) => {
      const text = (parts: Buffer[]) => Buffer.concat(parts).toString("utf8");
      done({ code, signal, out: text(out), error: text(error) });
    });
  });
}

const folder = mkdtempSync(join(tmpdir(), "twilio-destination-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file with this content, gone when the test file has run; values are written as JSON. */
export function file(content: unknown): string {
  files += 1;
  const path = join(folder, `${files}.json`);
  const raw = typeof content === "string" || content instanceof Uint8Array;
  writeFileSync(path, raw ? content : JSON.stringify(content));
  return path;
}

/** Each line of a text as JSON. */
export function parsed(text: string): unknown[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new Error("the last line is not whole");
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

/** The most memory that a process has had, where the system tells. */
export function peakMegabytes(pid: number | undefined): number | undefined {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return undefined;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, "utf8")) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
}
