// A Twilio that says what the script has. It keeps no account and judges nothing.

import type { HttpResult } from "../../host-shim/perform.js";
import type { FetchRequest } from "../../host-shim/types.js";
import type { Reply } from "../lib/gallery.js";
import { created, type Script } from "./script.js";

/** How long a request takes, in milliseconds. */
const roundTrip = 150;

/** What came of a request, as a host reports it. */
export type Result = HttpResult | { readonly type: "ended" | "notStarted" };

/** An answer, and when it is there. */
export interface Answer {
  readonly result: Result;
  /** How long it took, in milliseconds. */
  readonly took: number;
}

/** Twilio, played by a script. */
export class PlayedTwilio {
  readonly #script: Script;
  #creates = 0;
  /** The last message that was asked for. */
  #asked: { readonly form: URLSearchParams; readonly at: number } | undefined;

  constructor(script: Script) {
    this.#script = script;
  }

  /** Answers a request that is made at `now`. */
  answer({ method, body }: FetchRequest, timeoutMs: number, now: number): Answer {
    if (method === "GET") return { result: this.#list(), took: roundTrip };
    const { first, after } = this.#script;
    const reply = this.#creates === 0 || after === "same" ? first : created.first;
    this.#creates += 1;
    const form = new URLSearchParams(body ?? "");
    this.#asked = { form, at: now };
    const result = isCreated(reply) ? this.#created(form) : resultOf(reply);
    const timedOut = reply.type === "failure" && reply.name === "TimeoutError";
    return { result, took: timedOut ? timeoutMs : roundTrip };
  }

  /**
   * What a status callback says of the message whose reply was unclear, and the claim that its
   * address names; nothing if none comes, or none that names a claim.
   */
  callback(): { claim: string; sid: string } | undefined {
    const address = this.#asked?.form.get("StatusCallback") ?? "";
    const claim = /=([0-9a-f]{32})$/.exec(address)?.[1];
    return this.#script.told && claim !== undefined ? { claim, sid: this.#sid() } : undefined;
  }

  #created(form: URLSearchParams): Result {
    const message = { ...this.#message(form), error_code: null, error_message: null };
    return response(201, JSON.stringify(message));
  }

  #list(): Result {
    const messages =
      this.#script.listed && this.#asked !== undefined
        ? [
            {
              ...this.#message(this.#asked.form),
              direction: "outbound-api",
              date_created: new Date(this.#asked.at).toUTCString().replace("GMT", "+0000"),
              num_media: String(this.#asked.form.getAll("MediaUrl").length),
            },
          ]
        : [];
    return response(200, JSON.stringify({ messages, next_page_uri: null }));
  }

  #sid(): string {
    return `SM${String(this.#creates).padStart(32, "0")}`;
  }

  #message(form: URLSearchParams) {
    return {
      sid: this.#sid(),
      status: "queued",
      to: form.get("To"),
      from: form.get("From"),
      messaging_service_sid: form.get("MessagingServiceSid"),
      body: form.get("Body"),
    };
  }
}

/** Whether a reply says no more than that the message was created. */
function isCreated(reply: Reply): boolean {
  return reply.type === "response" && reply.status === 201 && reply.body === undefined;
}

function response(status: number, body: string): Result {
  return { type: "response", status, headers: [], body, complete: true };
}

function resultOf(reply: Reply): Result {
  switch (reply.type) {
    case "response": {
      const { status, headers = [], body = "", complete = true } = reply;
      // A host gives names in lower case.
      const pairs = headers.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
      return { type: "response", status, headers: pairs, body, complete };
    }
    case "failure":
      return {
        type: "failure",
        name: reply.name,
        code: reply.code ?? null,
        syscall: reply.syscall ?? null,
      };
    default:
      return reply;
  }
}
