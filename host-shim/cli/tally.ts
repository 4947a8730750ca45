// How the messages of a run ended, counted.

import type { Outcome, Settled } from "../index.js";
import type { Foreseen } from "./foresight.js";

/** What a message counts as. */
type Kind = Outcome["type"] | "before" | "open";

interface Group {
  readonly kind: Kind;
  readonly code: string;
  readonly cause: string;
  readonly fix: string;
  messages: number;
  /** Whether all of them have this cause. */
  alike: boolean;
}

/** Counts of messages, by how they ended and why. */
export class Tally {
  readonly #groups = new Map<string, Group>();
  readonly #dry: boolean;
  #rows = 0;
  #segments = 0;
  #uncounted = 0;

  /** `dry` if nothing is sent, and so everything only would be. */
  constructor(dry: boolean) {
    this.#dry = dry;
  }

  /** How many rows have ended. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether every message was sent, or dropped for a reason in the row or the settings. */
  get isClean(): boolean {
    return (["deferred", "failed", "halted", "open", "unknown"] as const).every(
      (kind) => this.#count(kind) === 0,
    );
  }

  /** Whether there are messages that another go may send. */
  get canGoOn(): boolean {
    return (["deferred", "halted", "open"] as const).some((kind) => this.#count(kind) > 0);
  }

  /** Counts what became of a row. */
  addOutcomes(outcomes: readonly Outcome[]): void {
    this.#rows += 1;
    for (const outcome of outcomes) this.#addOutcome(outcome);
  }

  /** Counts what would become of a row. */
  addForeseen(messages: readonly Foreseen[]): void {
    this.#rows += 1;
    for (const message of messages) {
      if (message.type === "send") {
        this.#add("sent", "", "", "");
        this.#addSegments(message.segments?.count ?? null);
      } else {
        this.#addOutcome(message.type === "drop" ? { ...message, type: "dropped" } : message);
      }
    }
  }

  /** How many messages ended in which way, in a few words. */
  short(): string {
    const kinds = Object.keys(words) as Kind[];
    const counts = kinds.map((kind) => [kind, this.#count(kind)] as const);
    const told = counts.filter(([, messages]) => messages > 0);
    return told.map(([kind, messages]) => `${grouped(messages)} ${this.#word(kind)}`).join(", ");
  }

  /** All of it: by outcome and reason, with the cost in segments. */
  summary(): string {
    const lines = [`${counted(this.#rows, "row")}: ${this.short() || "nothing to send"}`];
    if (this.#segments > 0 || this.#uncounted > 0) lines.push(this.#cost());
    const groups = [...this.#groups.values()].filter(
      ({ kind, code }) => explained.includes(kind) && code !== "duplicate",
    );
    groups.sort((a, b) => explained.indexOf(a.kind) - explained.indexOf(b.kind));
    for (const { kind, code, cause, fix, messages, alike } of groups) {
      const said = `${alike ? "" : "for example: "}${cause} ${fix}`;
      lines.push(`  ${grouped(messages)} ${this.#word(kind)}, ${code}: ${said}`);
    }
    return `${lines.join("\n")}\n`;
  }

  #addOutcome(outcome: Outcome): void {
    const { code, cause, fix } = explain(outcome);
    this.#add(kindOf(outcome), code, cause, fix);
    if (outcome.type === "sent") this.#addSegments(outcome.reply.segments);
  }

  #cost(): string {
    const verb = this.#dry ? "would be" : this.#segments === 1 ? "was" : "were";
    const known = `${counted(this.#segments, "segment")} ${verb} billed`;
    if (this.#uncounted === 0) return known;
    return `${known}, and those of ${counted(this.#uncounted, "message")} whose segments are not known`;
  }

  #word(kind: Kind): string {
    return this.#dry && kind === "sent" ? "would be sent" : words[kind];
  }

  #count(kind: Kind): number {
    let messages = 0;
    for (const group of this.#groups.values()) if (group.kind === kind) messages += group.messages;
    return messages;
  }

  #add(kind: Kind, code: string, cause: string, fix: string): void {
    const key = `${kind} ${code}`;
    const known = this.#groups.get(key);
    if (known === undefined) {
      this.#groups.set(key, { kind, code, cause, fix, messages: 1, alike: true });
      return;
    }
    known.messages += 1;
    if (known.cause !== cause) known.alike = false;
  }

  /** A service counts 0 segments until it has sent the message. */
  #addSegments(segments: number | null): void {
    if (segments) this.#segments += segments;
    else this.#uncounted += 1;
  }
}

const words: Readonly<Record<Kind, string>> = {
  sent: "sent",
  before: "done before",
  dropped: "dropped",
  failed: "failed",
  halted: "halted",
  unknown: "unknown",
  open: "still unclear",
  deferred: "put off",
  confirmed: "confirmed",
};

/** What needs no explanation is not explained. */
const explained: readonly Kind[] = [
  "halted",
  "unknown",
  "open",
  "failed",
  "before",
  "deferred",
  "dropped",
];

function kindOf(outcome: Outcome): Kind {
  if (outcome.type === "dropped" && outcome.reason.code === "duplicate") return "before";
  if (outcome.type === "unknown" && outcome.againAt !== null) return "open";
  return outcome.type;
}

function explain(outcome: Outcome): { code: string; cause: string; fix: string } {
  if (outcome.type === "dropped") return before(outcome.first) ?? outcome.reason;
  return outcome.type === "deferred" ? outcome : outcome.reply;
}

/** How a message ended before, where that was not as it should. */
function before(first: Settled | undefined) {
  if (first === undefined || first.as === "sent") return undefined;
  const cause = "That outcome stands.";
  return {
    code: `${first.as} as ${first.code}`,
    cause,
    fix: "Rows to be tried again belong in a file of their own.",
  };
}

function counted(number: number, thing: string): string {
  return `${number === 0 ? "no" : grouped(number)} ${thing}${number === 1 ? "" : "s"}`;
}

/** A number with its thousands apart. */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}
