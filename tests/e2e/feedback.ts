// What must come of the stand-in's webhooks, wherever the destination runs.

import assert from "node:assert/strict";
import type { Handled, Outcome, Settings } from "twilio-destination";
import {
  type AccountOptions,
  type StandIn,
  type StandInOptions,
  sampleAccounts,
} from "../../host-shim/stand-in/index.js";
import { eventOf, recipient, sender, settingsOf } from "./endings.js";

/** The origin that Twilio is told to call. */
export const origin = "https://hooks.example.com";

const service = `MG${"1".repeat(32)}`;

const account: AccountOptions = {
  ...sampleAccounts.live,
  services: [{ sid: service, senders: [sender], inboundUrl: `${origin}/inbound` }],
};

/** A stand-in whose webhooks come to `local`. */
export function standInOptions(local: string): StandInOptions {
  return { seed: 1, accounts: [account], callbackRoutes: { [origin]: local } };
}

export const settings: Settings = {
  ...settingsOf({}),
  status_callback: `${origin}/status?x=a%2Fb%20c`,
  delivery: { callback_parameter: "claim" },
};

/** The destination under test, wherever it is; its store lasts for all checks. */
export interface Subject {
  readonly standIn: StandIn;
  send(event: object): Promise<Outcome[]>;
  /** What came of the webhooks so far. */
  handled(): Promise<readonly Handled[]>;
  /** Posts a form to it as Twilio would, and gives the status of the answer. */
  post(path: string, form: URLSearchParams, signature: string): Promise<number>;
}

interface Check {
  readonly name: string;
  check(subject: Subject): Promise<void>;
}

let events = 0;

function newEvent(): { messageId: string } {
  events += 1;
  return { ...eventOf({}), messageId: `feedback-${events}` };
}

async function sendOne(subject: Subject, event: object = newEvent()): Promise<Outcome> {
  const [outcome] = await subject.send(event);
  assert.ok(outcome !== undefined);
  return outcome;
}

/** Outcomes of the event begun again: always a duplicate, with how it ended first. */
async function firstOf(subject: Subject, event: object) {
  const outcome = await sendOne(subject, event);
  assert.ok(outcome.type === "dropped" && outcome.reason.code === "duplicate", outcome.type);
  return outcome.first;
}

function lists({ standIn }: Subject): number {
  return standIn.requests.filter(({ method }) => method === "GET").length;
}

function created({ standIn }: Subject): number {
  return standIn.messages.filter(({ direction }) => direction === "outbound-api").length;
}

/** A status goes through its steps in any order and more than once: the last of them holds. */
async function settles(subject: Subject, script: "out-of-order" | "duplicated") {
  subject.standIn.deliver(script, recipient);
  const event = newEvent();
  assert.equal((await sendOne(subject, event)).type, "sent");
  await subject.standIn.idle();
  const first = await firstOf(subject, event);
  assert.equal(first?.as, "sent");
  assert.equal(first?.status, "delivered");
}

export const checks: readonly Check[] = [
  {
    name: "statuses in the wrong order come to the last of them",
    check: (subject) => settles(subject, "out-of-order"),
  },
  {
    name: "statuses that come twice count once",
    async check(subject) {
      const before = (await subject.handled()).length;
      await settles(subject, "duplicated");
      const handled = (await subject.handled()).slice(before);
      assert.equal(handled.length, 7);
      assert.ok(handled.every(({ recorded, httpStatus }) => recorded && httpStatus === 204));
      assert.equal(handled.filter(({ news }) => news).length, 3);
    },
  },
  {
    name: "a callback before a reply that is lost: sent, and nothing is looked up",
    async check(subject) {
      const { standIn } = subject;
      const before = { lists: lists(subject), created: created(subject) };
      standIn.deliver("delivered", recipient);
      standIn.faults.add({ match: { method: "POST" }, hold: 500, wire: "reset" });
      const event = newEvent();
      const outcome = await sendOne(subject, event);
      assert.ok(outcome.type === "sent", JSON.stringify(outcome));
      assert.equal(outcome.reply.code, "reported");
      assert.equal(outcome.reply.sid, standIn.messages.at(-1)?.sid);
      assert.equal(created(subject), before.created + 1);
      assert.equal(lists(subject), before.lists);
      assert.equal((await firstOf(subject, event))?.sid, outcome.reply.sid);
    },
  },
  {
    name: "a callback that comes while the message is unclear: sent, and nothing is looked up",
    async check(subject) {
      const { standIn } = subject;
      const before = { lists: lists(subject), created: created(subject) };
      standIn.deliver([{ status: "sent", after: 300 }], recipient);
      standIn.faults.add("reset-created");
      const outcome = await sendOne(subject);
      assert.ok(outcome.type === "sent", JSON.stringify(outcome));
      assert.equal(outcome.reply.code, "reported");
      assert.deepEqual(
        { lists: lists(subject), created: created(subject) },
        { lists: before.lists, created: before.created + 1 },
      );
    },
  },
  {
    name: "STOP keeps the next message back, and START lets it through",
    async check(subject) {
      const { standIn } = subject;
      const before = created(subject);
      await standIn.receive({ from: recipient, to: sender, body: "stop" });
      const [stop] = (await subject.handled()).slice(-1);
      assert.equal(stop?.opted?.type, "opted_out");
      assert.equal(stop?.opted?.number, null);
      const kept = await sendOne(subject);
      assert.ok(kept.type === "dropped" && kept.reason.code === "recipient_suppressed");
      assert.equal(created(subject), before);
      await standIn.receive({ from: recipient, to: sender, body: "START" });
      assert.equal((await sendOne(subject)).type, "sent");
      await standIn.idle();
    },
  },
  {
    name: "what Twilio did not sign changes nothing",
    async check(subject) {
      const { standIn } = subject;
      const local = standIn.callbacks.at(-1);
      assert.ok(local !== undefined);
      const form = new URLSearchParams({
        From: recipient,
        To: sender,
        Body: "STOP",
        MessageSid: `SM${"9".repeat(32)}`,
        SmsStatus: "received",
        NumMedia: "0",
      });
      assert.equal(await subject.post("/inbound", form, local.signature), 403);
      assert.equal((await sendOne(subject)).type, "sent");
      await standIn.idle();
    },
  },
];
