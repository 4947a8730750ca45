// The built package against the stand-in, over real sockets.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createDestination } from "twilio-destination";
import { startStandIn } from "../../host-shim/stand-in/index.js";
import { check } from "./check.js";
import {
  type Ending,
  endings,
  eventOf,
  forOneRequest,
  magicEndings,
  redirectTo,
  seen,
  settingsOf,
} from "./endings.js";

const standIn = await startStandIn();
after(() => standIn.close());

const host = { fetch: redirectTo(standIn.url, fetch), now: Date.now };

describe("a message ends in Node with", () => {
  for (const ending of [...endings, ...magicEndings()]) {
    it(ending.name, () =>
      check(ending, standIn, "node", (settings, event) =>
        createDestination(settings, host).send(event, forOneRequest()),
      ),
    );
  }

  it("a refused connection: certainly not sent", async () => {
    const gone = await startStandIn();
    await gone.close();
    const destination = createDestination(settingsOf({}), {
      fetch: redirectTo(gone.url, fetch),
      now: Date.now,
    });
    const [outcome] = await destination.send(eventOf({}), forOneRequest());
    assert.ok(outcome?.type === "deferred");
    assert.equal(outcome.reply?.code, "connect_failed");
  });

  it("a message that Twilio creates only after the time limit: unknown, and not repeated", async () => {
    const slow: Ending = {
      name: "",
      settings: { request_timeout_ms: 1000 },
      expected: [],
      requests: 1,
      created: 1,
    };
    const before = seen(standIn);
    standIn.faults.add({ delay: 1500 });
    const [outcome] = await createDestination(settingsOf(slow), host).send(
      eventOf(slow),
      forOneRequest(),
    );
    assert.ok(outcome?.type === "unknown");
    assert.equal(outcome.reply.code, "timeout");
    assert.equal(seen(standIn).created, before.created);
    while (seen(standIn).requests === before.requests) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(seen(standIn), {
      requests: before.requests + 1,
      created: before.created + 1,
    });
  });
});
