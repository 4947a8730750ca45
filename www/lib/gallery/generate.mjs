// Writes the gallery from the conformance vectors and those of tests/data/gallery, in which more
// happens than one reply: ways of use that are chosen by hand, and the smallest vector for each
// code, so that a new code brings its example along.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Vectors that show a way of use, by group. */
const uses = {
  "First steps": [
    "events/default_preset",
    "triggers/bare_name",
    "triggers/equals",
    "triggers/match_all",
    "request/explained",
    "recipient/only_to_other_form",
  ],
  "Who receives it": [
    "recipient/trait_of_context",
    "recipient/trait_of_identify",
    "recipient/trait_of_profile",
    "recipient/mapped_property",
    "recipient/default_region_gb",
    "recipient/country_allowed",
    "consent/required_granted",
  ],
  "What it says": [
    "templates/segment_form",
    "templates/customer_io_form",
    "templates/zeotap_form",
    "templates/default_fills",
    "templates/if",
    "templates/filter_date",
    "templates/one_pass",
    "content/default_message",
  ],
  "What it costs": [
    "segments/ucs2_forced_by",
    "segments/smart_encoding",
    "segments/max_segments_truncate",
  ],
  "Who it is from": [
    "sender/service",
    "sender/short_code",
    "sender/alphanumeric",
    "sender/by_country_gb",
    "request/host_ireland",
  ],
  "More than a text": [
    "content/body_and_media",
    "content/content_variables",
    "recipient/whatsapp_channel",
    "recipient/rcs",
    "recipient/messenger",
    "peers/segment_send_at",
    "peers/engage_tags",
  ],
  "Rows of a table": ["rows/default_columns", "rows/mapped", "rows/column_with_a_space"],
  "As time passes": [
    "gallery/identify_just_after",
    "gallery/quiet_hours",
    "gallery/too_early",
    "delivery/profile_identify",
    "delivery/profile_alias",
    "delivery/turns_true_again",
  ],
};

/** Groups with an example of each code: what in a vector's expectation has one. */
const coded = {
  "Why nothing is sent": ({ decisions = [], outcomes = [] }) => [
    ...decisions
      .filter(({ type }) => type === "drop")
      .map(({ code, detail }) => ["drop", code, detail].filter(Boolean).join(":")),
    ...outcomes.filter(({ type }) => type === "dropped").map(({ code }) => `drop:${code}`),
  ],
  "What is left out": ({ decisions = [] }) =>
    decisions.flatMap(({ warnings = [] }) => warnings.map(({ code }) => `warning:${code}`)),
  "What deserves a look in the settings": ({ warnings = [] }) =>
    warnings.map(({ code }) => `settings:${code}`),
  "What Twilio may answer": ({ outcomes = [] }) =>
    outcomes
      // Feedback is no answer to a message, and needs one that was sent before.
      .filter(({ type, code }) => !["confirmed", "dropped"].includes(type) && code !== undefined)
      .map(({ code }) => `reply:${code}`),
};

/** The gallery, from the folder of the tests. It throws if a vector that was chosen is gone. */
export function generateGallery(tests) {
  const vectors = new Map([
    ...readVectors(join(tests, "vectors"), ""),
    ...readVectors(join(tests, "data", "gallery"), "gallery/"),
  ]);
  const chosen = Object.entries(uses).map(([title, ids]) => ({
    title,
    examples: ids.map((id) => {
      const vector = vectors.get(id);
      if (vector === undefined) throw new Error(`The gallery shows ${id}, which is no vector.`);
      return exampleOf(id, vector);
    }),
  }));
  const byCode = Object.entries(coded).map(([title, codesOf]) => ({
    title,
    examples: [...smallestByCode(vectors, codesOf)]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([code, id]) => ({ ...exampleOf(id, vectors.get(id)), code })),
  }));
  return { groups: [...chosen, ...byCode] };
}

function readVectors(folder, prefix) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const names = files.filter((name) => name.endsWith(".json")).sort();
  return new Map(
    names.map((name) => {
      const id = prefix + name.slice(0, -".json".length).replaceAll("\\", "/");
      return [id, JSON.parse(readFileSync(join(folder, name), "utf8"))];
    }),
  );
}

function smallestByCode(vectors, codesOf) {
  const found = new Map();
  for (const [id, vector] of vectors) {
    if (isSettingsOnly(vector)) continue;
    for (const code of codesOf(vector.expect)) {
      const before = found.get(code);
      if (before === undefined || sizeOf(id, vector) < sizeOf(before, vectors.get(before))) {
        found.set(code, id);
      }
    }
  }
  return found;
}

/** How far from ideal an example is: one event without problems in the settings is what most expect. */
function sizeOf(id, vector) {
  const size = JSON.stringify(exampleOf(id, vector)).length;
  // The page takes an empty text for a beginning.
  const isEmpty = vector.json?.trim() === "";
  const isOdd = id.startsWith("peers/") || vector.expect.problems !== undefined || isEmpty;
  const happensLater = vector.before !== undefined || vector.script !== undefined;
  return size + (isOdd ? 1e6 : 0) + (happensLater ? 2e5 : 0) + (vector.row === undefined ? 0 : 1e5);
}

function isSettingsOnly({ event, row, json, unreadable, expect }) {
  const hasInput = [event, row, json, unreadable].some((input) => input !== undefined);
  return !hasInput && expect.warnings === undefined;
}

function exampleOf(id, vector) {
  const { description, settings, before, event, row, json, unreadable, facts, now } = vector;
  const { reply, script } = vector;
  const input = { before, event, row, json, unreadable };
  // Members that are undefined are not written.
  return { id, title: description, settings, ...input, facts, now, reply, script };
}
