// What a process was at work on when it died, begun again by the next with the same journal: in
// virtual time, with the real core.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { apply, createDestination, type Outcome, type Store, takeOver } from "twilio-destination";
import { fileJournal, type Journal } from "twilio-destination/journal";
import { freshPath } from "../stores/paths.js";

const settings = {
  account_sid: `AC${"1".repeat(32)}`,
  auth_token: "1".repeat(32),
  from: "+447700900000",
  delivery: { list_lag_seconds: 10 },
};

const row = { to: "+447700900123", body: "Row 1" };
const never = new Promise<never>(() => {});

/** What Twilio does with a request to create a message; it may never answer. */
type Create = (make: () => Response) => Response | Promise<Response>;

/** A machine on which one process after the other sends the same row. */
class Machine {
  readonly #path = freshPath();
  readonly #begun = Date.UTC(2026, 4, 4);
  #now = this.#begun;
  #journal: Journal | undefined;
  /** When each message was created, in milliseconds since the start. */
  readonly created: number[] = [];

  get passed(): number {
    return this.#now - this.#begun;
  }

  /** Sends until `create` or `store` answer no more, then kills the process. */
  async liveAndDie(create: Create, store = (journal: Journal): Store => journal): Promise<void> {
    const stuck = new Promise<void>((resolve) => {
      this.#stuck = resolve;
    });
    void this.#send(create, store);
    await stuck;
    // What it does from now on reaches no journal.
    await this.#journal?.close();
  }

  /** Sends until it is over. */
  async live(takesOver = true): Promise<Outcome | undefined> {
    const [outcome] = await this.#send((make) => make(), undefined, takesOver);
    await this.#journal?.close();
    return outcome;
  }

  /** Marks where a process dies. */
  stay = async (): Promise<never> => {
    this.#stuck();
    return await never;
  };

  #stuck = (): void => {};

  async #send(
    create: Create,
    store = (journal: Journal): Store => journal,
    takesOver = true,
  ): Promise<Outcome[]> {
    const now = () => this.#now;
    const options = { apply, now, ...(takesOver && { takeOver }) };
    const journal = await fileJournal(this.#path, options);
    this.#journal = journal;
    const wait = async (ms: number) => {
      this.#now += Math.max(ms, 0);
    };
    const fetch = async (_: string, init: RequestInit) => {
      if (init.method === "GET") return Response.json({ messages: this.#listed() });
      return await create(() => {
        this.created.push(this.passed);
        return Response.json(
          { sid: sidOf(1), status: "queued", num_segments: "1" },
          { status: 201 },
        );
      });
    };
    const destination = createDestination(settings, { fetch, now, wait, store: store(journal) });
    return await destination.send(row, { row: true, place: { run: "r", row: 1 } });
  }

  #listed(): object[] {
    return this.created.map((at, index) => ({
      ...row,
      sid: sidOf(index + 1),
      status: "sent",
      direction: "outbound-api",
      from: settings.from,
      date_created: new Date(this.#begun + at).toUTCString().replace("GMT", "+0000"),
      num_media: "0",
      num_segments: "1",
    }));
  }
}

const sidOf = (number: number) => `SM${String(number).padStart(32, "0")}`;

describe("a row whose process died", () => {
  it("before its request was allowed is sent at once by the next process", async () => {
    const machine = new Machine();
    const dying = (journal: Journal): Store => ({
      update: (key, operation) =>
        JSON.stringify(operation).includes('"dispatch"')
          ? machine.stay()
          : journal.update(key, operation),
    });
    await machine.liveAndDie((make) => make(), dying);
    assert.equal((await machine.live())?.type, "sent");
    assert.deepEqual(machine.created, [0]);
  });

  it("waits for the lease where nobody says that the process is gone", async () => {
    const machine = new Machine();
    const dying = (journal: Journal): Store => ({
      update: (key, operation) =>
        JSON.stringify(operation).includes('"dispatch"')
          ? machine.stay()
          : journal.update(key, operation),
    });
    await machine.liveAndDie((make) => make(), dying);
    assert.equal((await machine.live(false))?.type, "sent");
    assert.deepEqual(machine.created, [60_000]);
  });

  it("after its message was created is found in Twilio's list within seconds", async () => {
    const machine = new Machine();
    await machine.liveAndDie((make) => {
      make();
      return machine.stay();
    });
    const outcome = await machine.live();
    assert.equal(outcome?.type, "sent");
    assert.equal(machine.created.length, 1);
    assert.ok(machine.passed <= 2_000, `${machine.passed} ms`);
  });

  it("before Twilio got the request is sent once Twilio cannot be at work on it any more", async () => {
    const machine = new Machine();
    await machine.liveAndDie(() => machine.stay());
    const outcome = await machine.live();
    assert.equal(outcome?.type, "sent");
    const [created = 0, ...more] = machine.created;
    assert.deepEqual(more, []);
    // The start of the request, its time limit, what Twilio may take after that, and the list's lag.
    assert.ok(created >= 10_000 + 10_000 + 30_000 + 10_000, `${created} ms`);
  });

  it("while it gave Twilio time is not sent before that is over", async () => {
    const machine = new Machine();
    let asked = 0;
    const busy = () => {
      const headers = { "Retry-After": "600" };
      return Response.json({ code: 20429, message: "", status: 429 }, { status: 429, headers });
    };
    const dying = (journal: Journal): Store => ({
      update: async (key, operation) => {
        const answer = await journal.update(key, operation);
        return JSON.stringify(operation).includes('"refused"') ? machine.stay() : answer;
      },
    });
    await machine.liveAndDie(() => {
      asked += 1;
      return busy();
    }, dying);
    assert.equal(asked, 1);
    assert.equal((await machine.live())?.type, "sent");
    assert.ok((machine.created[0] ?? 0) >= 600_000, `${machine.created[0]} ms`);
  });
});
