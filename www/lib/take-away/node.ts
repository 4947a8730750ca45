// A program for Node that sends one event.

import type { Json } from "../json.js";
import type { Schema } from "../schema.js";
import { portable, type Variable } from "./credentials.js";
import { type Holes, placeOf, sourceOf } from "./source.js";

/** What is on the page. */
export interface Taken {
  readonly settings: Json;
  /** The event or the row. */
  readonly event: Json;
  /** Whether it is a row of a table. */
  readonly row?: boolean;
  /** What is known beside it. */
  readonly facts?: Json;
}

/** An ES module that sends the event. Its secrets come from the environment. */
export function asNode({ settings, event, row, facts }: Taken, schema: Schema): string {
  const { settings: without, variables, clean } = portable(settings, schema);
  const options = { ...(row === true ? { row } : {}), ...(facts === undefined ? {} : { facts }) };
  const hasOptions = Object.keys(options).length > 0;
  const more = hasOptions ? `, ${sourceOf(clean(options))}` : "";
  return `import { createDestination } from "twilio-destination";

const settings = ${sourceOf(without, 0, holesOf(variables, "process.env"))};

const event = ${sourceOf(clean(event))};

const destination = createDestination(settings, { fetch, now: Date.now });

// This sends a text, which is billed.
for (const outcome of await destination.send(event${more})) {
  console.log(outcome.type, outcome.reply?.sid ?? outcome.reply?.cause ?? outcome.reason?.cause);
}
`;
}

/** The variables as members of an object. */
export function holesOf(
  variables: readonly Variable[],
  object: string,
  name: (variable: string) => string = (variable) => variable,
): Holes {
  return new Map(
    variables.map((variable) => [placeOf(variable.path), `${object}.${name(variable.name)}`]),
  );
}
