// Before anything is timed: all contenders make the same message of the same event.

import assert from "node:assert/strict";

/** Decodes a form and checks that it is the whole message. */
export function messageOf(form: string | undefined): Record<string, string> {
  const message = Object.fromEntries(new URLSearchParams(form));
  assert.deepEqual(Object.keys(message), ["To", "From", "Body"]);
  return message;
}

/** Checks that the forms that the contenders made of one event say the same. */
export function assertAgreement(forms: Readonly<Record<string, string | undefined>>): void {
  const [first, ...others] = Object.entries(forms);
  for (const [name, form] of others) {
    assert.deepEqual(messageOf(form), messageOf(first?.[1]), `${name} and ${first?.[0]} differ`);
  }
}
