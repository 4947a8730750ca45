// `npm start`: what the package does, shown on samples. It reaches no network but this machine's
// own, unless `--live` is given and somebody agrees.

import { createInterface } from "node:readline/promises";
import { parseArguments, type Signature, usage, wantsHelp } from "../cli/args.js";
import { Failure } from "../cli/exit.js";
import { faultPresets, type PresetName, sampleAccounts, startStandIn } from "../stand-in/index.js";
import { demonstrate } from "./demonstrate.js";
import { sendLive } from "./live.js";
import { paintFor } from "./paint.js";

const signature: Signature = {
  helpWith: "npm start -- --help",
  options: [
    { name: "once", help: "end after the samples" },
    { name: "port", value: "N", help: "the stand-in's port" },
    { name: "fault", value: "NAME", help: "how the stand-in fails at the first request" },
    { name: "live", help: "send one message to Twilio itself" },
  ],
};

const help = `Sends sample events to a local stand-in for Twilio and shows what becomes of each.

Usage: npm start -- [OPTION…]

  --once         end after the samples, with exit code 0 only if each ended as it should
  --port N       the stand-in's port; any free one if it is left out
  --fault NAME   let the stand-in fail at the first request, to see what becomes of the message
  --live         send one message to Twilio itself, after asking. It needs in the environment
                 TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN (or TWILIO_API_KEY_SID and
                 TWILIO_API_KEY_SECRET), TWILIO_FROM and TWILIO_TO
  --help         show this text

Faults: ${Object.keys(faultPresets).join(", ")}
`;

const print = (line: string) => void process.stdout.write(`${line}\n`);
const paint = paintFor(process.stdout, process.env);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

async function main(args: readonly string[]): Promise<number> {
  if (wantsHelp(args)) {
    print(help);
    return 0;
  }
  const { options } = parseArguments(args, signature);
  if (options.has("live")) return (await live()) ? 0 : 1;

  const port = options.get("port") ?? "0";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw usage("`--port` is no port", signature);
  const fault = options.get("fault");
  if (fault !== undefined && !Object.hasOwn(faultPresets, fault)) {
    throw usage(`there is no fault \`${fault}\``, signature);
  }
  print("Starting a stand-in for Twilio");
  let staying = false;
  const standIn = await startStandIn({
    port: Number(port),
    log: (line) => {
      if (staying) print(line);
    },
  });
  print(`It listens at ${standIn.url}; nothing is sent to anybody and nothing is billed`);
  if (fault !== undefined) standIn.faults.add(fault as PresetName);
  try {
    const good = await demonstrate({ standIn, print, paint });
    if (!options.has("once")) {
      staying = true;
      await stay(standIn.url);
    }
    return good ? 0 : 1;
  } finally {
    await standIn.close();
  }
}

/** Leaves the stand-in to whoever wants to try it, until Ctrl-C. */
async function stay(url: string): Promise<void> {
  const { sid, authToken } = sampleAccounts.live;
  print(`
The stand-in stays at ${url} until you press Ctrl-C. To send it a message yourself:

  curl --user ${sid}:${authToken} \\
    --data-urlencode To=+447700900123 \\
    --data-urlencode From=+14155551234 \\
    --data-urlencode Body=Hello \\
    ${url}/2010-04-01/Accounts/${sid}/Messages.json

A Body with [[fault:reset-created]] or another fault brings that fault; --help lists them.
What it was sent: ${url}/__control/messages
To send to it with the package, give createDestination the fetch of host-shim/demo/redirect.ts.
`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  print("Stopping");
}

async function live(): Promise<boolean> {
  const { stdin: input, stdout: output } = process;
  const ask = async (question: string) => {
    const terminal = createInterface({ input, output });
    try {
      return await terminal.question(question);
    } catch (error) {
      // Ctrl-C and Ctrl-D are answers too: no.
      if ((error as NodeJS.ErrnoException).code !== "ABORT_ERR") throw error;
      print("");
      return "";
    } finally {
      terminal.close();
    }
  };
  const somebody = input.isTTY && output.isTTY;
  const scene = { environment: process.env, fetch, print, paint };
  return sendLive({ ...scene, ask: somebody ? ask : undefined });
}
