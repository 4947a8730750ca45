// One real message, to whoever asks for it: shown first, sent only after a yes.

import {
  createDestination,
  type Destination,
  type Fetch,
  type Settings,
  SettingsError,
} from "twilio-destination";
import { completeCredentials } from "../cli/credentials.js";
import { describeDecision, describeOutcome } from "./describe.js";
import type { Paint } from "./paint.js";

/** What sending for real needs. */
export interface LiveScene {
  readonly environment: NodeJS.ProcessEnv;
  readonly fetch: Fetch;
  /** Puts a question to somebody; `undefined` if nobody is there to answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly print: (line: string) => void;
  readonly paint: Paint;
}

/** Resolves to whether the message was sent. */
export async function sendLive(scene: LiveScene): Promise<boolean> {
  const { environment, print, paint, ask } = scene;
  const { TWILIO_FROM: from, TWILIO_TO: to } = environment;
  const missing = [
    ...(from ? [] : ["TWILIO_FROM, a sender of your account"]),
    ...(to ? [] : ["TWILIO_TO, your own number"]),
  ];
  if (!from || !to) {
    print(`Nothing was sent. Set in the environment: ${missing.join("; ")}.`);
    return false;
  }
  const destination = open(from, to, scene);
  if (destination === undefined) return false;

  const event = { type: "track", event: "Live Test", properties: { phone: to } };
  const [decision] = destination.preview(event).decisions;
  if (decision === undefined) return false;
  print(paint.strong("This would be sent to Twilio itself: one real text, which Twilio bills."));
  print(describeDecision(decision, paint).join("\n"));
  if (decision.type === "drop") return false;
  if (ask === undefined) {
    print("Nothing was sent: there is no terminal to ask on.");
    return false;
  }
  const answer = await ask("Type send to send it; anything else sends nothing: ");
  if (answer.trim() !== "send") {
    print("Nothing was sent.");
    return false;
  }
  const outcomes = await destination.send(event);
  for (const outcome of outcomes) print(describeOutcome(outcome, paint).join("\n"));
  return outcomes.every(({ type }) => type === "sent");
}

function open(
  from: string,
  to: string,
  { environment, fetch, print }: LiveScene,
): Destination | undefined {
  const { settings } = completeCredentials(
    {
      from,
      only_to: [to],
      mappings: [
        {
          name: "live test",
          trigger: "Live Test",
          to: "$.properties.phone",
          body: "This is the test message of twilio-destination that you asked for.",
        },
      ],
    },
    environment,
  );
  try {
    return createDestination(settings as unknown as Settings, { fetch, now: Date.now });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    print("Nothing was sent. The environment does not make settings:");
    for (const { path, cause, fix } of error.problems) print(`  ${path}: ${cause} ${fix}`);
    return undefined;
  }
}
