// Our time zones against those of the runtime's ICU: offsets of every zone on every day of five
// years and around every switch, times of day near switches, and the zones of every country.
//
// ICU carries a tzdata of its own. Where laws changed after the oldest that is accepted here, both
// may be right, each by its version: those zones are named.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ask as askProgram, build } from "../answers.mjs";
import { randomFrom } from "../random.mjs";

const oldest = "2025b";
const skip = process.versions.tz >= oldest ? false : `ICU has tzdata ${process.versions.tz}`;

const day = 86_400_000;
const from = Date.UTC(2026, 9, 1);
const until = Date.UTC(2031, 0, 1);

/**
 * Changed after 2025b: western and central Canada keep one time, and so does Morocco; Moldova sets
 * its clocks an hour later.
 */
const changed = [
  "Africa/Casablanca",
  "Africa/El_Aaiun",
  "America/Edmonton",
  "America/Inuvik",
  "America/Rainy_River",
  "America/Vancouver",
  "America/Winnipeg",
  "America/Yellowknife",
  "Canada/Central",
  "Canada/Mountain",
  "Canada/Pacific",
  "Europe/Chisinau",
  "Europe/Tiraspol",
];

let program;

function ask(questions) {
  program ??= build("time-zone-answers");
  return askProgram(program, questions);
}

/** Minutes ahead of UTC, by ICU; undefined for a zone that it does not know. */
function icu(zone) {
  const numeric = { year: "numeric", month: "numeric", day: "numeric" };
  const time = { hour: "numeric", minute: "numeric", hourCycle: "h23" };
  let format;
  try {
    format = new Intl.DateTimeFormat("en-US", { ...numeric, ...time, timeZone: zone });
  } catch {
    return undefined;
  }
  return (millis) => {
    const [month, day, year, hour, minute] = format.format(millis).match(/\d+/g).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute) / 60_000 - Math.floor(millis / 60_000);
  };
}

/** The moments at which a zone's offset changes, by ICU. */
function switchesOf(offset) {
  const found = [];
  for (let at = from; at < until; at += day) {
    if (offset(at) === offset(at + day)) continue;
    let [before, after] = [at, at + day];
    while (after - before > 60_000) {
      const middle = before + Math.floor((after - before) / 120_000) * 60_000;
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    found.push(after);
  }
  return found;
}

const names = () => ask(["names"])[0].split(" ");

test("offsets are those of ICU", { skip }, () => {
  const random = randomFrom(20_261_001);
  const zones = names().flatMap((name) => {
    const offset = icu(name);
    return offset === undefined ? [] : [{ name, offset, switches: switchesOf(offset) }];
  });
  for (const zone of zones) {
    const days = Array.from({ length: (until - from) / day }, (_, index) => from + index * day);
    const around = zone.switches.flatMap((at) => [at - 1, at]);
    zone.times = [...days.map((at) => at + random(day)), ...around];
  }
  const answers = ask(zones.map(({ name, times }) => `offsets ${name} ${times.join(" ")}`));
  let [instants, switches] = [0, 0];
  const different = new Map();
  for (const [index, { name, offset, times, switches: own }] of zones.entries()) {
    switches += own.length;
    for (const [place, answer] of answers[index].split(" ").entries()) {
      instants += 1;
      const expected = offset(times[place]);
      if (answer.split("|").map(Number).includes(expected)) continue;
      const where = `${name} at ${new Date(times[place]).toISOString()}`;
      assert.ok(changed.includes(name), `${where}: ${answer} and not ${expected}`);
      different.set(name, (different.get(name) ?? 0) + 1);
    }
  }
  const [version] = ask(["version"]);
  console.log(
    `${zones.length} zones, ${instants} instants, ${switches} switches; ours is tzdata ${version}, ` +
      `ICU's ${process.versions.tz}; different by law: ` +
      ([...different].map(([name, count]) => `${name} ${count}`).join(", ") || "none"),
  );
  assert.ok(zones.length > 500 && switches > 1_000);
});

test("every zone that ICU knows is known", { skip }, () => {
  const unknown = Intl.supportedValuesOf("timeZone").filter(
    (name) => ask([`offsets ${name} 0`])[0] === "",
  );
  assert.deepEqual(unknown, []);
});

test("a time of day comes next when a walk through the minutes says so", { skip }, () => {
  const random = randomFrom(20_261_002);
  const zones = ["Europe/London", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe"];
  zones.push(
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "America/Nuuk",
    "Antarctica/Troll",
  );
  const cases = zones.flatMap((name) => {
    const offset = icu(name);
    const switches = [...switchesOf(offset), from + random(until - from)];
    return Array.from({ length: 60 }, () => {
      const after = switches[random(switches.length)] - random(26 * 3_600_000) + 3_600_000;
      return { name, offset, after, time: random(1_440) };
    });
  });
  const two = (number) => String(number).padStart(2, "0");
  const written = ({ name, after, time }) =>
    `next ${name} ${two(Math.floor(time / 60))}:${two(time % 60)} ${after}`;
  const answers = ask(cases.map(written));
  let sets = 0;
  for (const [index, one] of cases.entries()) {
    const { at, isSet } = walk(one);
    sets += isSet;
    assert.equal(Number(answers[index]), at, written(one));
  }
  console.log(`${cases.length} times of day, ${sets} of them left out by a switch`);
  assert.ok(sets >= 3, "no time was left out by a switch");
});

/** The first minute after `after` that shows `time`, or at which the clock is set past it. */
function walk({ offset, after, time }) {
  const shown = (at) => Math.floor(at / 60_000) + offset(at);
  for (let at = (Math.floor(after / 60_000) + 1) * 60_000; ; at += 60_000) {
    const [before, now] = [shown(at - 60_000), shown(at)];
    if (now % 1_440 === time) return { at, isSet: now !== before + 1 };
    for (let minute = before + 1; minute < now; minute += 1) {
      if (minute % 1_440 === time) return { at, isSet: true };
    }
  }
}

test("countries have the clocks that ICU gives them", { skip }, () => {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  const codes = letters.flatMap((a) => letters.map((b) => a + b));
  const times = [Date.UTC(2027, 0, 15), Date.UTC(2027, 6, 15)];
  const offsets = (zones) => ask(zones.map((zone) => `offsets ${zone} ${times.join(" ")}`));
  const answers = ask(codes.map((code) => `country ${code}`));
  let count = 0;
  const missing = [];
  for (const [index, code] of codes.entries()) {
    // ICU also knows the codes of countries that are no more.
    if (answers[index] === "") continue;
    count += 1;
    const clocks = offsets(answers[index].split(" ")).map((clock) => clock.split(" "));
    const locale = new Intl.Locale(`und-${code}`);
    for (const zone of locale.getTimeZones?.() ?? locale.timeZones ?? []) {
      const expected = times.map((at) => String(icu(zone)(at)));
      const is = (clock) => expected.every((at, place) => clock[place].split("|").includes(at));
      if (!clocks.some(is) && !changed.includes(zone)) missing.push(`${code} ${zone}`);
    }
  }
  console.log(`${count} countries`);
  assert.ok(count > 240);
  assert.deepEqual(missing, []);
});
