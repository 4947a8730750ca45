// Settings of drafts that hold nothing that the destination would refuse.

import { isObject, type Json } from "../json.js";
import { at, type Carried, type Check, type Draft, type Imported, type Lost } from "./result.js";

/** What was read from a source. */
export interface Drafts {
  /** Members of the settings themselves. */
  readonly root: Draft;
  readonly mappings: readonly Draft[];
  readonly row?: Draft;
}

/** What stays to be set after an import: no source holds credentials that may be copied. */
const leftOpen = ["credentials_missing", "setting_required", "sender_missing"];

/** Takes out what `check` has a problem with, and says so. */
export function settle({ root, mappings, row }: Drafts, check: Check): Imported {
  let kept = [...mappings];
  const lost: Lost[] = [];
  const left = new Set<string>();
  for (;;) {
    const { problems } = check(assemble(root, kept, row));
    const problem = problems.find(({ code, path }) => !leftOpen.includes(code) && !left.has(path));
    if (problem === undefined) break;
    const { cause, fix, path } = problem;
    const [, list, name = ""] = /^\$\.(?:mappings\[(\d+)\]\.|row\.)?(\w+)/.exec(path) ?? [];
    const single = path.startsWith("$.row.") ? row : root;
    const draft = list === undefined ? single : kept[Number(list)];
    if (draft === undefined || !Object.hasOwn(draft.fields, name)) {
      // Nothing that was imported: whoever looks at the settings sees it.
      left.add(path);
      continue;
    }
    draft.drop(name, cause, fix);
    if (name !== "trigger") continue;
    for (const other of Object.keys(draft.fields)) {
      draft.drop(
        other,
        "The mapping's trigger cannot be used.",
        "Correct the filter and import again.",
      );
    }
    lost.push(...draft.lost);
    kept = kept.filter((one) => one !== draft);
  }
  const settings = assemble(root, kept, row);
  const carried = [
    ...carriedOf(root, "$"),
    ...kept.flatMap((draft, index) => carriedOf(draft, at("$", "mappings", index))),
    ...(row === undefined ? [] : carriedOf(row, at("$", "row"))),
  ];
  for (const draft of [root, ...kept, ...(row === undefined ? [] : [row])])
    lost.push(...draft.lost);
  return { settings, carried, lost };
}

function assemble(
  root: Draft,
  mappings: readonly Draft[],
  row: Draft | undefined,
): { [name: string]: Json } {
  const settings: { [name: string]: Json } = { ...root.fields };
  if (mappings.length > 0) {
    settings.match = "all";
    settings.mappings = mappings.map(({ fields, lost }) =>
      lost.some(({ changes }) => changes) ? { ...fields, enabled: false } : { ...fields },
    );
  }
  if (row === undefined) return settings;
  // A mapping of rows cannot be switched off, but the destination can.
  if (row.lost.some(({ changes }) => changes)) settings.enabled = false;
  return { ...settings, row: row.fields };
}

function carriedOf(draft: Draft, path: string): Carried[] {
  return Object.entries(draft.sources).map(([name, source]) => ({ ...source, to: at(path, name) }));
}

/** A source as an object, for reading its members. */
export function membersOf(value: Json | undefined): { readonly [name: string]: Json } {
  return isObject(value) ? (value as { [name: string]: Json }) : {};
}
