// Sending to a stand-in for Twilio on this machine, which nothing but the environment can ask for.

import type { Fetch } from "../perform.js";
import { exitCode, Failure } from "./exit.js";

/** The environment variable that names the stand-in's origin. */
export const standInVariable = "TWILIO_STAND_IN";

/**
 * The stand-in that the environment names, if it does. Only this machine can be one: credentials go
 * wherever the requests do.
 */
export function standInOf(environment: NodeJS.ProcessEnv): string | undefined {
  const given = environment[standInVariable];
  if (given === undefined || given === "") return undefined;
  if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}\/?$/.test(given)) {
    const wanted = "an origin of this machine, such as http://127.0.0.1:4010";
    throw new Failure(exitCode.usage, `\`${standInVariable}\` is not ${wanted}`);
  }
  return given.replace(/\/$/, "");
}

/**
 * A `fetch` that goes to a stand-in instead of Twilio. Only the origin is replaced, and no other
 * origin is reached.
 */
export function redirectTo(standIn: string, fetch: Fetch): Fetch {
  return async (url, init) => {
    const [, path] = /^https:\/\/[a-z0-9.-]+\.twilio\.com(\/.*)$/.exec(url) ?? [];
    if (path === undefined) throw new Error("only Twilio has a stand-in");
    return fetch(`${standIn}${path}`, init);
  };
}
