//! Conversions: an event that shows that a message led to what it was sent for is told to Twilio, as
//! feedback on the last such message. It is told once for each message, and never billed.

use super::Why;
use super::dispatcher::Run;
use super::identity::Identity;
use super::message::{OPEN_LEASE, STORE_PAUSE, claim, claim_key, defer, dropped, duplicate};
use super::port::StoreFailed;
use super::profiles::MAX_JOINS;
use super::resend::claims;
use super::retry::back_off;
use crate::cells::{
    Answer, ClaimAnswer, ClaimOperation, ProfileAnswer, ProfileOperation, SentMessage, SettledAs,
    Target,
};
use crate::decision::{DropCode, DropReason};
use crate::destination::{Conversion, InputKind};
use crate::http::FetchRequest;
use crate::outcome::{Deferral, Deferred, Outcome, Replied, Reply};
use crate::twilio::request::HttpRequest;
use crate::twilio::response::{Meaning, Verdict, interpret_report};
use crate::twilio::sid::MessageSid;

/// How much later than the event a message may have been noted and still count, in milliseconds:
/// clocks differ a little. A message that was sent after the event did not lead to it.
const SKEW: i64 = 5_000;

/// How many of a user's messages are looked at before giving up: those before the last count only
/// where it never left.
const MAX_LOOKED_AT: usize = 10;

/// How often Twilio is told before the event goes back.
const TRIES: u32 = 3;

/// Tells Twilio of every conversion that an event is.
pub(super) async fn confirm_all(run: &Run, identity: &Identity) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for conversion in conversions(run) {
        let outcome = match confirm(run, identity, conversion).await {
            Ok(outcome) => outcome,
            Err(StoreFailed) => store_failed(run, conversion),
        };
        outcomes.push(outcome);
    }
    outcomes
}

/// The same for an event of which nothing could be noted.
pub(super) fn put_all_off(run: &Run) -> Vec<Outcome> {
    conversions(run).into_iter().map(|conversion| store_failed(run, conversion)).collect()
}

fn conversions(run: &Run) -> Vec<&Conversion> {
    match run.input() {
        Ok(event) if run.kind == InputKind::Event => {
            run.destination.conversions_of(&event, run.port.now())
        }
        _ => Vec::new(),
    }
}

fn store_failed(run: &Run, conversion: &Conversion) -> Outcome {
    defer(run, conversion.name.clone(), run.port.store_deferral(), STORE_PAUSE)
}

async fn confirm(
    run: &Run,
    identity: &Identity,
    conversion: &Conversion,
) -> Result<Outcome, StoreFailed> {
    let name = &conversion.name;
    let messages = messages_to(run, identity, conversion).await?;
    let Some(sid) = last_sent(run, messages).await? else {
        let reason = DropReason::new(DropCode::MessageNotFound).at("$.conversions");
        return Ok(dropped(Some(name.clone()), reason, Vec::new()));
    };
    let key = run.keys().claim(&["feedback", sid.as_str()]);
    let owner = run.port.new_owner();
    let open = ClaimOperation::Open { owner: owner.clone(), lease: OPEN_LEASE };
    match claim(run, Why::OpenClaim, &key, open).await? {
        ClaimAnswer::Opened { .. } => {}
        ClaimAnswer::Settled { settled, .. } => return Ok(duplicate(name.clone(), &settled)),
        ClaimAnswer::Busy { for_ms } => {
            return Ok(defer(run, name.clone(), Deferral::ClaimBusy, for_ms));
        }
        _ => return Err(StoreFailed),
    }
    let told = tell(run, &sid).await;
    let operation = match told.settled_as {
        Some(settled_as) => ClaimOperation::Settle {
            owner,
            attempt: 1,
            settled_as,
            code: told.reply.code.clone(),
            sid: Some(sid.as_str().to_owned()),
            status: None,
            keep: run.destination.policy().keep_claims,
        },
        None => ClaimOperation::Release { owner, turns: Vec::new() },
    };
    let answer = claim(run, Why::SettleClaim, &key, operation).await;
    // Not if telling took so long that the claim is somebody else's by now, or nobody's.
    let recorded = matches!(answer, Ok(ClaimAnswer::Done | ClaimAnswer::Settled { .. }));
    let replied = Replied {
        mapping: name.clone(),
        reply: told.reply,
        warnings: Vec::new(),
        recorded,
        again_at: None,
    };
    Ok(match (told.verdict, told.settled_as) {
        (Verdict::Sent, _) => Outcome::Confirmed(replied),
        (Verdict::Failed, _) | (_, Some(_)) => Outcome::Failed(replied),
        (Verdict::Halted, None) => Outcome::Halted(replied),
        (Verdict::Retry | Verdict::Unknown, None) => {
            let until = run.port.now().plus(told.wait.max(STORE_PAUSE));
            let deferred = Deferred::new(name.clone(), Deferral::Feedback, until);
            Outcome::Deferred(Deferred { reply: Some(replied.reply), ..deferred })
        }
    })
}

