import { Agent, request } from "node:http";
import type { Account } from "./accounts.js";
import type { Ids } from "./ids.js";
import { signature } from "./signature.js";

/** One webhook that was due, posted or refused. */
export interface CallbackRecord {
  readonly kind: "click" | "inbound" | "status";
  readonly messageSid: string;
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly signature: string;
  /** The same for every repetition of one webhook. */
  readonly idempotencyToken: string;
  /** The receiver's HTTP status, or null when there was none. */
  status: number | null;
  /** Why it was not posted or not answered. */
  error: string | null;
}

/** How long a receiver may take, in milliseconds. */
const TIMEOUT = 15_000;

/** Posts webhooks as Twilio does, but only to this machine. */
export class Callbacks {
  readonly records: CallbackRecord[] = [];
  readonly #agent = new Agent();
  readonly #ids: Ids;
  readonly #routes: Readonly<Record<string, string>>;
  #posting = 0;
  #waiting: Array<() => void> = [];

  /** `routes` sends what is meant for a public origin to a local one; the signature covers the public URL. */
  constructor(ids: Ids, routes: Readonly<Record<string, string>>) {
    this.#ids = ids;
    this.#routes = routes;
  }

  /** A webhook ready to be posted, once or more often. */
  prepare(
    kind: CallbackRecord["kind"],
    account: Account,
    messageSid: string,
    url: string,
    params: Record<string, string>,
  ): CallbackRecord {
    // Twilio keeps connection settings in the fragment; it is neither sent nor signed.
    const signed = url.replace(/#.*$/s, "");
    return {
      kind,
      messageSid,
      url: signed,
      params,
      signature: signature(account.authToken, signed, params),
      idempotencyToken: this.#ids.idempotencyToken(),
      status: null,
      error: null,
    };
  }

  /** Posts a webhook and records how it ended. */
  async post(prepared: CallbackRecord): Promise<CallbackRecord> {
    const record = { ...prepared };
    this.records.push(record);
    const target = localTarget(record.url, this.#routes);
    if (typeof target === "string") {
      record.error = target;
      return record;
    }
    this.#posting += 1;
    try {
      record.status = await this.#send(target, record);
    } catch (error) {
      record.error = error instanceof Error ? error.message : String(error);
    } finally {
      this.#posting -= 1;
      if (this.#posting === 0) for (const done of this.#waiting.splice(0)) done();
    }
    return record;
  }

  /** Resolves when nothing is being posted. */
  idle(): Promise<void> {
    return this.#posting === 0
      ? Promise.resolve()
      : new Promise((done) => this.#waiting.push(done));
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(target: URL, record: CallbackRecord): Promise<number> {
    const body = new URLSearchParams(record.params).toString();
    return new Promise((resolve, reject) => {
      const outgoing = request(
        target,
        {
          method: "POST",
          agent: this.#agent,
          signal: AbortSignal.timeout(TIMEOUT),
          headers: {
            Host: new URL(record.url).host,
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "Content-Length": Buffer.byteLength(body),
            Accept: "*/*",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": record.signature,
            "I-Twilio-Idempotency-Token": record.idempotencyToken,
          },
        },
        (response) => {
          response.resume();
          response.on("end", () => resolve(response.statusCode ?? 0));
          response.on("error", reject);
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}

/** Where to post, or why not. */
function localTarget(url: string, routes: Readonly<Record<string, string>>): URL | string {
  if (!URL.canParse(url)) return "not a URL";
  const asked = new URL(url);
  const route = routes[asked.origin];
  const target = route === undefined ? asked : new URL(asked.pathname + asked.search, route);
  if (target.protocol !== "http:") return "only http: to this machine is posted to";
  return isLoopback(target.hostname) ? target : "not a loopback address";
}

/** True for names and addresses that cannot leave this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
