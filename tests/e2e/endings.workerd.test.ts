// The built package in workerd, whose every outgoing connection leads to the stand-in.

import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import type { Miniflare } from "miniflare";
import type { Outcome, Settings } from "twilio-destination";
import { type StandIn, startStandIn } from "../../host-shim/stand-in/index.js";
import { startWorker } from "../host/in-workerd.js";
import { check } from "./check.js";
import { endings, magicEndings } from "./endings.js";

const worker = `
  import { createDestination } from "twilio-destination";
  const host = { fetch: (url, init) => fetch(url, init), now: Date.now };
  export default {
    async fetch(call) {
      const { settings, event } = await call.json();
      return Response.json(await createDestination(settings, host).send(event, { deadline: Date.now() + 1900 }));
    },
  };
`;

describe("a message ends in workerd with", () => {
  let standIn: StandIn;
  let miniflare: Miniflare;

  before(async () => {
    standIn = await startStandIn();
    miniflare = await startWorker(worker, {
      // Not a function of this process, which would turn a broken connection into a 500.
      outboundService: { external: { address: new URL(standIn.url).host, http: {} } },
      // workerd prints every broken connection with its stack; here they are broken on purpose.
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        stdout.resume();
        stderr.resume();
      },
    });
    await miniflare.ready;
  });
  after(async () => {
    await miniflare?.dispose();
    await standIn?.close();
  });

  async function send(settings: Settings, event: object): Promise<Outcome[]> {
    const call = { method: "POST", body: JSON.stringify({ settings, event }) };
    const answer = await miniflare.dispatchFetch("http://worker/", call);
    assert.equal(answer.status, 200, "the worker threw");
    return (await answer.json()) as Outcome[];
  }

  for (const ending of [...endings, ...magicEndings()]) {
    it(ending.name, () => check(ending, standIn, "workerd", send));
  }
});
