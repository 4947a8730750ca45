import type { IncomingMessage, ServerResponse } from "node:http";
import { isLoopback, type CallbackRecord } from "./callbacks.js";
import type { DeliveryName, DeliveryScript } from "./deliveries.js";
import type { Faults, FaultSpec } from "./faults.js";
import type { InboundMessage } from "./inbound.js";
import type { Message } from "./messages.js";
import type { RequestRecord } from "./server.js";

/** What the control endpoints show and change. */
export interface ControlTarget {
  readonly messages: readonly Message[];
  readonly requests: readonly RequestRecord[];
  readonly callbacks: readonly CallbackRecord[];
  readonly faults: Faults;
  listLag: number;
  deliver(script: DeliveryName | DeliveryScript, to?: string): void;
  receive(text: InboundMessage & { account?: string }): Promise<CallbackRecord | null>;
  advance(ms: number): void;
  reset(): void;
}

/**
 * `/__control/…`, for programs that do not run in this process. A POST takes JSON:
 * GET messages, requests, callbacks, faults · POST faults (one or a list), deliveries, inbound, settings, clock, reset ·
 * DELETE faults.
 */
export async function control(request: IncomingMessage, response: ServerResponse, url: URL, target: ControlTarget): Promise<void> {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
  const what = url.pathname.slice("/__control/".length);
  // A web page can reach this port, but can neither forge the Host header nor post JSON without being asked first.
  const host = request.headers.host ?? "";
  if (!URL.canParse(`http://${host}`) || !isLoopback(new URL(`http://${host}`).hostname)) return answer(403, { error: "local requests only" });
  try {
    if (request.method === "GET") return show(what, target, answer);
    if (request.method === "DELETE" && what === "faults") {
      target.faults.clear();
      return answer(200, { pending: 0 });
    }
    if (request.method !== "POST") return answer(405, { error: "GET, POST or DELETE" });
    if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) return answer(415, { error: "a POST takes JSON" });
    answer(200, await change(what, await readJson(request), target));
  } catch (error) {
    answer(400, { error: error instanceof Error ? error.message : "bad request" });
  }
}

function show(what: string, target: ControlTarget, answer: (status: number, body: unknown) => void): void {
  switch (what) {
    case "messages":
      return answer(200, target.messages);
    case "requests":
      return answer(200, target.requests);
    case "callbacks":
      return answer(200, target.callbacks);
    case "faults":
      return answer(200, { pending: target.faults.pending });
    default:
      return answer(404, { error: `nothing at \`${what}\`` });
  }
}

async function change(what: string, body: unknown, target: ControlTarget): Promise<unknown> {
  switch (what) {
    case "faults":
      target.faults.add(...(Array.isArray(body) ? (body as FaultSpec[]) : [body as FaultSpec]));
      return { pending: target.faults.pending };
    case "deliveries": {
      const { script, to } = record(body) as { script: DeliveryName | DeliveryScript; to?: string };
      target.deliver(script, to);
      return {};
    }
    case "inbound":
      return target.receive(record(body) as unknown as InboundMessage);
    case "settings": {
      const { listLag } = record(body);
      if (typeof listLag === "number") target.listLag = listLag;
      return { listLag: target.listLag };
    }
    case "clock":
      target.advance(Number(record(body)["advance"]));
      return {};
    case "reset":
      target.reset();
      return {};
    default:
      throw new Error(`nothing at \`${what}\``);
  }
}

function record(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null) throw new Error("an object is needed");
  return body as Record<string, unknown>;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "null");
}
