// What an import gives, and the drafts that it is made of.

import type { Report } from "../../../host-shim/types.js";
import type { Json } from "../json.js";

/** Settings that were imported, and what became of each part of the source. */
export interface Imported {
  /** The settings, without credentials. */
  readonly settings: { readonly [name: string]: Json };
  readonly carried: readonly Carried[];
  /**
   * What the settings do not hold. Whatever the source has is in one of both lists, but for ids and
   * for fields that only choose among others.
   */
  readonly lost: readonly Lost[];
}

/** A part of the source that the settings hold. */
export interface Carried {
  /** Where it stands in the source, as a JSON path. */
  readonly from: string;
  /** Where it stands in the settings, as a JSON path. */
  readonly to: string;
  /** What is different here, if anything is, in one or more sentences. */
  readonly note?: string;
}

/** A part of the source that the settings do not hold. */
export interface Lost {
  /** Where it stands in the source, as a JSON path. */
  readonly path: string;
  /** What it is. */
  readonly what: string;
  /** Why it was not carried over, in one sentence. */
  readonly why: string;
  /** What to do about it, in one sentence. */
  readonly fix: string;
  /**
   * Whether a message could differ for want of it. A mapping that lost such a part is imported
   * switched off, until somebody has looked at it.
   */
  readonly changes: boolean;
}

/** Checks settings: the package's `checkSettings`. */
export type Check = (settings: unknown) => Report;

/** One mapping, or the mapping of rows, in the making. */
export class Draft {
  readonly fields: { [name: string]: Json } = {};
  readonly sources: { [name: string]: { readonly from: string; readonly note?: string } } = {};
  readonly lost: Lost[] = [];

  /** Keeps a value that stands at `from` in the source. */
  carry(name: string, value: Json, from: string, note?: string): void {
    if (Object.hasOwn(this.fields, name)) {
      const why = "Another field of the source gives the same setting.";
      this.lose({ path: from, what: `a second ${name}`, why, fix: "Keep the one that is meant." });
      return;
    }
    this.fields[name] = value;
    this.sources[name] = note === undefined || note === "" ? { from } : { from, note };
  }

  /** Notes that something was not carried over. */
  lose(lost: Omit<Lost, "changes">, changes = true): void {
    this.lost.push({ ...lost, changes });
  }

  /** Notes that a secret was left where it was. */
  loseSecret(path: string): void {
    const fix = "Set it where the destination runs.";
    this.lose({ path, what: "a secret", why: "Secrets are not copied.", fix }, false);
  }

  /** Notes something of which nobody knows what it does. */
  loseUnknown(path: string, what: string, changes = true): void {
    const why = "There is no setting that it is known to be.";
    this.lose({ path, what, why, fix: "Look for what it does among the settings." }, changes);
  }

  /** Notes a field that gives nothing. */
  loseEmpty(path: string): void {
    this.lose({ path, what: "an empty field", why: "It gives nothing.", fix: "Nothing." }, false);
  }

  /** Notes that there is no recipient: without one the usual places would be looked at. */
  needRecipient(path: string): void {
    if (Object.hasOwn(this.fields, "to")) return;
    const why = "The source does not say it, and somebody else might be texted.";
    this.lose({ path, what: "who receives it", why, fix: "Map the recipient, then switch it on." });
  }

  /** Takes a value out again, since the settings may not hold it. */
  drop(name: string, why: string, fix: string): void {
    const path = this.sources[name]?.from ?? "$";
    delete this.fields[name];
    delete this.sources[name];
    this.lose({ path, what: name, why, fix }, name !== "name");
  }
}

/** A JSON path. */
export function at(path: string, ...steps: (string | number)[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === "number") return `${path}[${step}]`;
    return /^\w+$/.test(step) ? `${path}.${step}` : `${path}[${JSON.stringify(step)}]`;
  }, path);
}
