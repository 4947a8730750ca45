// Makes src/time_zone/table.txt from compiled tzdata:
// `node tests/time_zone/generate.mjs ZONEINFO [--check]`.
//
// ZONEINFO is a folder with TZif files, tzdata.zi and zone.tab, such as /usr/share/zoneinfo or the
// folder of that name in PyPI's package tzdata. src/time_zone/mod.rs tells the table's layout.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { offsetAt, readRule } from "./posix.mjs";
import { readTzif } from "./tzif.mjs";

/** Nothing is sent in the past: what a zone did before this day is not looked at. */
const since = Date.UTC(2026, 9, 1) / 1000;

/** Regions of phone numbers that zone.tab does not have, and whose time they keep. */
const borrowed = { AC: "Atlantic/St_Helena", TA: "Atlantic/St_Helena", XK: "Europe/Belgrade" };

const [folder, option] = process.argv.slice(2);
if (folder === undefined || (option !== undefined && option !== "--check")) {
  console.error("usage: node generate.mjs ZONEINFO [--check]");
  process.exit(2);
}
const lines = (name) => readFileSync(join(folder, name), "utf8").split("\n");

const tzdata = lines("tzdata.zi");
const version = tzdata[0].replace("# version ", "");
// Factory is what a computer's clock is set to before anybody said where it is.
const names = tzdata.filter((line) => /^[ZL] /.test(line) && !line.startsWith("Z Factory "));
const clocks = new Map(
  names
    .map((line) => line.split(" ")[line.startsWith("Z") ? 1 : 2])
    .map((name) => [name, clock(name)]),
);

const byClock = grouped([...clocks.keys()].sort().map((name) => [clocks.get(name), name]));
const countries = countriesByZone();
const marked = (name) => [name, ...(countries.get(name) ?? [])].join(",");
const zones = [...byClock].map(([clock, names]) => [clock, ...names.map(marked)].join(" ")).sort();
const table = `${version}\n${zones.join("\n")}\n`;

const path = fileURLToPath(new URL("../../src/time_zone/table.txt", import.meta.url));
if (option === "--check") {
  const isFresh = readFileSync(path, "utf8") === table;
  console.log(`the table is ${isFresh ? "" : "not "}that of tzdata ${version}`);
  process.exitCode = isFresh ? 0 : 1;
} else {
  writeFileSync(path, table);
  const several = zones.filter((line) => line.includes("|"));
  console.log(`tzdata ${version}: ${clocks.size} names, ${zones.length} clocks`);
  console.log(`without a rule: ${several.join(", ") || "none"}`);
}

/** How a zone's clocks are set; where its rule does not say it, every offset that it will have. */
function clock(name) {
  const { changes, rule: text } = readTzif(readFileSync(join(folder, name)));
  const rule = readRule(text);
  const offsets = new Set([rule.standard, rule.daylight ?? rule.standard]);
  let holds = true;
  for (const [index, [from, offset]] of changes.entries()) {
    // Behind the last change the rule itself speaks.
    const until = changes[index + 1]?.[0] ?? from + 1;
    if (until <= since) continue;
    offsets.add(offset / 60);
    for (const second of [Math.max(from, since), until - 1]) {
      holds &&= offsetAt(rule, second) === offset / 60;
    }
  }
  return holds ? written(rule) : [...offsets].sort((a, b) => a - b).join("|");
}

function written({ standard, daylight, start, end }) {
  if (daylight === undefined) return `${standard}`;
  return [standard, daylight, ...[start, end].map(switched)].join(",");
}

function switched({ month, week, weekday, minute }) {
  return `${month}.${week}.${weekday}/${minute}`;
}

/** For each zone, the countries that it stands for: one zone for each clock of a country. */
function countriesByZone() {
  const listed = lines("zone.tab").filter((line) => /^[A-Z]/.test(line));
  const zones = listed.map((line) => line.split("\t")).map(([country, , name]) => [country, name]);
  // People read these names: a town says more to them than a station in Antarctica does.
  const inTowns = zones.filter(([, name]) => !name.startsWith("Antarctica/"));
  const rest = zones.filter(([, name]) => name.startsWith("Antarctica/"));
  const pairs = [...inTowns, ...rest, ...Object.entries(borrowed)];
  const stands = ([country, name], index) =>
    pairs.findIndex(
      ([other, zone]) => other === country && clocks.get(zone) === clocks.get(name),
    ) === index;
  return grouped(pairs.filter(stands).map(([country, name]) => [name, country]));
}

function grouped(pairs) {
  const groups = new Map();
  for (const [key, item] of pairs) groups.set(key, [...(groups.get(key) ?? []), item]);
  return groups;
}
