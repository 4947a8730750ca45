import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after } from "node:test";
import {
  type AccountOptions,
  type StandIn,
  type StandInOptions,
  sampleAccounts,
  startStandIn,
} from "../../host-shim/stand-in/index.js";

export const { live, trial, test: testing } = sampleAccounts;
/** A sender and a recipient that the live account may use. */
export const FROM = "+14155551234";
export const TO = "+447700900123";
export const SERVICE = `MG${"1".repeat(32)}`;

export type Json = Record<string, unknown>;

/** Starts a stand-in that ends with the test file. */
export async function start(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await startStandIn(options);
  after(() => standIn.close());
  return standIn;
}

/** Waits for something that another part of the program brings about. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error("it never happened");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Json;
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

export function messagesUrl(standIn: StandIn, account: AccountOptions, rest = ".json"): string {
  return `${standIn.url}/2010-04-01/Accounts/${account.sid}/Messages${rest}`;
}

/** A request with the account's own credentials. */
export async function call(
  method: string,
  url: string,
  account: AccountOptions,
  form?: Array<[string, string]> | Record<string, string>,
): Promise<Answer> {
  return ask(
    method,
    url,
    { authorization: basic(account.sid, account.authToken) },
    form && new URLSearchParams(form),
  );
}

export async function ask(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: URLSearchParams | string,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: "manual",
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  let parsed: Json = {};
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** Creates a message; `form` adds to a good request and, with an empty value, takes from it. */
export async function create(
  standIn: StandIn,
  form: Record<string, string> = {},
  account: AccountOptions = live,
): Promise<Answer> {
  const whole: Record<string, string> = {
    To: TO,
    From: account.kind === "test" ? "+15005550006" : FROM,
    Body: "Hello",
    ...form,
  };
  return call(
    "POST",
    messagesUrl(standIn, account),
    account,
    Object.entries(whole).filter(([, value]) => value !== ""),
  );
}

export interface RawAnswer {
  bytes: string;
  end: "fin" | "reset" | "timeout";
  /** Milliseconds until the first byte, or until the end if none came. */
  first: number;
  /** Milliseconds until the end. */
  total: number;
}

/** Sends a request over a bare socket and notes how the connection ends. */
export function raw(standIn: StandIn, request: string, timeout = 1500): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const { port } = new URL(standIn.url);
    const socket = connect(Number(port), "127.0.0.1");
    const started = performance.now();
    const chunks: Buffer[] = [];
    let first = -1;
    let done = false;
    const finish = (end: RawAnswer["end"]): void => {
      if (done) return;
      done = true;
      socket.destroy();
      const total = performance.now() - started;
      resolve({
        bytes: Buffer.concat(chunks).toString("latin1"),
        end,
        first: first < 0 ? total : first,
        total,
      });
    };
    socket.on("data", (chunk) => {
      if (first < 0) first = performance.now() - started;
      chunks.push(chunk);
    });
    socket.on("end", () => finish("fin"));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      finish(error.code === "ECONNRESET" ? "reset" : "fin"),
    );
    socket.setTimeout(timeout, () => finish("timeout"));
    socket.write(request);
  });
}

/** A complete POST of a good message, connection closed after the answer. */
export function rawCreate(form: Record<string, string> = {}): string {
  const body = new URLSearchParams({ To: TO, From: FROM, Body: "Hello", ...form }).toString();
  return [
    `POST /2010-04-01/Accounts/${live.sid}/Messages.json HTTP/1.1`,
    "Host: api.twilio.com",
    `Authorization: ${basic(live.sid, live.authToken)}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}

export function recorded<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./recorded/${name}.json`, import.meta.url), "utf8")) as T;
}
