// The page needs no real credentials. Where the settings have none, made-up ones stand in, so that
// a decision can be shown; they never leave this file's result.

const sid = "0".repeat(32);

/** Settings with made-up credentials where they have none, and whether any had to be made up. */
export function withCredentials(settings: unknown): { settings: unknown; madeUp: boolean } {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    return { settings, madeUp: false };
  }
  const given = settings as Record<string, unknown>;
  const added: Record<string, string> = {};
  if (given.account_sid == null) added.account_sid = `AC${sid}`;
  if (given.api_key_sid != null) {
    if (given.api_key_secret == null) added.api_key_secret = sid;
  } else if (given.auth_token == null && given.api_key_secret == null) added.auth_token = sid;
  const madeUp = Object.keys(added).length > 0;
  return { settings: madeUp ? { ...given, ...added } : settings, madeUp };
}
