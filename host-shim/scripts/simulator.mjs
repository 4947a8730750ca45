// The simulator: how it is built, and what its runs are held to.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { must, root, run, Stop, say, seconds, target } from "./tools.mjs";

const crate = ["--package", "twilio-destination-simulation"];

/** Builds the simulator with overflow checks, and resolves to the path of the program. */
export async function buildSimulator() {
  await must("cargo", ["build", "--locked", "--profile", "trial", ...crate], "Building it");
  return join(target, "trial", "simulate");
}

/** The traces of the first `count` seeds, by their hashes, one a line. */
export async function nativeTraces(count) {
  const program = await buildSimulator();
  return must(program, ["--traces", String(count)], "The simulator");
}

/** Runs schedules and resolves to how many passed and failed. */
export async function sweep(schedules) {
  const program = await buildSimulator();
  const { code, output } = await run(program, ["--schedules", String(schedules)]);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [];
  if (passed === undefined) return { passed: 0, failed: 1 };
  return { passed: Number(passed), failed: Math.max(Number(failed), code === 0 ? 0 : 1) };
}

/**
 * Small changes of the core, each of which some schedule must show. `from` stands once in `file`.
 */
const mutants = [
  {
    name: "a server error is sent again at once",
    file: "src/twilio/response/mod.rs",
    from: "500..=599 => ReplyCode::ServerError,",
    to: "500..=599 => ReplyCode::RefusedForNow,",
  },
  {
    name: "a request is made though its claim was not won",
    file: "src/delivery/attempt.rs",
    from: "let dispatched = self.dispatch(number, form, timeout, progress).await?;",
    to: `let dispatched = match self.dispatch(number, form.clone(), timeout, progress).await {
            Err(Attempted::Ended(_)) | Ok(_) => Dispatched {
                attempt: number, by: self.owner.to_owned(), first: self.now(), last: self.now(), unclear: true,
                refused: false, not_before: Timestamp::default(), unclears: 1, doubled: false, looks: 0, form,
                mapping: self.mapping.to_owned(),
            },
            Err(other) => return Err(other),
        };`,
  },
  {
    name: "Retry-After is ignored",
    file: "src/delivery/retry.rs",
    from: "saturating_add(asked_for.unwrap_or(0))",
    to: "saturating_add(asked_for.unwrap_or(0) * 0)",
  },
  {
    name: "a halt is forgotten",
    file: "src/cells/sender.rs",
    from: "self.halt = Some(Halt { reply, credentials, probe_at, pause, probe: None });",
    to: "let _ = (reply, credentials, probe_at, pause);",
  },
  {
    name: "the recipient is part of the claim's key",
    file: "src/delivery/message.rs",
    from: "keys.claim(&[&kind, &event, mapping])",
    to: `{
        let to = run.drafts(None).into_iter().find_map(|draft| draft.message.ok());
        keys.claim(&[&kind, &event, mapping, to.as_ref().map_or("", |it| it.form.as_str())])
    }`,
  },
];

/** How many schedules there are to find a mutant in. */
const MUTANT_SCHEDULES = 10_000;

/** How many schedules the core as it is has to pass beside them. */
const CONTROL_SCHEDULES = 2_000;

/** Builds the simulator around each mutant of the core; every one has to fail. */
export async function hunt() {
  const counts = { passed: 0, failed: 0 };
  const count = (isRight) => {
    counts[isRight ? "passed" : "failed"] += 1;
  };
  // The same build and the same schedules, unchanged, must find nothing.
  const control = await violation(undefined);
  count(control === undefined);
  say(`  unchanged: ${control ?? "nothing"}`);
  for (const mutant of mutants) {
    const start = performance.now();
    const found = await violation(mutant);
    count(found !== undefined);
    say(`  ${mutant.name}: ${found ?? "NOT FOUND"} (${seconds(start)})`);
  }
  return counts;
}

/** What the schedules show of a mutant, or of the core as it is; nothing if all is well. */
async function violation(mutant) {
  const folder = join(target, "mutants");
  copyCore(folder);
  if (mutant !== undefined) mutate(folder, mutant);
  // A little optimised: what takes longer to build runs ten times as fast.
  const env = {
    CARGO_TARGET_DIR: join(target, "mutants-build"),
    CARGO_PROFILE_DEV_OPT_LEVEL: "1",
    CARGO_PROFILE_DEV_DEBUG: "0",
  };
  const manifest = ["--manifest-path", join(folder, "Cargo.toml")];
  const build = ["build", "--offline", ...manifest, ...crate];
  await must("cargo", build, `Building ${mutant?.name ?? "the copy"}`, { env });
  const program = join(target, "mutants-build", "debug", "simulate");
  const schedules = mutant === undefined ? CONTROL_SCHEDULES : MUTANT_SCHEDULES;
  const args = ["--schedules", String(schedules), "--first"];
  const { output } = await run(program, args, { quiet: true });
  const [, failed] = /^\d+ passed, (\d+) failed$/m.exec(output) ?? [];
  if (failed === undefined) throw new Stop(`${output}\n\nThe simulator did not end well.`);
  if (failed === "0") return undefined;
  return /\n\n(.*)\n {2}npm run simulate/.exec(output)?.[1] ?? "red";
}

function mutate(folder, { name, file, from, to }) {
  const path = join(folder, file);
  const parts = readFileSync(path, "utf8").split(from);
  if (parts.length !== 2) {
    throw new Stop(`The mutant "${name}" no longer fits ${file}: change both alike.`);
  }
  writeFileSync(path, parts.join(to));
}

/**
 * Copies what the simulator is built from. Files keep their time, so that cargo builds no more than
 * it must, except the root of the core: a file that was a mutant before looks older than its build.
 */
function copyCore(folder) {
  mkdirSync(folder, { recursive: true });
  for (const part of ["src", join("tests", "simulation"), "Cargo.lock", "README.md"]) {
    rmSync(join(folder, part), { recursive: true, force: true });
    if (!existsSync(join(root, part))) continue;
    cpSync(join(root, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  }
  const now = new Date();
  utimesSync(join(folder, "src", "lib.rs"), now, now);
  const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
  const own = manifest
    .replace(/^members = .*$/m, 'members = [".", "tests/simulation"]')
    .replaceAll(/^\[\[example\]\]\n(?:[^[\n].*\n)*/gm, "");
  writeFileSync(join(folder, "Cargo.toml"), own);
}
