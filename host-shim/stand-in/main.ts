#!/usr/bin/env node
import { parseArgs } from "node:util";
import {
  type DeliveryName,
  deliveryScripts,
  faultPresets,
  sampleAccounts,
  startStandIn,
} from "./index.js";

const HELP = `A stand-in for Twilio's Messages API on this machine. Nothing is sent and nothing is billed.

  --port N          port to listen on (4010)
  --seed N          the same seed gives the same SIDs (1)
  --list-lag MS     created messages appear in the list only after MS milliseconds (0)
  --delivery NAME   what becomes of messages: ${Object.keys(deliveryScripts).join(", ")}
  --route FROM=TO   post callbacks for origin FROM to the local origin TO; may be repeated
  --show            print the sample accounts' SIDs and tokens, which open nothing at Twilio
  --help

Faults: POST /__control/faults with a JSON name, or [[fault:NAME]] in a message's text. Names:
  ${Object.keys(faultPresets).join(" ")}
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4010" },
      seed: { type: "string", default: "1" },
      "list-lag": { type: "string", default: "0" },
      delivery: { type: "string", default: "delivered" },
      route: { type: "string", multiple: true, default: [] },
      show: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const standIn = await startStandIn({
    port: wholeNumber("port", values.port),
    seed: wholeNumber("seed", values.seed),
    listLag: wholeNumber("list-lag", values["list-lag"]),
    delivery: values.delivery as DeliveryName,
    callbackRoutes: Object.fromEntries(values.route.map(route)),
    log: (line) => console.log(line),
  });
  console.log(
    `stand-in for Twilio at ${standIn.url} (this machine only; nothing is sent or billed)`,
  );
  for (const [name, { sid, authToken }] of Object.entries(sampleAccounts)) {
    if (values.show) console.log(`  ${name}: account SID ${sid}, auth token ${authToken}`);
  }
  if (!values.show)
    console.log("  sample accounts live, trial and test; --show prints their SIDs and tokens");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.log(
        `${signal}: stopping after ${standIn.requests.length} requests, ${standIn.messages.length} messages`,
      );
      void standIn.close();
    });
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name}: \`${text}\` is not a whole number`);
  return Number(text);
}

function route(text: string): [string, string] {
  const [from, to, ...rest] = text.split("=");
  if (!from || !to || rest.length > 0)
    throw new Error(`--route: \`${text}\` is not of the form FROM=TO`);
  return [from, to];
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
