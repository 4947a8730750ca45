// The stand-in's callbacks, handled by the package in workerd.

import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import type { Miniflare } from "miniflare";
import type { Handled, Outcome } from "twilio-destination";
import { type StandIn, startStandIn } from "../../host-shim/stand-in/index.js";
import { startWorker } from "../host/in-workerd.js";
import { checks, origin, type Subject, settings, standInOptions } from "./feedback.js";

const worker = `
  import { createDestination } from "twilio-destination";
  const host = { fetch: (url, init) => fetch(url, init), now: Date.now };
  const destination = createDestination(${JSON.stringify(settings)}, host);
  const all = [];
  export default {
    async fetch(call) {
      const { pathname, search } = new URL(call.url);
      if (pathname === "/events") return Response.json(await destination.send(await call.json()));
      if (pathname === "/handled") return Response.json(all);
      const body = new Uint8Array(await call.arrayBuffer());
      const { method, headers } = call;
      const url = ${JSON.stringify(origin)} + pathname + search;
      const handled = await destination.handle({ method, url, headers, body });
      all.push(handled);
      return new Response(null, { status: handled.httpStatus });
    },
  };
`;

describe("callbacks in workerd:", () => {
  let standIn: StandIn;
  let miniflare: Miniflare;
  let local: string;

  before(async () => {
    // The Worker's address is known once it runs, and the stand-in's once it does.
    const routes: Record<string, string> = {};
    standIn = await startStandIn({ ...standInOptions(""), callbackRoutes: routes });
    miniflare = await startWorker(worker, {
      outboundService: { external: { address: new URL(standIn.url).host, http: {} } },
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        stdout.resume();
        stderr.resume();
      },
    });
    local = (await miniflare.ready).origin;
    routes[origin] = local;
  });
  after(async () => {
    await miniflare?.dispose();
    await standIn?.close();
  });

  const subject: Subject = {
    get standIn() {
      return standIn;
    },
    async send(event) {
      const body = JSON.stringify(event);
      const answer = await miniflare.dispatchFetch(`${local}/events`, { method: "POST", body });
      assert.equal(answer.status, 200, "the worker threw");
      return (await answer.json()) as Outcome[];
    },
    async handled() {
      return (await (await miniflare.dispatchFetch(`${local}/handled`)).json()) as Handled[];
    },
    async post(path, form, signature) {
      const headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
      };
      const body = form.toString();
      return (await miniflare.dispatchFetch(local + path, { method: "POST", headers, body }))
        .status;
    },
  };

  for (const { name, check } of checks) it(name, () => check(subject));
});
