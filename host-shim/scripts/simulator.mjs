// The simulator: how it is built, and what its runs are held to.

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
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
 * Small changes of the core, each of which some schedule must show. `from` is an expression that
 * stands once in `file`; `to` takes its place.
 */
const mutants = [
  {
    name: "a server error is sent again at once",
    file: "src/twilio/response/mod.rs",
    from: "ReplyCode::ServerError",
    within: ["500..=599 => ", ","],
    to: "ReplyCode::RefusedForNow",
  },
  {
    name: "a request is made though its claim was not won",
    file: "src/delivery/message/attempt.rs",
    from: "self.dispatch(number, form, timeout, progress).await?",
    to: `match self.dispatch(number, form.clone(), timeout, progress).await {
            Err(Attempted::Ended(_)) | Ok(_) => Dispatched {
                attempt: number, by: self.owner.to_owned(), first: self.now(), last: self.now(), unclear: true,
                refused: false, not_before: Timestamp::default(), unclears: 1, doubled: false, looks: 0, form,
                mapping: self.mapping.to_owned(),
            },
            Err(other) => return Err(other),
        }`,
  },
  {
    name: "Retry-After is ignored",
    file: "src/delivery/retry.rs",
    from: "asked_for.unwrap_or(0)",
    to: "0",
  },
  {
    name: "a date in Retry-After is ignored",
    file: "src/twilio/response/retry_after.rs",
    from: "date(text)?.millis().saturating_sub(now.millis())",
    to: "0_i64",
  },
  {
    name: "a sender's rate is doubled",
    file: "src/delivery/message/reserve.rs",
    from: "rate.saturating_mul(1_000)",
    to: "rate.saturating_mul(2_000)",
  },
  {
    name: "what the dead dispatched is taken for free",
    file: "src/cells/claim.rs",
    from: "self.is_needed(now).then_some(self)",
    to: "None",
  },
  {
    name: "nothing need be durable",
    file: "src/cells/mod.rs",
    from: "!(is_before_dispatch && durable::ends_nothing(&answer))",
    to: "is_before_dispatch && false",
  },
  {
    name: "a halt is forgotten",
    file: "src/cells/sender.rs",
    from: "self.halt = Some(Halt { reply, credentials, probe_at, pause, probe: None })",
    to: "let _ = (reply, credentials, probe_at, pause);",
  },
  {
    name: "the recipient is part of the claim's key",
    file: "src/delivery/message.rs",
    from: "keys.claim(&[&kind, &event, mapping])",
    to: `let to = run.drafts().into_iter().find_map(|draft| draft.message.ok());
        keys.claim(&[&kind, &event, mapping, to.as_ref().map_or("", |it| it.form.as_str())])`,
  },
  {
    name: "who opted out is texted",
    file: "src/cells/recipient.rs",
    from: "self.suppressed.iter().find(concerns)",
    to: "self.suppressed.iter().filter(|_| false).find(concerns)",
  },
  {
    name: "a webhook's signature is not checked",
    file: "src/twilio/webhook/signature.rs",
    from: "tokens.iter().any(fits)",
    to: "true",
  },
  {
    name: "a status moves backwards",
    file: "src/cells/claim.rs",
    from: "rank(&word) > rank(&(self.status.clone(), self.error))",
    to: "rank(&word) != rank(&(self.status.clone(), self.error))",
  },
  {
    name: "a callback does not settle what is unclear",
    file: "src/cells/claim/apply.rs",
    from: "claim.settle(settled.clone(), keep, now)",
    to: "let _ = keep;",
  },
  {
    name: "there are no quiet hours",
    file: "src/gates/quiet_hours.rs",
    from: "self.hold(*clock, time)",
    to: "let _ = clock; false",
  },
  {
    name: "quiet hours are forgotten once a message was put off",
    file: "src/cells/claim/apply.rs",
    from: "retimed(&dispatched.form, &form)",
    to: "dispatched.form.clone()",
  },
  {
    name: "a condition turns true that was true",
    file: "src/cells/profile.rs",
    from: "on && !known.on",
    to: "on",
  },
  {
    name: "a cell of a later version is taken for one of today",
    file: "src/cells/mod.rs",
    from: "operation.v > VERSION || cell.as_ref().is_some_and(|cell| cell.v > VERSION)",
    to: "operation.v > VERSION",
  },
  {
    name: "a message is sent again whatever its code says",
    file: "src/delivery/resend.rs",
    from: "MAY_PASS.contains(&code)",
    to: "true",
  },
  {
    name: "how often a message was sent again is not counted",
    file: "src/delivery/resend.rs",
    from: "message.resends + 1",
    to: "1",
  },
  {
    name: "everybody who hears of it sends a message again",
    file: "src/delivery/resend.rs",
    from: "claim_of_resend(&self.keys(), claim, number)",
    to: "claim_of_resend(&self.keys(), &self.port.new_owner(), number)",
  },
  {
    name: "what may have to be sent again is not kept",
    file: "src/delivery/keep.rs",
    from: "resends >= policy.resends || !is_told",
    to: "true",
  },
  {
    name: "a message is sent again to somebody who opted out",
    file: "src/delivery/draft.rs",
    from: "self.destination.again(message, suppression, self.port.now())",
    to: "self.destination.again(message, None, self.port.now())",
  },
  {
    name: "a message is sent again that arrived after all",
    file: "src/delivery/message/again.rs",
    from: "is_due(&answer)",
    to: "true",
  },
  {
    name: "an answer is to a message that waits",
    file: "src/delivery/message/attempt.rs",
    from: "self.reserve(&sought, &sender, what, progress).await?",
    within: ["let mut probe = ", ";"],
    to: `{
            self.note_origin(&sought.to, self.now()).await;
            self.reserve(&sought, &sender, what, progress).await?
        }`,
  },
  {
    name: "an answer that comes again is to whatever was dispatched since",
    file: "src/cells/recipient.rs",
    from: "heard.to.clone()",
    to: "self.last.as_ref().map(|last| last.claim.clone())",
  },
  {
    name: "a conversion is confirmed twice",
    file: "src/delivery/confirm.rs",
    from: "return Ok(duplicate(name.clone(), &settled))",
    to: "()",
  },
  {
    name: "that a conversion was confirmed is forgotten",
    file: "src/delivery/confirm.rs",
    from: "(reply.with_confirmed(sid.as_str()), Some(SettledAs::Sent))",
    to: "(reply.with_confirmed(sid.as_str()), None)",
  },
  {
    name: "a message that was sent after the event led to it",
    file: "src/delivery/confirm.rs",
    from: "message.at <= identity.at.plus(SKEW)",
    to: "true",
  },
];

