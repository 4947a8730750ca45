import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Reply } from "./api.js";
import type { Clock } from "./clock.js";
import type { Fault } from "./faults.js";

const PIECES = 8;

/** Puts an answer on the wire, or does to the connection what the fault says. */
export async function transmit(
  response: ServerResponse,
  socket: Socket,
  reply: Reply,
  headers: Record<string, string>,
  fault: Fault | undefined,
  clock: Clock,
): Promise<void> {
  const body = Buffer.from(reply.body, "utf8");
  switch (fault?.wire ?? "whole") {
    case "whole":
      response.writeHead(reply.status, { ...headers, ...lengthOf(reply, body) }).end(body);
      return;
    case "reset":
    case "reset-before-reading":
      socket.resetAndDestroy();
      return;
    case "close":
      socket.end();
      return;
    case "garbage":
      socket.end(Buffer.from("\x00\x01\x02 this is no HTTP \xff\xfe\r\n\r\n", "latin1"));
      return;
    case "cut-off":
      response.writeHead(reply.status, { ...headers, ...lengthOf(reply, body) });
      // The rest is owed by Content-Length and never comes.
      response.write(body.subarray(0, body.length >> 1), () => socket.end());
      return;
    case "slow-body":
      response.writeHead(reply.status, { ...headers, ...lengthOf(reply, body) });
      for (let piece = 0; piece < PIECES; piece++) {
        if (socket.destroyed) return;
        response.write(
          body.subarray((piece * body.length) / PIECES, ((piece + 1) * body.length) / PIECES),
        );
        await wait(clock, fault?.pace ?? 50);
      }
      response.end();
      return;
    case "silence":
      return;
  }
}

/** Resolves after `ms` on the stand-in's clock. */
export function wait(clock: Clock, ms: number | undefined): Promise<void> {
  return ms ? new Promise((resolve) => void clock.after(ms, resolve)) : Promise.resolve();
}

// A 204 has neither body nor length.
function lengthOf(reply: Reply, body: Buffer): Record<string, string> {
  return reply.status === 204 ? {} : { "Content-Length": String(body.length) };
}
