import assert from "node:assert/strict";
import { request } from "node:http";
import test from "node:test";
import { ManualClock } from "../../host-shim/stand-in/index.js";
import { ask, create, FROM, start, TO } from "./support.js";

const clock = new ManualClock();
const standIn = await start({ clock });
const JSON_TYPE = { "content-type": "application/json" };
const url = (what: string): string => `${standIn.url}/__control/${what}`;
const post = (what: string, body: unknown): ReturnType<typeof ask> =>
  ask("POST", url(what), JSON_TYPE, JSON.stringify(body));

test("faults can be queued and taken back", async () => {
  assert.deepEqual((await post("faults", "429")).body, { pending: 1 });
  assert.deepEqual((await post("faults", [{ preset: "503-lost", times: 2 }, "500-lost"])).body, {
    pending: 3,
  });
  assert.equal((await create(standIn)).status, 429);
  assert.deepEqual((await ask("GET", url("faults"), {})).body, { pending: 2 });
  assert.deepEqual((await ask("DELETE", url("faults"), {})).body, { pending: 0 });
  assert.equal((await create(standIn)).status, 201);
  const bad = await post("faults", "nonsense");
  assert.deepEqual([bad.status, bad.body.error], [400, "unknown fault `nonsense`"]);
});

test("deliveries, clock, list lag and inbound texts", async () => {
  await post("deliveries", { script: "failed" });
  await create(standIn);
  await post("clock", { advance: 1000 });
  assert.equal(standIn.messages.at(-1)?.status, "failed");
  assert.deepEqual((await post("settings", { listLag: 700 })).body, { listLag: 700 });
  assert.equal(standIn.listLag, 700);
  await post("inbound", { from: TO, to: FROM, body: "STOP" });
  assert.equal((await create(standIn)).body.code, 21610);
  await post("inbound", { from: TO, to: FROM, body: "START" });
  assert.equal((await create(standIn)).status, 201);
});

test("what happened can be read", async () => {
  const read = async (what: string): Promise<unknown[]> =>
    JSON.parse((await ask("GET", url(what), {})).text) as unknown[];
  assert.equal((await read("messages")).length, standIn.messages.length);
  assert.equal((await read("requests")).length, standIn.requests.length);
  assert.equal((await read("callbacks")).length, standIn.callbacks.length);
  assert.equal((await ask("GET", url("nonsense"), {})).status, 404);
  assert.ok(!JSON.stringify(standIn.requests).includes("Basic "));
});

test("bad input is refused", async () => {
  assert.equal((await post("deliveries", null)).status, 400);
  assert.equal((await post("deliveries", { script: "nonsense" })).status, 400);
  assert.equal((await post("clock", { advance: "soon" })).status, 400);
  assert.equal((await post("nonsense", {})).status, 400);
  assert.equal((await ask("POST", url("faults"), JSON_TYPE, "{")).status, 400);
  assert.equal((await ask("PUT", url("faults"), JSON_TYPE, "{}")).status, 405);
});

test("a web page cannot reach it", async () => {
  assert.equal(
    (await ask("POST", url("faults"), { "content-type": "text/plain" }, '"429"')).status,
    415,
  );
  const status = await new Promise((resolve) => {
    request(url("faults"), { headers: { host: "rebound.example.com" } }, (response) =>
      resolve(response.resume().statusCode),
    ).end();
  });
  assert.equal(status, 403);
  assert.equal(standIn.faults.pending, 0);
});
