// Settings that are taken away hold no secret: each comes from the environment of where they run.

import { isObject, type Json } from "../json.js";
import { isSecretHere, type Schema, type ValuePath, walk } from "../schema.js";
import { placeholder, takeSecrets, withoutSecrets } from "../share/secrets.js";

/** A secret of the settings, which is to be set where they are used. */
export interface Variable {
  /** Its name in an environment: `TWILIO_AUTH_TOKEN`. */
  readonly name: string;
  /** Where it stands in the settings. */
  readonly path: ValuePath;
}

/** Settings without secrets, and the variables that bring them in. */
export interface Portable {
  /** The settings with placeholders. */
  readonly settings: Json;
  /** At least one: without credentials nothing is sent. */
  readonly variables: readonly Variable[];
  /** A value without any of the secrets that the settings hold. */
  readonly clean: (value: Json) => Json;
}

/** Takes the secrets out of settings. Credentials that are missing are asked for as variables. */
export function portable(settings: Json, schema: Schema): Portable {
  const given = withCredentials(settings);
  const { settings: without, secrets } = takeSecrets(given, schema);
  const variables: Variable[] = [];
  if (isObject(given) && given.account_sid === missing) {
    variables.push({ name: "TWILIO_ACCOUNT_SID", path: ["account_sid"] });
  }
  walk(given, schema, (value, of, path) => {
    if (!isSecretHere(value, of)) return undefined;
    variables.push({ name: nameOf(path), path });
    return placeholder(of);
  });
  const clean = (value: Json) => withoutSecrets(value, secrets);
  return { settings: clean(without), variables, clean };
}

/** What stands for a setting that the settings do not have yet. */
const missing = "";

function withCredentials(settings: Json): Json {
  if (!isObject(settings)) return settings;
  const given = settings as Record<string, Json>;
  const isMissing = (name: string) => given[name] === undefined || given[name] === null;
  const added: Record<string, Json> = {};
  if (isMissing("account_sid")) added.account_sid = missing;
  if (!isMissing("api_key_sid")) {
    if (isMissing("api_key_secret")) added.api_key_secret = missing;
  } else if (isMissing("auth_token")) added.auth_token = missing;
  return { ...given, ...added };
}

/** `TWILIO_AUTH_TOKEN` for `auth_token`, `TWILIO_WEBHOOK_AUTH_TOKENS_1` for the first of a list. */
function nameOf(path: ValuePath): string {
  const steps = path.map((step) => (typeof step === "number" ? step + 1 : step));
  return `TWILIO_${steps.join("_").replace(/\W/g, "_").toUpperCase()}`;
}

/** `authToken` for `TWILIO_AUTH_TOKEN`, as Segment names the settings of a function. */
export function camelCase(name: string): string {
  const words = name
    .replace(/^TWILIO_/, "")
    .toLowerCase()
    .split("_");
  return words
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
}
