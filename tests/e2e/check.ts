import assert from "node:assert/strict";
import type { Outcome, Settings } from "twilio-destination";
import { type StandIn, sampleAccounts } from "../../host-shim/stand-in/index.js";
import {
  comparable,
  type Ending,
  eventOf,
  recipient,
  seen,
  sender,
  settingsOf,
} from "./endings.js";

/** Sends an event with settings, wherever the runtime under test is. */
export type Send = (settings: Settings, event: object) => Promise<Outcome[]>;

/** Brings an ending about and compares both sides of it: what is reported, and what came to be. */
export async function check(
  ending: Ending,
  standIn: StandIn,
  runtime: "node" | "workerd",
  send: Send,
): Promise<void> {
  standIn.reset();
  if (ending.fault !== undefined) standIn.faults.add(ending.fault);
  const before = seen(standIn);
  const outcomes = await send(settingsOf(ending), eventOf(ending));

  assert.equal(outcomes.length, ending.expected.length);
  for (const [index, expected] of ending.expected.entries()) {
    const outcome = outcomes[index];
    assert.ok(outcome !== undefined);
    const { type, code, httpStatus, twilioCode, wait } = comparable(outcome);
    const wanted =
      runtime === "workerd" ? (expected.codeInWorkerd ?? expected.code) : expected.code;
    assert.deepEqual(
      { type, code, httpStatus, twilioCode },
      {
        type: expected.type,
        code: wanted,
        httpStatus: expected.httpStatus ?? null,
        twilioCode: expected.twilioCode === undefined ? twilioCode : expected.twilioCode,
      },
    );
    checkWait(wait, expected.wait);
  }
  checkSecrets(JSON.stringify(outcomes));

  assert.equal(standIn.faults.pending, 0, "the fault did not strike");
  const after = seen(standIn);
  assert.deepEqual(
    { requests: after.requests - before.requests, created: after.created - before.created },
    { requests: ending.requests, created: ending.created },
  );
}

type Wait = readonly [number, number] | null;

function checkWait(wait: Wait, expected: Wait | undefined): void {
  if (expected === undefined) return;
  if (expected === null || wait === null) {
    assert.equal(wait, expected);
    return;
  }
  const [least, most] = expected;
  assert.ok(wait[0] >= least && wait[0] <= most, `waits ${wait[0]} ms`);
}

/** Outcomes are logged and stored by hosts: no number and no credential may stand in them. */
function checkSecrets(text: string): void {
  const tokens = Object.values(sampleAccounts).map(({ authToken }) => authToken);
  for (const secret of [
    recipient.slice(1),
    sender.slice(1),
    ...tokens.map((token) => `"${token}`),
  ]) {
    assert.ok(!text.includes(secret), "an outcome holds a number or a token");
  }
}
