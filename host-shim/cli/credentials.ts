// Credentials that a settings file leaves out, so that it can be shared and kept in a repository.

/** The environment variable of each credential. */
export const credentialVariables = {
  account_sid: "TWILIO_ACCOUNT_SID",
  api_key_sid: "TWILIO_API_KEY_SID",
  api_key_secret: "TWILIO_API_KEY_SECRET",
  auth_token: "TWILIO_AUTH_TOKEN",
} as const;

type Credential = keyof typeof credentialVariables;
type Members = Record<string, unknown>;

/** Settings with their credentials. */
export interface Completed {
  readonly settings: Members;
  /** For each credential that was added, the environment variable that it is from. */
  readonly added: ReadonlyMap<string, string>;
}

/**
 * Adds what the environment has and the settings lack, and replaces nothing. Where it has both an
 * API key and an auth token, the key is taken: it can be revoked alone.
 */
export function completeCredentials(settings: Members, environment: NodeJS.ProcessEnv): Completed {
  const completed = { ...settings };
  const added = new Map<string, string>();
  const given = (name: Credential) => (settings[name] ?? null) !== null;
  const offered = (name: Credential) => environment[credentialVariables[name]] || undefined;
  const add = (name: Credential) => {
    const value = offered(name);
    if (given(name) || value === undefined) return;
    completed[name] = value;
    added.set(`$.${name}`, credentialVariables[name]);
  };
  add("account_sid");
  if (given("auth_token")) return { settings: completed, added };
  const keyBegun = given("api_key_sid") || given("api_key_secret");
  const keyOffered =
    offered("api_key_sid") !== undefined && offered("api_key_secret") !== undefined;
  if (keyBegun || keyOffered) {
    add("api_key_sid");
    add("api_key_secret");
  } else {
    add("auth_token");
  }
  return { settings: completed, added };
}
