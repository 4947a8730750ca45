// Sends the samples to a stand-in and shows for each what was decided, sent, answered and concluded.

import { readFileSync } from "node:fs";
import { createDestination, type Outcome, type Settings, type Step } from "twilio-destination";
import { type PresetName, type StandIn, sampleAccounts } from "../stand-in/index.js";
import { describeDecision, describeOutcome, describeStep, line, plural } from "./describe.js";
import type { Paint } from "./paint.js";
import { redirectTo } from "./redirect.js";

/** A sample event and how it has to end. */
interface Sample {
  readonly title: string;
  /** What happens at the stand-in before: the recipient texts something, or a fault is prepared. */
  readonly before?: { readonly receive?: string; readonly fault?: PresetName };
  readonly event: {
    readonly type: string;
    readonly event: string;
    readonly userId: string;
    readonly properties: { readonly phone: string };
  };
  readonly expect: {
    readonly type: Outcome["type"];
    /** The code of the drop reason or of the reply. */
    readonly code: string;
    /** How many messages exist at the stand-in because of it. */
    readonly created: number;
    /** How many requests that takes; one for each message if absent. */
    readonly requests?: number;
  };
}

/** Where the demonstration takes place. */
export interface Scene {
  readonly standIn: StandIn;
  readonly print: (line: string) => void;
  readonly paint: Paint;
}

/** Resolves to whether every sample ended as it has to. */
export async function demonstrate(scene: Scene): Promise<boolean> {
  const { standIn, print, paint } = scene;
  const { sid, authToken } = sampleAccounts.live;
  const given = readJson<Omit<Settings, "account_sid">>("settings.json");
  const settings: Settings = { ...given, account_sid: sid, auth_token: authToken };
  print("Making a destination of host-shim/demo/settings.json");
  const destination = createDestination(settings, {
    fetch: redirectTo(standIn.url, fetch),
    now: Date.now,
  });

  const samples = readJson<Sample[]>("samples.json");
  print(`Sending ${plural(samples.length, "event")} of host-shim/demo/samples.json`);
  let failures = 0;
  for (const [index, sample] of samples.entries()) {
    print(`\n${paint.strong(`${index + 1}. ${sample.title}`)}`);
    await prepare(sample, settings, scene);
    const { type, event, userId, properties } = sample.event;
    print(line("event", `${type} "${event}" of ${userId}, phone ${properties.phone}`));

    const before = { messages: outbound(standIn), requests: standIn.requests.length };
    const { decisions } = destination.preview(sample.event);
    for (const decision of decisions) print(describeDecision(decision, paint).join("\n"));
    const onStep = (step: Step, now: number) => describeStep(step, now).forEach(print);
    const outcomes = await destination.send(sample.event, { onStep });
    for (const outcome of outcomes) print(describeOutcome(outcome, paint).join("\n"));

    const created = outbound(standIn) - before.messages;
    const requests = standIn.requests.length - before.requests;
    print(
      line("stand-in", `${plural(requests, "request")}, ${plural(created, "message")} created`),
    );
    const sends = decisions.filter((decision) => decision.type === "send").length;
    const wanted = sample.expect.requests ?? sends;
    const ended = outcomes.map((outcome) => `${outcome.type}: ${codeOf(outcome)}`).join(", ");
    const { expect } = sample;
    const asItShould =
      ended === `${expect.type}: ${expect.code}` &&
      created === expect.created &&
      requests === wanted;
    if (!asItShould) {
      failures += 1;
      const should = `${expect.type}: ${expect.code}, ${plural(wanted, "request")}`;
      const text = `it should have ended ${should}, ${plural(expect.created, "message")} created`;
      print(paint.bad(line("WRONG", text)));
    }
  }

  const good = samples.length - failures;
  const summary = `${good} of ${plural(samples.length, "event")} ended as it should`;
  print(`\n${failures === 0 ? paint.good(summary) : paint.bad(summary)}`);
  return failures === 0;
}

async function prepare({ before, event }: Sample, settings: Settings, scene: Scene): Promise<void> {
  const { standIn, print } = scene;
  if (before?.receive !== undefined) {
    const { phone: from } = event.properties;
    print(line("before", `the customer texts ${before.receive} to ${settings.from}`));
    await standIn.receive({
      from: from.replaceAll(" ", ""),
      to: settings.from ?? "",
      body: before.receive,
    });
  }
  if (before?.fault !== undefined) {
    print(line("before", `the stand-in is told to fail so: ${before.fault}`));
    standIn.faults.add(before.fault);
  }
}

function outbound(standIn: StandIn): number {
  return standIn.messages.filter(({ direction }) => direction === "outbound-api").length;
}

function codeOf(outcome: Outcome): string {
  if (outcome.type === "dropped") return outcome.reason.code;
  return outcome.type === "deferred" ? outcome.code : outcome.reply.code;
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as T;
}
