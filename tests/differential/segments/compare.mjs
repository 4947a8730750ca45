// Compares this crate's segments with Twilio's own calculator (npm sms-segments-calculator) over
// random texts. Usage: node compare.mjs <answers program> [texts] [seed]
//
// In texts whose characters stand alone, everything must agree. Texts with emoji sequences and
// combined accents are a second group: there the encoding, the units and the replacements must
// agree; where the calculator keeps a cluster whole across a boundary, its split may differ.

import calculator from "sms-segments-calculator";
import { ask } from "../answers.mjs";

const { SegmentedMessage } = calculator;
const [program, texts = "20000", seed = "1"] = process.argv.slice(2);
if (program === undefined) {
  console.error("usage: node compare.mjs <answers program> [texts] [seed]");
  process.exit(2);
}

let state = Number(seed) >>> 0;
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}
function character(from, to) {
  return String.fromCodePoint(from + below(to - from + 1));
}

const alone = [
  () => character(0x20, 0x7e),
  () => character(0x20, 0x7e),
  () => "the quick brown fox ",
  () => character(0x61, 0x7a).repeat(1 + below(160)),
  () => "\r\n",
  () => "^{}\\[~]|€\f"[below(10)].repeat(1 + below(20)),
  () => "£¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"[below(40)],
];
const wide = [
  () => character(0x80, 0x2ff),
  () => character(0x2000, 0x206f),
  () => character(0x2700, 0x27bf),
  () => character(0xff01, 0xff5e),
  () => character(0x410, 0x44f).repeat(1 + below(70)),
  () => "😀".repeat(1 + below(40)),
  () => "•",
  () => "“quoted”",
];
const clusters = ["👍🏽", "e\u0301", "🇮🇹", "👨‍👩‍👧", "❤\ufe0f", "क्षि"].map(
  (text) => () => text.repeat(1 + below(9)),
);

function text(group) {
  const kinds = [alone, [...alone, ...wide], [...alone, ...wide, ...clusters]][group];
  let result = "";
  for (let left = below(25); left > 0; left -= 1) result += kinds[below(kinds.length)]();
  return result.slice(0, 1600).toWellFormed?.() ?? result;
}

const asked = Array.from({ length: Number(texts) }, (_, index) => {
  const group = index % 3;
  return { group, text: text(group) };
});
const answers = ask(
  program,
  asked.map(({ text }) => JSON.stringify(text)),
);

let wrong = 0;
const seen = { "GSM-7": 0, "UCS-2": 0, several: 0, smart: 0, apart: 0, count: 0 };
asked.forEach(({ group, text }, index) => {
  const ours = JSON.parse(answers[index]);
  const theirs = new SegmentedMessage(text);
  const units = theirs.segments.map((segment) => segment.messageSizeInBits() / unitBits(theirs));
  const encoded = new SegmentedMessage(text, "auto", true).graphemes.join("");
  const clustered = theirs.graphemes.some((it) => [...it].length > 1);

  seen[ours.encoding] += 1;
  seen.several += ours.count > 1;
  seen.smart += encoded !== text;
  const problems = [];
  if (ours.encoding !== theirs.getEncodingName()) problems.push("encoding");
  if (sum(ours.units) !== sum(units)) problems.push("units");
  if (ours.count !== ours.units.length) problems.push("count and split");
  if (ours.smart !== encoded) problems.push("smart encoding");
  const nonGsm = new Set(theirs.getNonGsmCharacters().flatMap((it) => [...it]));
  if (ours.forcing.some((it) => !nonGsm.has(it))) problems.push("forcing");
  if (nonGsm.size > 0 !== ours.forcing.length > 0) problems.push("forcing at all");
  if (String(ours.units) !== String(units)) {
    if (clustered) seen.apart += 1;
    else problems.push("split");
  }
  if (ours.count !== theirs.segmentsCount) {
    if (clustered) seen.count += 1;
    else problems.push("count");
  }
  if (problems.length > 0) {
    wrong += 1;
    if (wrong <= 5) console.error(group, JSON.stringify(text), problems.join(), ours, units);
  }
});

function unitBits(message) {
  return message.getEncodingName() === "GSM-7" ? 7 : 16;
}
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

console.log(
  `${asked.length} texts: ${seen["GSM-7"]} GSM-7, ${seen["UCS-2"]} UCS-2, ${seen.several} of several ` +
    `segments, ${seen.smart} changed by smart encoding; clusters split elsewhere in ${seen.apart}, ` +
    `counted otherwise in ${seen.count}; ${wrong} wrong`,
);
if (wrong > 0 || seen.several < asked.length / 10 || seen.smart < asked.length / 10)
  process.exit(1);