/// The messages to the event's user that the conversion may be credited to, the last one first.
async fn messages_to(
    run: &Run,
    identity: &Identity,
    conversion: &Conversion,
) -> Result<Vec<SentMessage>, StoreFailed> {
    let (user, anonymous) = run.profile_keys(identity);
    let mut all = match (&user, &anonymous) {
        // What was joined to somebody else is not theirs, so nothing is followed from here.
        (Some(_), Some(anonymous)) => messages_at(run, anonymous, conversion).await?.0,
        _ => Vec::new(),
    };
    let mut next = user.or(anonymous);
    for _ in 0..MAX_JOINS {
        let Some(key) = next.take() else { break };
        let (messages, joined) = messages_at(run, &key, conversion).await?;
        all.extend(messages);
        next = joined;
    }
    // What this event sends did not lead to it, nor what was sent in place of that.
    let most = run.destination.policy().resends;
    let own = |message: &SentMessage| {
        let first = claim_key(run, identity, &message.mapping);
        claims(&run.keys(), first, most).contains(&message.claim)
    };
    all.retain(|message| {
        message.feedback
            && conversion.mapping.as_ref().is_none_or(|mapping| *mapping == message.mapping)
            && message.at <= identity.at.plus(SKEW)
            && !own(message)
    });
    all.sort_by(|a, b| (b.at, &b.claim).cmp(&(a.at, &a.claim)));
    all.dedup();
    Ok(all)
}

/// The messages that a profile knows, and the profile that has taken its place.
async fn messages_at(
    run: &Run,
    key: &str,
    conversion: &Conversion,
) -> Result<(Vec<SentMessage>, Option<String>), StoreFailed> {
    let operation = ProfileOperation::Messages { within: conversion.within };
    match run.port.update(Why::FindMessage, key, Target::Profile(operation)).await? {
        Answer::Profile(ProfileAnswer::Messages { messages, joined }) => Ok((messages, joined)),
        _ => Err(StoreFailed),
    }
}

/// The SID of the last of the messages that Twilio took; none if that is not known.
async fn last_sent(
    run: &Run,
    messages: Vec<SentMessage>,
) -> Result<Option<MessageSid>, StoreFailed> {
    for message in messages.into_iter().take(MAX_LOOKED_AT) {
        let look = claim(run, Why::FindMessage, &message.claim, ClaimOperation::Look).await?;
        if let ClaimAnswer::Settled { settled, .. } = look
            && settled.settled_as == SettledAs::Sent
        {
            // Where its SID is not known, none before it led to the event all the same.
            return Ok(settled.sid.as_deref().and_then(MessageSid::parse));
        }
    }
    Ok(None)
}

/// What came of telling Twilio.
struct Told {
    reply: Reply,
    verdict: Verdict,
    /// How that ends it; nothing if it can be tried again.
    settled_as: Option<SettledAs>,
    /// How long to wait at least before it is, in milliseconds.
    wait: i64,
}

/// Tells Twilio, more than once if need be: it comes to the same, and costs nothing.
async fn tell(run: &Run, sid: &MessageSid) -> Told {
    let mut tries = 1;
    loop {
        let told = tell_once(run, sid, tries).await;
        let may_pass = matches!(told.verdict, Verdict::Retry | Verdict::Unknown);
        let until = run.port.now().plus(told.wait);
        if !may_pass || tries >= TRIES || !run.port.wait(Why::BackOff, until, true).await {
            return told;
        }
        tries += 1;
    }
}

async fn tell_once(run: &Run, sid: &MessageSid, tries: u32) -> Told {
    let HttpRequest { method, url, headers, body } = run.destination.feedback(sid);
    let request = FetchRequest { method, url, headers, body: Some(body) };
    let timeout = run.destination.request_timeout_ms();
    let not_after = run.port.now().plus(i64::from(timeout));
    let report = run.port.fetch(Why::Confirm, request, timeout, not_after).await;
    let meaning = interpret_report(&report, run.port.now());
    let wait = back_off(&run.port, tries, meaning.retry_after_ms);
    let verdict = verdict(&meaning);
    let reply = Reply::from(&meaning);
    let (reply, settled_as) = match verdict {
        Verdict::Sent => (reply.with_confirmed(sid.as_str()), Some(SettledAs::Sent)),
        Verdict::Failed => (reply, Some(SettledAs::Failed)),
        // Twilio has no such message any more: that will not change.
        Verdict::Halted if meaning.http_status == Some(404) => (reply, Some(SettledAs::Failed)),
        Verdict::Halted | Verdict::Retry | Verdict::Unknown => (reply, None),
    };
    Told { reply, verdict, settled_as, wait }
}

/// A message whose feedback is taken may well have failed since.
fn verdict(meaning: &Meaning) -> Verdict {
    match meaning.http_status {
        Some(200..=299) => Verdict::Sent,
        _ => meaning.verdict(),
    }
}
