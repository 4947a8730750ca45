// Measures phone numbers side by side: this project's module, two crates in WebAssembly, and two
// packages in JavaScript. `node tests/phone/bench/run.mjs` does all set-up.
//
// Times are the least of several windows, in microseconds a number; ratios are to this project.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const quick = process.argv.includes("--quick");
/** Short windows, and many: some of them run undisturbed on a busy machine. */
const WINDOWS = 40;
const LONG = 200;
/** What rustc's output for wasm32 may use. */
const ENABLED = ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int"]
  .concat(["reference-types", "sign-ext"])
  .map((feature) => `--enable-${feature}`);
const LIMITS = { raw: 85 * 1024, gzip: 55 * 1024, inWasm: 0.5, fromJs: 1, first: 2, worst: 5 };

/** Runs a command in `cwd` and shows what it says. */
function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

/** Builds the module with one implementation in it, optimised for size. */
function build(feature) {
  const features = feature === "none" ? [] : ["--features", feature];
  const profile = ["--release", "--target", "wasm32-unknown-unknown"];
  run("cargo", ["build", "-q", "-p", "phone-bench", ...profile, ...features], root);
  const output = join(target, "phone-bench");
  mkdirSync(output, { recursive: true });
  const built = join(target, "wasm32-unknown-unknown/release/phone_bench.wasm");
  const file = join(output, `${feature}.wasm`);
  const flags = ["-Oz", "--strip-debug", "--strip-producers", ...ENABLED];
  run(join(root, "node_modules/.bin/wasm-opt"), [...flags, built, "-o", file], root);
  const bytes = readFileSync(file);
  return { file, bytes, raw: statSync(file).size, gzip: gzipSync(bytes, { level: 9 }).length };
}

/** Examples of every region, each in one of several spellings, and a set of American ones. */
function inputs() {
  const seeds = readFileSync(join(here, "../seeds.tsv"), "utf8").split("\n");
  const examples = seeds
    .filter((line) => /^[A-Z]{2}\t\d+\t[A-Z]/.test(line))
    .map((line) => line.split("\t"));
  const world = examples.map(([region, code, , digits], at) => {
    const [head, tail] = [digits.slice(0, 3), digits.slice(3)];
    const spellings = [`+${code} ${head} ${tail}`, digits, `0${digits}`, `+${code}${digits}`];
    spellings.push(`(${head}) ${tail}`, `+${code}-${digits} ext. 12`);
    return [region, spellings[at % spellings.length]];
  });
  const american = ["+1 415 555 2671", "(415) 555-2671", "415-555-2671", "4155552671"];
  american.push("+14155552671", "1 415 555 2671", "415.555.2671", "+1 (415) 555-2671 x12");
  const worst = [
    "1".repeat(250),
    `+49${" 1".repeat(123)}`,
    `123${",".repeat(246)}5`,
    `123${" ,".repeat(120)}x1`,
  ];
  worst.push(`1,${"1234567 or ".repeat(22)}`, `11${"5".repeat(247)}`);
  return {
    us: american.map((text) => ["US", text]),
    world,
    worst: worst.map((text) => ["AR", text]),
  };
}

/** The least time a number takes. */
function measure(numbers, work) {
  let least = Number.POSITIVE_INFINITY;
  for (let window = 0; window < WINDOWS; window += 1) {
    const start = performance.now();
    work();
    const time = performance.now() - start;
    least = Math.min(least, time);
    if (window > 1 && (quick || time > LONG)) break;
  }
  return (least * 1000) / numbers;
}

/** Times a function of region, text and policy over the inputs, called from JavaScript. */
function measureCalls(sets, parse, scale) {
  const times = {};
  for (const name of ["us", "world"]) {
    for (const accept of [0, 1]) {
      const set = sets[name];
      const rounds = Math.max(1, Math.ceil((2_000 * scale) / set.length));
      times[`${name} ${accept ? "valid" : "possible"}`] = measure(rounds * set.length, () => {
        for (let round = 0; round < rounds; round += 1) {
          for (const [region, text] of set) parse(region, text, accept);
        }
      });
    }
  }
  return times;
}

/** Loads a module: how long that takes and its first call, then what it can do. */
async function load({ bytes }) {
  const start = performance.now();
  const { instance } = await WebAssembly.instantiate(bytes);
  const loaded = performance.now();
  const { memory, buffer, ...exports } = instance.exports;
  const encoder = new TextEncoder();
  const address = buffer();
  let view = new Uint8Array(memory.buffer, address, 65_536);
  const put = (text) => {
    if (view.byteLength === 0) view = new Uint8Array(memory.buffer, address, 65_536);
    return encoder.encodeInto(text, view).written;
  };
  const parse = (region, text, accept) => exports.parse(put(region + text), accept);
  const before = performance.now();
  parse("US", "+1 415 555 2671", 1);
  const first = performance.now() - before;
  const inside = (set, rounds, accept) => {
    exports.load(put(set.map((line) => line.join("\t")).join("\n")));
    return measure(rounds * set.length, () => exports.run(rounds, accept));
  };
  return { load: loaded - start, first, parse, inside };
}

