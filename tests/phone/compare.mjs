// Compares this project's answers with google-libphonenumber, Google's own code:
//
//     phone-agree 300000 dump | node tests/phone/compare.mjs [SKEW]
//
// No version on npm has the tables' metadata: 3.2.46 has 9.0.35, where the tables have 9.0.33. SKEW
// lists the inputs on which the Python port itself changed between the two (`compare.py --list`, run
// with phonenumbers 9.0.35); they are counted apart. So are numbers of more than 15 digits that
// JavaScript rounds.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { PhoneNumberType, PhoneNumberUtil } = createRequire(import.meta.url)(
  "google-libphonenumber",
);
const util = PhoneNumberUtil.getInstance();
const reasons = PhoneNumberUtil.ValidationResult;
const possible = new Map([
  [reasons.IS_POSSIBLE, "yes"],
  [reasons.IS_POSSIBLE_LOCAL_ONLY, "local_only"],
  [reasons.TOO_SHORT, "too_short"],
  [reasons.INVALID_LENGTH, "wrong_length"],
  [reasons.TOO_LONG, "too_long"],
]);
const kinds = new Map(
  Object.entries(PhoneNumberType).map(([name, value]) => [value, name.toLowerCase()]),
);

function answer(text, region) {
  let number;
  try {
    number = util.parse(text, region ?? undefined);
  } catch {
    return null;
  }
  return [
    `+${number.getCountryCode()}${util.getNationalSignificantNumber(number)}`,
    possible.get(util.isPossibleNumberWithReason(number)),
    util.isValidNumber(number),
    kinds.get(util.getNumberType(number)),
    util.getRegionCodeForNumber(number) ?? "",
    number.getExtension() ?? "",
  ];
}

/** Whether an answer holds a number too long for JavaScript, and the other its true digits. */
function isRounded(ours, theirs) {
  const [exact, rounded] = [ours?.[0] ?? "", theirs?.[0] ?? ""];
  const same = exact.length === rounded.length && exact.slice(0, 16) === rounded.slice(0, 16);
  return exact.length > 16 && exact !== rounded && same;
}

const [list] = process.argv.slice(2);
const skew = new Set(list ? readFileSync(list, "utf8").trim().split("\n").map(Number) : []);
const counts = { plain: 0, skewed: 0, rounded: 0, different: 0, others: 0, othersDifferent: 0 };
let number = -1;
for await (const line of createInterface({ input: process.stdin })) {
  number += 1;
  const [text, region, plain, ours] = JSON.parse(line);
  const theirs = answer(text, region);
  const differs = JSON.stringify(ours) !== JSON.stringify(theirs);
  counts[plain ? "plain" : "others"] += 1;
  if (!plain) counts.othersDifferent += differs;
  else if (differs && skew.has(number)) counts.skewed += 1;
  else if (differs && isRounded(ours, theirs)) counts.rounded += 1;
  else if (differs) {
    counts.different += 1;
    if (counts.different <= 12) console.log(JSON.stringify([text, region, ours, theirs]));
  }
}
console.log(`ASCII, up to 15 digits: ${counts.plain}, ${counts.different} differ`);
console.log(`  and ${counts.skewed} by the version of the metadata`);
console.log(`  and ${counts.rounded} by numbers that JavaScript rounds`);
console.log(`others: ${counts.others}, ${counts.othersDifferent} differ`);
process.exitCode = counts.different > 0 ? 1 : 0;
