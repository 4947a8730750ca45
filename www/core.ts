// The core, as far as the page may use it: it checks, decides and explains. What could send is left
// out, so that nothing in the page is able to.

import type { Preview, Problem, Report } from "../host-shim/types.js";
import init, { compile, type Destination } from "./wasm/twilio_destination.js";

/** Fetches and starts the core. */
export async function loadCore(wasm: URL): Promise<void> {
  await init({ module_or_path: wasm });
}

/** What is known beside an event, as the core reads it. */
export interface Facts {
  readonly profile?: { readonly traits?: Readonly<Record<string, unknown>> | null } | null;
  readonly suppression?: "opted_out" | "bad_number" | null;
}

/** How an event is taken. */
export interface PreviewOptions {
  /** Whether it is a row of a table. */
  readonly row: boolean;
  readonly facts: Facts | undefined;
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

/** Settings, checked; and compiled, if they can be. */
export class Compiled {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly #destination: Destination | undefined;

  constructor(settings: unknown) {
    const compiled = compile(settings);
    try {
      const report = compiled.report() as Report;
      this.problems = report.problems;
      this.warnings = report.warnings;
      this.#destination = compiled.destination();
    } finally {
      compiled.free();
    }
  }

  /** What would be done with an event, given as JSON; nothing while the settings have problems. */
  preview(json: string, { row, facts, now }: PreviewOptions): Preview | undefined {
    const bytes = new TextEncoder().encode(json);
    const known = facts === undefined ? undefined : JSON.stringify(facts);
    return this.#destination?.previewJson(row, bytes, known, now) as Preview | undefined;
  }

  /** Gives its memory back. It must not be used afterwards. */
  free(): void {
    this.#destination?.free();
  }
}
