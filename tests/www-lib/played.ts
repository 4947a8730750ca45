// Plays what an example of tests/data/gallery says with the package itself: a store, a clock that
// its waits move, and a Twilio that follows the example's script. It is written apart from the
// page's stage, so that each shows the other's mistakes.

import { createHmac } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
  createDestination,
  type Destination,
  memoryStore,
  type Outcome,
  type Settings,
} from "twilio-destination";
import type { Script } from "../../www/lib/gallery.js";

/** An example in which more happens than one reply. */
export interface PlayedExample {
  readonly description: string;
  readonly settings: Settings;
  readonly now: string;
  readonly before?: readonly object[];
  readonly event: object;
  readonly script?: Script;
  readonly expect: {
    /** How the events before ended, each. */
    readonly before?: readonly Ending[][];
    readonly outcomes: readonly Ending[];
    /** How many requests were made that create a message. */
    readonly creates: number;
  };
}

/** How a message ended: its outcome and the code of it. */
export interface Ending {
  readonly type: string;
  readonly code: string;
}

/** What came of it: for each event its endings, and how many requests created or may have. */
export interface Result {
  readonly events: Ending[][];
  readonly creates: number;
}

/** The ending that an outcome is. */
export function endingOf(outcome: Outcome): Ending {
  if (outcome.type === "dropped") return { type: outcome.type, code: outcome.reason.code };
  if (outcome.type === "deferred") return { type: outcome.type, code: outcome.code };
  return { type: outcome.type, code: outcome.reply.code };
}

/** Sends the example's events, each again when it says so. */
export async function playWithPackage(example: PlayedExample): Promise<Result> {
  return await new Player(example).play();
}

class Player {
  readonly #example: PlayedExample;
  readonly #sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  readonly #now = () => this.#time;
  readonly #store = memoryStore({ now: this.#now });
  #time: number;
  #creates = 0;
  #asked: URLSearchParams | undefined;
  /** Ends the process: whoever waits for its requests waits in vain. */
  #crash: (() => void) | undefined;

  constructor(example: PlayedExample) {
    this.#example = example;
    this.#time = Date.parse(example.now);
  }

  async play(): Promise<Result> {
    const { before = [], event } = this.#example;
    const events: Promise<Ending[]>[] = [];
    for (const each of [...before, event]) {
      events.push(this.#toItsEnd(each));
      // It goes as far as it can before the next one comes.
      await this.#settle();
    }
    const all = Promise.all(events);
    let over = false;
    all.finally(() => {
      over = true;
    });
    for (;;) {
      await this.#settle();
      if (over) break;
      const next = this.#sleepers.sort((a, b) => a.until - b.until).shift();
      if (next === undefined) throw new Error("everybody waits for nothing");
      this.#time = Math.max(this.#time, next.until);
      next.wake();
    }
    return { events: await all, creates: this.#creates };
  }

  async #toItsEnd(event: object): Promise<Ending[]> {
    for (;;) {
      const destination = this.#destination();
      const crashed = new Promise<"crashed">((resolve) => {
        this.#crash = () => resolve("crashed");
      });
      const outcomes = await Promise.race([destination.send(event), crashed]);
      const [due] =
        outcomes === "crashed" ? [this.#time + 60_000] : outcomes.map(againAt).filter(Boolean);
      if (due === undefined || due === null) return (outcomes as Outcome[]).map(endingOf);
      await this.#wait(due - this.#time);
    }
  }

  #destination(): Destination {
    const host = {
      fetch: (url: string, init: { method: string; body?: string }) => this.#answer(url, init),
      now: this.#now,
      random: () => 0.5,
      store: this.#store,
      wait: async (ms: number) => {
        await this.#wait(ms);
        await this.#callBack();
      },
    };
    return createDestination(this.#example.settings, host as never);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ until: this.#time + ms, wake }));
  }

  /** Lets everything go on that waits for no time. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
  }

  async #answer(_url: string, { method, body }: { method: string; body?: string }) {
    const { script } = this.#example;
    if (method === "GET") return json(200, { messages: script?.listed ? [this.#message()] : [] });
    this.#creates += 1;
    this.#asked = new URLSearchParams(body);
    const reply = this.#creates === 1 || script?.after === "same" ? script?.first : undefined;
    if (reply?.type === "ended") {
      this.#crash?.();
      return await new Promise<never>(() => {});
    }
    if (reply?.type === "failure") {
      throw Object.assign(new TypeError("fetch failed"), { cause: { code: reply.code } });
    }
    if (reply?.type === "response") return new Response(reply.body ?? "", { status: reply.status });
    return json(201, this.#message());
  }

  #message() {
    return {
      sid: `SM${"1".repeat(32)}`,
      status: "queued",
      to: this.#asked?.get("To"),
      from: this.#asked?.get("From"),
      body: this.#asked?.get("Body"),
      direction: "outbound-api",
      num_media: "0",
      date_created: new Date(this.#time - 1000).toUTCString().replace("GMT", "+0000"),
    };
  }

  /** Posts the status callback of the message, signed, as often as there is time for it. */
  async #callBack(): Promise<void> {
    const url = this.#asked?.get("StatusCallback");
    if (this.#example.script?.told !== true || url == null) return;
    const form = { MessageSid: `SM${"1".repeat(32)}`, MessageStatus: "sent" };
    const signed = url + Object.entries(form).flat().join("");
    const token = this.#example.settings.auth_token ?? "";
    const signature = createHmac("sha1", token).update(signed).digest("base64");
    const headers = {
      "x-twilio-signature": signature,
      "content-type": "application/x-www-form-urlencoded",
    };
    const body = new URLSearchParams(form).toString();
    await this.#destination().handle({ method: "POST", url, headers, body });
  }
}

function againAt(outcome: Outcome): number | null {
  if (outcome.type === "deferred") return outcome.until;
  return outcome.type === "dropped" ? outcome.reason.until : outcome.againAt;
}

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status });
}
