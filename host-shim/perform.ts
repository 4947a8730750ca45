// One request in, one result out. This file never throws and decides nothing: what a status or a
// failure means, and whether to try again, is the core's.

/** A request, complete to the byte. Nothing is added to it and nothing left out. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** `null` for a method that carries none: `fetch` refuses even an empty body with GET. */
  readonly body: string | null;
}

/** The status line arrived. Once it has, no later trouble can turn this into a failure. */
export interface HttpResponse {
  readonly type: "response";
  readonly status: number;
  /** In the order in which the runtime gives them; names in lower case. */
  readonly headers: [name: string, value: string][];
  /** What was read of it, at most 64 KiB. */
  readonly body: string;
  /** False if the body was cut off, ran into the timeout or the limit, or could not be read. */
  readonly complete: boolean;
}

/** No status line arrived; whether the request did, this file cannot know. */
export interface HttpFailure {
  readonly type: "failure";
  /** The error's class, such as `TypeError`; never its message, which may hold a URL or a secret. */
  readonly name: string;
  /** The code of the error or of its nearest cause that has one, such as `ECONNREFUSED`. */
  readonly code: string | null;
  /** The system call that failed, where one did and the code's owner tells: `connect`, `read`. */
  readonly syscall: string | null;
}

export type HttpResult = HttpResponse | HttpFailure;

/** The part of `fetch` that is used. A timeout aborts the signal, where the host has signals. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const bodyLimit = 64 * 1024;
const longestTimer = 2 ** 31 - 1;
const deepestCause = 8;

/**
 * Performs one request and reports the one thing that came of it. The timeout, in milliseconds,
 * covers headers and body together, also for a `fetch` that ignores its signal.
 */
export async function perform(
  request: HttpRequest,
  timeoutMs: number,
  fetch: Fetch,
): Promise<HttpResult> {
  const timeout = startTimeout(timeoutMs);
  try {
    const response = await Promise.race([send(request, fetch, timeout.signal), timeout.passed]);
    if (response === timedOut) return failure("TimeoutError");
    if (!isResponse(response)) return failure("InvalidResponse");
    const headers = readHeaders(response);
    return {
      type: "response",
      status: response.status,
      headers,
      ...(await readBody(response, timeout.passed)),
    };
  } catch (error) {
    return failure(nameOf(error), originOf(error));
  } finally {
    timeout.clear();
  }
}

const timedOut = Symbol("timed out");

interface Timeout {
  readonly passed: Promise<typeof timedOut>;
  readonly signal: AbortSignal | undefined;
  clear(): void;
}

/** A fresh one for each request: a signal once aborted would end every later attempt at once. */
function startTimeout(timeoutMs: number): Timeout {
  // Segment functions have no AbortController; there the race alone keeps the time.
  const controller = typeof AbortController === "function" ? new AbortController() : undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<typeof timedOut>((resolve) => {
    // A longer delay than a timer can hold would fire at once.
    const delay = Math.min(timeoutMs, longestTimer);
    timer = setTimeout(() => {
      resolve(timedOut);
      controller?.abort();
    }, delay);
  });
  return { passed, signal: controller?.signal, clear: () => clearTimeout(timer) };
}

async function send(
  { method, url, headers, body }: HttpRequest,
  fetch: Fetch,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const pairs = headers.map(([name, value]): [string, string] => [name, value]);
  const init: RequestInit = { method, headers: pairs, body, redirect: "manual" };
  return await fetch(url, signal === undefined ? init : { ...init, signal });
}

/** A browser hides a redirect that it did not follow behind status 0: no status line for us. */
function isResponse(value: unknown): value is Response {
  const status = property(value, "status");
  return typeof status === "number" && Number.isInteger(status) && status >= 100 && status <= 999;
}

function readHeaders(response: Response): [string, string][] {
  const headers: [string, string][] = [];
  try {
    response.headers.forEach((value, name) => {
      // A stand-in for fetch may give anything.
      if (typeof value === "string") headers.push([name.toLowerCase(), value]);
    });
  } catch {
    // The status still stands, with the headers that were read.
  }
  return headers;
}

type Body = Pick<HttpResponse, "body" | "complete">;

async function readBody(response: Response, passed: Timeout["passed"]): Promise<Body> {
  try {
    // node-fetch, which Segment functions have, gives a stream of another kind.
    return typeof response.body?.getReader === "function" && typeof TextDecoder === "function"
      ? await readStream(response.body.getReader(), passed)
      : await readText(response, passed);
  } catch {
    return { body: "", complete: false };
  }
}

async function readStream(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  passed: Timeout["passed"],
): Promise<Body> {
  const decoder = new TextDecoder();
  let body = "";
  let room = bodyLimit;
  try {
    for (;;) {
      const part = await Promise.race([reader.read(), passed]);
      if (part === timedOut) break;
      if (part.done) return { body: body + decoder.decode(), complete: true };
      body += decoder.decode(part.value.subarray(0, room), { stream: true });
      room -= part.value.length;
      if (room < 0) break;
    }
    // Not awaited: a peer that no longer answers would hold it up for ever.
    reader.cancel().catch(() => {});
  } catch {
    // Cut off: what was read so far is reported.
  }
  return { body, complete: false };
}

async function readText(response: Response, passed: Timeout["passed"]): Promise<Body> {
  const text = await Promise.race([response.text(), passed]);
  if (text === timedOut) return { body: "", complete: false };
  return { body: text.slice(0, bodyLimit), complete: text.length <= bodyLimit };
}

/** Only what looks like a class name: an error may carry anything under `name`. */
function nameOf(error: unknown): string {
  const candidates = [property(error, "name"), property(property(error, "constructor"), "name")];
  return candidates.find(isIdentifier) ?? typeof error;
}

type Origin = Pick<HttpFailure, "code" | "syscall">;

const unknownOrigin: Origin = { code: null, syscall: null };

function failure(name: string, { code, syscall } = unknownOrigin): HttpFailure {
  return { type: "failure", name, code, syscall };
}

/** Walks down the causes to the first that says where it came from. */
function originOf(error: unknown): Origin {
  let at = error;
  for (let depth = 0; depth < deepestCause; depth += 1) {
    const origin = { code: said(at, "code"), syscall: said(at, "syscall") };
    if (origin.code !== null || Array.isArray(property(at, "errors"))) return origin;
    at = property(at, "cause");
  }
  return unknownOrigin;
}

/** What the error says, or else what all of its parts do, such as the attempts at each address. */
function said(error: unknown, name: keyof Origin): string | null {
  const own = property(error, name);
  if (isIdentifier(own)) return own;
  const parts = property(error, "errors");
  if (!Array.isArray(parts)) return null;
  const [first, ...others] = new Set(parts.map((part) => property(part, name)));
  return isIdentifier(first) && others.length === 0 ? first : null;
}

function isIdentifier(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z_]\w{0,63}$/.test(value);
}

/** Reads a property of anything; getters that throw and values without properties have none. */
function property(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}