/** The packages, each as a function of region, text and policy. */
function packages() {
  const require = createRequire(import.meta.url);
  const timed = (name, make) => {
    const start = performance.now();
    const parse = make();
    const loaded = performance.now();
    parse("US", "+1 415 555 2671", 1);
    return { name, parse, load: loaded - start, first: performance.now() - loaded };
  };
  return [
    timed("google-libphonenumber", () => {
      const { PhoneNumberUtil, PhoneNumberFormat } = require("google-libphonenumber");
      const util = PhoneNumberUtil.getInstance();
      return (region, text, accept) => {
        try {
          const number = util.parse(text, region);
          const accepted = accept ? util.isValidNumber(number) : util.isPossibleNumber(number);
          return accepted ? util.format(number, PhoneNumberFormat.E164).length : 0;
        } catch {
          return 0;
        }
      };
    }),
    timed("libphonenumber-js/max", () => {
      const { parsePhoneNumberFromString } = require("libphonenumber-js/max");
      return (region, text, accept) => {
        const number = parsePhoneNumberFromString(text, region);
        const accepted = number && (accept ? number.isValid() : number.isPossible());
        return accepted ? number.number.length : 0;
      };
    }),
  ];
}

/** The package's own export, which also tells why it refuses; none where it is not built. */
async function ownPackage() {
  const built = new URL("../../../host-shim/dist/load/node.js", import.meta.url);
  if (!existsSync(built)) return undefined;
  const { parsePhoneNumber } = await import(built);
  return (defaultRegion, text, accept) => {
    const policy = accept ? "valid" : "possible";
    return parsePhoneNumber(text, { defaultRegion, accept: policy }).e164?.length ?? 0;
  };
}

const format = (time) => time.toFixed(time < 10 ? 2 : 0).padStart(8);
const row = (name, times, own) => {
  const columns = Object.entries(times).map(([key, time]) =>
    `${format(time)} (${own ? (time / own[key]).toFixed(1) : "1.0"}x)`.padEnd(18),
  );
  console.log(name.padEnd(26), columns.join(""));
};

if (!existsSync(join(root, "node_modules"))) {
  console.log("installing the packages that are measured beside");
  run("npm", ["ci", "--no-audit", "--no-fund"], root);
}
const crates = ["ours", "rlibphonenumber", "phonenumber"];
const built = {};
for (const feature of ["none", ...crates]) {
  console.log(`building ${feature}`);
  built[feature] = build(feature);
}
const sets = inputs();
const modules = {};
for (const name of crates) modules[name] = await load(built[name]);
const others = packages();

console.log("\nsize added to a module, bytes (raw, gzip -9)");
for (const name of crates) {
  const [raw, gzip] = ["raw", "gzip"].map((key) => built[name][key] - built.none[key]);
  console.log(name.padEnd(26), String(raw).padStart(9), String(gzip).padStart(9));
}
console.log("\nloading and first call, milliseconds");
for (const { name, load, first } of [
  ...crates.map((name) => ({ name, ...modules[name] })),
  ...others,
]) {
  console.log(name.padEnd(26), load.toFixed(2).padStart(8), first.toFixed(2).padStart(8));
}

const columns = ["us possible", "us valid", "world possible", "world valid"];
const header = columns.map((column) => column.padStart(8).padEnd(18)).join("");
console.log(
  "\ninside WebAssembly, microseconds a number".padEnd(27),
  `\n${"".padEnd(26)} ${header}`,
);
const inside = {};
for (const name of crates) {
  const slow = name === "phonenumber";
  inside[name] = {};
  for (const set of ["us", "world"]) {
    for (const accept of [0, 1]) {
      const rounds = Math.max(1, Math.round((slow ? 100 : 8_000) / sets[set].length));
      const key = `${set} ${accept ? "valid" : "possible"}`;
      inside[name][key] = modules[name].inside(sets[set], rounds, accept);
    }
  }
  row(name, inside[name], name === "ours" ? undefined : inside.ours);
}
console.log(`\nfrom JavaScript, microseconds a number\n${"".padEnd(26)} ${header}`);
const calls = { ours: measureCalls(sets, modules.ours.parse, 5) };
row("ours", calls.ours);
const whole = await ownPackage();
if (whole === undefined) console.log("(the package is not built: `npm run build`)");
else row("ours, parsePhoneNumber()", measureCalls(sets, whole, 5), calls.ours);
calls.rlibphonenumber = measureCalls(sets, modules.rlibphonenumber.parse, 1);
row("rlibphonenumber", calls.rlibphonenumber, calls.ours);
for (const { name, parse } of others) {
  calls[name] = measureCalls(sets, parse, 1);
  row(name, calls[name], calls.ours);
}
const worst = sets.worst.map((line) => modules.ours.inside([line], 500, 1));
console.log(
  `\nworst of ${worst.length} inputs of 250 characters: ${Math.max(...worst).toFixed(2)} microseconds`,
);

const verdicts = [
  ["raw size", built.ours.raw - built.none.raw, LIMITS.raw],
  ["gzip size", built.ours.gzip - built.none.gzip, LIMITS.gzip],
  ["in WebAssembly", Math.max(...Object.values(inside.ours)), LIMITS.inWasm],
  ["from JavaScript", Math.max(...Object.values(calls.ours)), LIMITS.fromJs],
  ["first call", modules.ours.first, LIMITS.first],
  ["worst input", Math.max(...worst), LIMITS.worst],
];
console.log("");
for (const [name, value, limit] of verdicts) {
  console.log(
    `${value <= limit ? "within" : "OVER  "} ${name}: ${Number(value.toFixed(2))} of ${limit}`,
  );
}
process.exitCode = verdicts.every(([, value, limit]) => value <= limit) ? 0 : 1;
