import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { handle, type Reply } from "./api.js";
import { type ControlTarget, control } from "./control.js";
import { faultReply } from "./fault-reply.js";
import { type Faults, hasEffect, type RequestHead, type Strike } from "./faults.js";
import { transmit, wait } from "./wire.js";
import type { World } from "./world.js";

/** One request to the API as it came in, and what was done about it. */
export interface RequestRecord {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Null when the body was not read. */
  readonly form: ReadonlyArray<readonly [string, string]> | null;
  /** The fault that struck. */
  readonly fault: string | null;
  /** What Twilio did, whether or not the client was told. */
  readonly note: string;
  /** The status of the answer, or null when none was sent. */
  readonly status: number | null;
}

export interface ServerParts {
  world: World;
  faults: Faults;
  requests: RequestRecord[];
  controlTarget: ControlTarget;
  log: (line: string) => void;
}

/** Bytes of a request body; no message comes near. */
const LARGEST_BODY = 1 << 20;

/** Listens on this machine only and answers `parts.world`'s API and the control endpoints. */
export async function listen(
  port: number,
  parts: ServerParts,
): Promise<{ url: string; close: () => Promise<void> }> {
  const inFlight = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    serve(request, response, parts, inFlight).catch(() => response.destroy());
  });
  // Twilio sends no Keep-Alive header, and an idle connection is the client's affair.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  parts: ServerParts,
  inFlight: Map<string, number>,
): Promise<void> {
  const { world, faults } = parts;
  // A client that goes away is part of the exercise.
  request.on("error", () => {});
  response.on("error", () => {});
  const origin = `http://127.0.0.1:${request.socket.localPort ?? 0}`;
  const target = request.url ?? "/";
  const url = URL.canParse(target, origin) ? new URL(target, origin) : new URL(origin);
  if (url.pathname.startsWith("/__control/")) {
    await control(request, response, url, parts.controlTarget);
    return;
  }
  if (request.method === "OPTIONS") {
    response.writeHead(200, apiHeaders(world, "application/json", 0, 1)).end();
    return;
  }

  const started = world.clock.now();
  const head: RequestHead = {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
  };
  const unread = faults.takeUnread(head);
  if (unread) {
    await wait(world.clock, unread.fault.delay);
    record(parts, started, head, url, null, unread, "not read", null);
    request.socket.resetAndDestroy();
    return;
  }
  const form = await readForm(request);
  if (form === "too long") {
    response.writeHead(413, { Connection: "close" }).end();
    return;
  }

  const accountSid = /\/Accounts\/(AC[0-9a-fA-F]{32})/.exec(head.path)?.[1] ?? "";
  const concurrent = (inFlight.get(accountSid) ?? 0) + 1;
  inFlight.set(accountSid, concurrent);
  try {
    const strike = faults.take(head, form);
    const fault = strike?.fault;
    await wait(world.clock, fault?.delay);
    let reply: Reply | null = null;
    if (!fault || hasEffect(fault)) {
      const { authorization } = request.headers;
      reply = handle(world, { ...head, authorization, form, inFlight: concurrent, origin });
    }
    const note = reply?.note ?? "not processed";
    if (fault?.reply)
      reply = faultReply(fault.reply, { accountSid, now: world.clock.now(), url: origin + target });
    await wait(world.clock, fault?.hold);
    const silent =
      fault?.wire === "reset" ||
      fault?.wire === "close" ||
      fault?.wire === "garbage" ||
      fault?.wire === "silence";
    record(parts, started, head, url, form, strike, note, silent ? null : (reply?.status ?? null));
    const answer: Reply = reply ?? { status: 500, contentType: "text/plain", body: "", note };
    const headers = apiHeaders(
      world,
      answer.contentType,
      world.clock.now() - started,
      inFlight.get(accountSid) ?? 1,
    );
    await transmit(
      response,
      request.socket,
      answer,
      { ...headers, ...answer.headers },
      fault,
      world.clock,
    );
  } finally {
    inFlight.set(accountSid, (inFlight.get(accountSid) ?? 1) - 1);
  }
}

// Anything but a form has no parameters, which is why a JSON body is told that `To` is missing.
async function readForm(request: IncomingMessage): Promise<URLSearchParams | "too long"> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) return "too long";
    chunks.push(chunk);
  }
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(
    request.headers["content-type"] ?? "",
  );
  return new URLSearchParams(isForm ? Buffer.concat(chunks).toString("utf8") : "");
}

/** The headers of the recorded answers. `duration` is in milliseconds. */
function apiHeaders(
  world: World,
  contentType: string,
  duration: number,
  concurrent: number,
): Record<string, string> {
  return {
    "Content-Type": contentType,
    Date: new Date(world.clock.now()).toUTCString(),
    "Twilio-Request-Id": world.ids.request(),
    "Twilio-Request-Duration": (duration / 1000).toFixed(3),
    "Twilio-Concurrent-Requests": String(concurrent),
    "X-Home-Region": "us1",
    "X-Api-Domain": "api.twilio.com",
    "X-Powered-By": "AT-5000",
    "X-Shenanigans": "none",
    "Strict-Transport-Security": "max-age=31536000",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers":
      "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key",
    "Access-Control-Expose-Headers": "ETag",
    "Access-Control-Allow-Credentials": "true",
  };
}

function record(
  { requests, log }: ServerParts,
  at: number,
  head: RequestHead,
  url: URL,
  form: URLSearchParams | null,
  strike: Strike | null,
  note: string,
  status: number | null,
): void {
  requests.push({
    at,
    method: head.method,
    path: head.path,
    query: url.search,
    form: form && [...form],
    fault: strike?.name ?? null,
    note,
    status,
  });
  log(`${head.method} ${status ?? "no answer"} ${note}${strike ? ` [fault ${strike.name}]` : ""}`);
}
