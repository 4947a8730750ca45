// What belongs together: a parameter of the request, the setting it comes from, and the places in
// the event that this setting read. Pointing at one lights up the others.

import type { PreviewDecision } from "../host-shim/types.js";
import { holds } from "./json/paths.js";

/** What is pointed at, by mouse or keyboard. */
export type Pointed =
  /** A parameter of the request. */
  | { readonly at: "parameter"; readonly name: string }
  /** A place in the event. */
  | { readonly at: "event"; readonly path: string }
  /** A setting. */
  | { readonly at: "setting"; readonly path: string }
  /** A condition of a mapping's trigger, or a category of consent. */
  | { readonly at: "check"; readonly path: string; readonly setting: string }
  /** The place that a reason names. */
  | { readonly at: "reason" };

/** What is lit. */
export interface Links {
  /** Parameters of the request. */
  readonly parameters: ReadonlySet<string>;
  /** Paths into the settings, beginning with `$`. */
  readonly settings: ReadonlySet<string>;
  /** Paths into the event. */
  readonly event: ReadonlySet<string>;
}

/** Nothing is pointed at. */
export const nothingLit: Links = {
  parameters: new Set(),
  settings: new Set(),
  event: new Set(),
};

/**
 * What belongs to what is pointed at. `first` is what was decided when the event came, `shown` what
 * was decided when the message was sent: another if it was put off.
 */
export function linksOf(
  pointed: Pointed,
  first: PreviewDecision | undefined,
  shown: PreviewDecision | undefined,
): Links {
  const parameters = new Set<string>();
  const settings = new Set<string>();
  const event = new Set<string>();
  if (pointed.at === "check") {
    event.add(pointed.path);
    settings.add(pointed.setting);
  }
  if (pointed.at === "reason" && first?.type === "drop" && first.reason.path !== null) {
    const { path } = first.reason;
    (path.startsWith("$") ? settings : event).add(path);
  }
  for (const entry of shown?.type === "send" ? shown.explain : []) {
    const meant =
      (pointed.at === "parameter" && pointed.name === entry.parameter) ||
      (pointed.at === "setting" && holds(pointed.path, entry.setting)) ||
      (pointed.at === "event" && entry.paths.some((path) => near(pointed.path, path)));
    if (!meant) continue;
    parameters.add(entry.parameter);
    settings.add(entry.setting);
    for (const path of entry.paths) event.add(path);
  }
  return { parameters, settings, event };
}

/** Whether one holds the other; the whole event does not count. */
function near(pointed: string, read: string): boolean {
  return pointed !== "" && (holds(pointed, read) || holds(read, pointed));
}
