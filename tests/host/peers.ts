// Peers on real sockets that answer, cut off, stall or vanish, and what each must be reported as.

import { createServer, type Server, type Socket } from "node:net";
import type { HttpRequest, HttpResult } from "../../host-shim/perform.js";

export interface Peer {
  readonly name: string;
  /** What it does once it has read the whole request, unless `onConnection` says otherwise. */
  readonly answer?: (socket: Socket) => void;
  readonly onConnection?: (socket: Socket) => void;
  readonly timeoutMs?: number;
  readonly expected: Expected;
}

/** A response is compared whole, but for headers; a failure by the names that Node gives it. */
export type Expected =
  | { readonly status: number; readonly body: string; readonly complete: boolean }
  | { readonly failure: readonly string[] };

const limit = 64 * 1024;
const created = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n";

export const peers: readonly Peer[] = [
  {
    name: "a whole body with its length",
    answer: (socket) => socket.end(`${created}Content-Length: 15\r\n\r\n{"sid":"é☃"}`),
    expected: { status: 201, body: '{"sid":"é☃"}', complete: true },
  },
  {
    name: "a whole body in chunks",
    answer: (socket) =>
      socket.end(`${created}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`),
    expected: { status: 201, body: "abcde", complete: true },
  },
  {
    name: "no body",
    answer: (socket) => socket.end("HTTP/1.1 204 No Content\r\n\r\n"),
    expected: { status: 204, body: "", complete: true },
  },
  {
    name: "a server error",
    answer: (socket) => socket.end("HTTP/1.1 503 Unavailable\r\nContent-Length: 4\r\n\r\nbusy"),
    expected: { status: 503, body: "busy", complete: true },
  },
  {
    name: "a body cut off before its length",
    answer: (socket) => socket.end(`${created}Content-Length: 100\r\n\r\n{"sid":"SM`),
    expected: { status: 201, body: '{"sid":"SM', complete: false },
  },
  {
    name: "a body cut off inside a chunk",
    answer: (socket) => socket.end(`${created}Transfer-Encoding: chunked\r\n\r\n20\r\n{"sid":"SM`),
    expected: { status: 201, body: '{"sid":"SM', complete: false },
  },
  {
    name: "a body cut off between chunks",
    answer: (socket) => socket.end(`${created}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`),
    expected: { status: 201, body: "abc", complete: false },
  },
  {
    name: "a body that stalls",
    answer: (socket) => socket.write(`${created}Content-Length: 100\r\n\r\n{"sid":"SM`),
    timeoutMs: 400,
    expected: { status: 201, body: '{"sid":"SM', complete: false },
  },
  {
    name: "a body as long as the limit",
    answer: (socket) =>
      socket.end(`${created}Content-Length: ${limit}\r\n\r\n${"x".repeat(limit)}`),
    expected: { status: 201, body: "x".repeat(limit), complete: true },
  },
  {
    name: "a body one byte over the limit, inside a character",
    answer: (socket) =>
      socket.end(`${created}Content-Length: ${limit + 1}\r\n\r\n${"x".repeat(limit - 1)}é`),
    expected: { status: 201, body: "x".repeat(limit - 1), complete: false },
  },
  {
    name: "a body without end",
    answer: (socket) => {
      socket.write(`${created}Transfer-Encoding: chunked\r\n\r\n`);
      const pour = () => {
        while (!socket.destroyed && socket.write(`400\r\n${"x".repeat(1024)}\r\n`)) {}
      };
      socket.on("drain", pour);
      pour();
    },
    expected: { status: 201, body: "x".repeat(limit), complete: false },
  },
  {
    name: "a redirect, which is not followed",
    answer: (socket) =>
      socket.end("HTTP/1.1 307 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"),
    expected: { status: 307, body: "", complete: true },
  },
  {
    name: "a reset before the request is read",
    onConnection: (socket) => socket.resetAndDestroy(),
    expected: { failure: ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"] },
  },
  {
    name: "a reset after the request was read",
    answer: (socket) => socket.resetAndDestroy(),
    expected: { failure: ["ECONNRESET"] },
  },
  {
    name: "an end without an answer",
    answer: (socket) => socket.end(),
    expected: { failure: ["UND_ERR_SOCKET"] },
  },
  {
    name: "an end inside the headers",
    answer: (socket) => socket.end("HTTP/1.1 201 Created\r\nContent-Le"),
    expected: { failure: ["UND_ERR_SOCKET", "HPE_INVALID_EOF_STATE"] },
  },
  {
    name: "an answer that is not HTTP",
    answer: (socket) => socket.end("220 mail.example ESMTP\r\n\r\n"),
    expected: { failure: ["HPE_INVALID_CONSTANT"] },
  },
  {
    name: "headers that never come",
    answer: () => {},
    timeoutMs: 200,
    expected: { failure: ["TimeoutError"] },
  },
];

export interface Running {
  readonly url: string;
  /** Every request as it came, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Starts a peer on a free port of this machine. */
export async function start(peer: Peer): Promise<Running> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    if (peer.onConnection !== undefined) {
      peer.onConnection(socket);
      return;
    }
    let read = "";
    socket.on("data", (part) => {
      read += part.toString("utf8");
      if (!isWhole(read)) return;
      requests.push(read);
      read = "";
      peer.answer?.(socket);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/2010-04-01/Accounts/AC0/Messages.json`,
    requests,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

/** A port of this machine on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((done) => server.close(done));
  return port;
}

/** The request that every case sends. */
export function request(url: string): HttpRequest {
  return {
    method: "POST",
    url,
    headers: [
      ["Authorization", "Basic QUMwOnRva2Vu"],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ],
    body: "To=%2B447700900123&Body=Hi+%C3%A9",
  };
}

/** The parts of a response that `expected` fixes. */
export function comparable(result: HttpResult): unknown {
  if (result.type === "failure") return result;
  const { status, body, complete } = result;
  return { status, body, complete };
}

function isWhole(read: string): boolean {
  const end = read.indexOf("\r\n\r\n");
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(read)?.[1] ?? 0);
  return end >= 0 && Buffer.byteLength(read.slice(end + 4)) >= length;
}

function listen(server: Server): Promise<number> {
  return new Promise((done, fail) => {
    server.on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("no port");
      done(address.port);
    });
  });
}