/** How many schedules there are to find a mutant in. */
const MUTANT_SCHEDULES = 10_000;

/** How many schedules the core as it is has to pass beside them. */
const CONTROL_SCHEDULES = 2_000;

/** Runs the simulator around each mutant of the core; every one has to fail. */
export async function hunt() {
  const counts = { passed: 0, failed: 0 };
  const count = (isRight) => {
    counts[isRight ? "passed" : "failed"] += 1;
  };
  const program = await buildMutants();
  // The same build and the same schedules, unchanged, must find nothing.
  const control = await violation(program, 0, CONTROL_SCHEDULES);
  count(control === undefined);
  say(`  unchanged: ${control ?? "nothing"}`);
  for (const [index, mutant] of mutants.entries()) {
    const start = performance.now();
    const found = await violation(program, index + 1, MUTANT_SCHEDULES);
    count(found !== undefined);
    say(`  ${mutant.name}: ${found ?? "NOT FOUND"} (${seconds(start)})`);
  }
  return counts;
}

/** What the schedules show of a mutant, by its number; nothing if all is well. */
async function violation(program, number, schedules) {
  const args = ["--schedules", String(schedules), "--first"];
  const env = { MUTANT: String(number) };
  const { output } = await run(program, args, { env, quiet: true });
  const [, failed] = /^\d+ passed, (\d+) failed$/m.exec(output) ?? [];
  if (failed === undefined) throw new Stop(`${output}\n\nThe simulator did not end well.`);
  if (failed === "0") return undefined;
  return /\n\n(.*)\n {2}npm run simulate/.exec(output)?.[1] ?? "red";
}

/**
 * Builds one simulator around a core that holds every mutant: which of them it is, the variable
 * MUTANT says. A build for each would take minutes.
 */
async function buildMutants() {
  const folder = join(target, "mutants");
  copyCore(folder);
  for (const [index, mutant] of mutants.entries()) mutate(folder, mutant, index + 1);
  // A little optimised: what takes longer to build runs ten times as fast.
  const env = {
    CARGO_TARGET_DIR: join(target, "mutants-build"),
    CARGO_PROFILE_DEV_OPT_LEVEL: "1",
    CARGO_PROFILE_DEV_DEBUG: "0",
  };
  const manifest = ["--manifest-path", join(folder, "Cargo.toml")];
  await must("cargo", ["build", "--offline", ...manifest, ...crate], "Building mutants", { env });
  return join(target, "mutants-build", "debug", "simulate");
}

function mutate(folder, { name, file, from, to, within = ["", ""] }, number) {
  const path = join(folder, file);
  const [before, after] = within;
  const parts = readFileSync(path, "utf8").split(`${before}${from}${after}`);
  if (parts.length !== 2) {
    throw new Stop(`The mutant "${name}" no longer fits ${file}: change both alike.`);
  }
  const either = `(if crate::mutant() == ${number} { ${to} } else { ${from} })`;
  writeFileSync(path, parts.join(`${before}${either}${after}`));
}

/** What the copy's root gets: which mutant the process is to be. */
const rootOfMutants = `
fn mutant() -> u32 {
    static NUMBER: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| {
        std::env::var("MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    });
    *NUMBER
}
`;

/** Copies what the simulator is built from. */
function copyCore(folder) {
  mkdirSync(folder, { recursive: true });
  for (const part of ["src", join("tests", "simulation"), "Cargo.lock", "README.md"]) {
    rmSync(join(folder, part), { recursive: true, force: true });
    if (!existsSync(join(root, part))) continue;
    cpSync(join(root, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  }
  appendFileSync(join(folder, "src", "lib.rs"), rootOfMutants);
  const manifest = readFileSync(join(root, "Cargo.toml"), "utf8");
  const own = manifest
    .replace(/^members = .*$/m, 'members = [".", "tests/simulation"]')
    .replaceAll(/^\[\[example\]\]\n(?:[^[\n].*\n)*/gm, "");
  writeFileSync(join(folder, "Cargo.toml"), own);
}
