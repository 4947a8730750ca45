import type { IncomingMessage, ServerResponse } from "node:http";
import { type CallbackRecord, isLoopback } from "./callbacks.js";
import type { Click } from "./clicks.js";
import type { DeliveryName, DeliveryScript } from "./delivery-scripts.js";
import type { FaultSpec, Faults } from "./faults.js";
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
  click(opened: Click & { account?: string }): Promise<CallbackRecord | null>;
  advance(ms: number): void;
  reset(): void;
}

/**
 * `/__control/…`, for programs that do not run in this process. A POST takes JSON:
 * GET messages, requests, callbacks, faults · POST faults (one or a list), deliveries, clicks, inbound, settings, clock,
 * reset ·
 * DELETE faults.
 */
export async function control(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  target: ControlTarget,
): Promise<void> {
  const what = url.pathname.slice("/__control/".length);
  const { status, body } = await answer(request, what, target);
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

interface ControlAnswer {
  status: number;
  body: unknown;
}

async function answer(
  request: IncomingMessage,
  what: string,
  target: ControlTarget,
): Promise<ControlAnswer> {
  // A web page can reach this port, but can neither forge the Host header nor post JSON without being asked first.
  if (!isLocal(request.headers.host ?? "")) {
    return { status: 403, body: { error: "local requests only" } };
  }
  if (request.method === "GET") return show(what, target);
  if (request.method === "DELETE" && what === "faults") {
    target.faults.clear();
    return { status: 200, body: { pending: 0 } };
  }
  if (request.method !== "POST") return { status: 405, body: { error: "GET, POST or DELETE" } };
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    return { status: 415, body: { error: "a POST takes JSON" } };
  }
  try {
    return { status: 200, body: await change(what, await readJson(request), target) };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : "bad request" } };
  }
}

function isLocal(host: string): boolean {
  return URL.canParse(`http://${host}`) && isLoopback(new URL(`http://${host}`).hostname);
}

function show(what: string, target: ControlTarget): ControlAnswer {
  switch (what) {
    case "messages":
    case "requests":
    case "callbacks":
      return { status: 200, body: target[what] };
    case "faults":
      return { status: 200, body: { pending: target.faults.pending } };
    default:
      return { status: 404, body: { error: `nothing at \`${what}\`` } };
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
    case "clicks":
      return target.click(record(body) as unknown as Click);
    case "inbound":
      return target.receive(record(body) as unknown as InboundMessage);
    case "settings": {
      const { listLag } = record(body);
      if (typeof listLag === "number") target.listLag = listLag;
      return { listLag: target.listLag };
    }
    case "clock":
      target.advance(Number(record(body).advance));
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
