//! Every code and every requirement is named by a vector, and what a vector names is in it.

use std::collections::BTreeSet;

use twilio_destination::decision::{DropCode, WarningCode};
use twilio_destination::phone::Refusal;
use twilio_destination::problem::ProblemCode;
use twilio_destination::twilio::parameter::SPECS;
use twilio_destination::twilio::response::ReplyCode;

use crate::vectors::format::{Decision, Vector};
use crate::vectors::{all, folder, text_of};

/// What a vector expects, in the words of `covers`: `drop:recipient_missing`.
fn expected(vector: &Vector) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for problem in &vector.expect.problems {
        found.insert(format!("problem:{}", problem.code));
    }
    for warning in &vector.expect.warnings {
        found.insert(format!("warning:{}", warning.code));
    }
    for decision in vector.expect.decisions.iter().flatten() {
        for warning in decision.warnings() {
            found.insert(format!("warning:{}", warning.code));
        }
        if let Decision::Drop { code, detail, .. } = decision {
            found.insert(format!("drop:{code}"));
            found.extend(detail.iter().map(|detail| format!("drop:{code}:{detail}")));
        }
    }
    for outcome in vector.expect.outcomes.iter().flatten() {
        if let Some(code) = outcome.get("code") {
            let kind = if outcome["type"] == "dropped" { "drop" } else { "reply" };
            found.insert(format!("{kind}:{}", code.as_str().unwrap()));
        }
    }
    found
}

/// The ids of the requirements: the first cell of each row of the list.
fn requirements() -> BTreeSet<String> {
    let list = text_of(&folder().join("requirements.md"));
    let rows = list.lines().filter_map(|line| line.strip_prefix("| R"));
    let ids: Vec<String> =
        rows.map(|row| format!("R{}", row.split_once(" |").unwrap().0)).collect();
    let distinct: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!(distinct.len(), ids.len(), "two requirements have the same id");
    distinct
}

#[test]
fn a_vector_expects_what_it_says_it_covers() {
    let requirements = requirements();
    let mut faults = Vec::new();
    for (name, vector) in all() {
        let found = expected(&vector);
        let mut seen = BTreeSet::new();
        for id in &vector.covers {
            let known =
                if id.contains(':') { found.contains(id) } else { requirements.contains(id) };
            if !known {
                faults.push(format!("{name} says that it covers {id}"));
            }
            if !seen.insert(id) {
                faults.push(format!("{name} names {id} twice"));
            }
        }
        if name.starts_with("peers/") != vector.note.is_some() {
            faults.push(format!("{name}: a note belongs to a peer"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_code_and_every_requirement_has_a_vector() {
    let mut wanted = requirements();
    for code in ProblemCode::ALL {
        let kind = if code.is_warning() { "warning" } else { "problem" };
        wanted.insert(format!("{kind}:{}", code.code()));
    }
    // It takes a webhook, which no vector hands in.
    let drops = DropCode::ALL.iter().filter(|code| **code != DropCode::ResendNeedless);
    wanted.extend(drops.map(|code| format!("drop:{}", code.code())));
    wanted.extend(WarningCode::ALL.iter().map(|code| format!("warning:{}", code.code())));
    // These come about without a reply to a create request; the simulation, the tests of webhooks
    // and those of conversions have them.
    let without_reply = [
        ReplyCode::Confirmed,
        ReplyCode::Found,
        ReplyCode::NeverSeen,
        ReplyCode::Reported,
        ReplyCode::RetriesEnded,
    ];
    let replies = ReplyCode::ALL.iter().filter(|code| !without_reply.contains(code));
    wanted.extend(replies.map(|code| format!("reply:{}", code.code())));
    // What is no string has a drop reason of its own.
    let refusals = Refusal::ALL.iter().filter(|refusal| **refusal != Refusal::NotText);
    wanted.extend(refusals.map(|refusal| format!("drop:recipient_invalid:{}", refusal.code())));
    for (_, vector) in all() {
        for id in &vector.covers {
            wanted.remove(id);
        }
    }
    assert!(wanted.is_empty(), "no vector covers {wanted:?}");
}

#[test]
fn a_message_warning_and_a_settings_warning_of_one_name_both_have_a_vector() {
    let vectors = all();
    for code in WarningCode::ALL {
        let has = |(_, vector): &(String, Vector)| {
            let mut decisions = vector.expect.decisions.iter().flatten();
            decisions.any(|decision| {
                decision.warnings().iter().any(|warning| warning.code == code.code())
            })
        };
        assert!(vectors.iter().any(has), "no message warns of {}", code.code());
    }
    for code in ProblemCode::ALL.iter().filter(|code| code.is_warning()) {
        let has = |(_, vector): &(String, Vector)| {
            vector.expect.warnings.iter().any(|warning| warning.code == code.code())
        };
        assert!(vectors.iter().any(has), "no settings warn of {}", code.code());
    }
}

#[test]
fn every_parameter_is_sent_and_is_refused_in_some_vector() {
    let vectors = all();
    for spec in &SPECS {
        let sent = |(_, vector): &(String, Vector)| {
            vector.expect.decisions.iter().flatten().any(|decision| match decision {
                Decision::Send { form, .. } => form.iter().any(|(name, _)| name == spec.name),
                Decision::Drop { .. } => false,
            })
        };
        let refused = |(_, vector): &(String, Vector)| {
            let ends = format!(".{}", spec.setting);
            let in_settings = vector.expect.problems.iter().any(|problem| {
                problem.code == "parameter_invalid" && problem.path.ends_with(&ends)
            });
            let in_a_message = vector.expect.decisions.iter().flatten().any(|decision| {
                let warned =
                    decision.warnings().iter().any(|warning| warning.parameter == spec.name);
                let dropped = matches!(decision, Decision::Drop { path: Some(path), .. }
                    if path.ends_with(&ends));
                warned || dropped
            });
            in_settings || in_a_message
        };
        assert!(vectors.iter().any(sent), "no vector sends {}", spec.name);
        assert!(vectors.iter().any(refused), "no vector refuses {}", spec.name);
    }
}
