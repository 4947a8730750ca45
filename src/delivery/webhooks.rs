//! Webhooks meet the cells: a status settles its claim, STOP and START change who may be texted, and
//! either is reported to Segment.
//!
//! A webhook may come several times, in any order, and from whoever saw it once. The cells take each
//! of them in once; what Segment is told carries an id by which it counts a webhook once too.

use std::cell::RefCell;
use std::rc::Rc;

use super::Why;
use super::callback;
use super::handled::{Handled, HandledAs, Opted, OptedAs, Tracked};
use super::isolate::Isolate;
use super::keep::{noted, sid_note};
use super::keys::Keys;
use super::message::conclude::suppression;
use super::port::{Port, StoreFailed};
use super::resend::may_go_on;
use crate::cells::{
    Answer, ClaimAnswer, ClaimOperation, NoteOperation, Noted, OptOperation, RecipientAnswer,
    RecipientOperation, Settled, Target,
};
use crate::destination::Destination;
use crate::http::{FetchRequest, HttpReport};
use crate::segment_api::Origin;
use crate::twilio::request::HttpRequest;
use crate::twilio::response::ReplyCode;
use crate::twilio::webhook::{Callback, Click, Inbound, OptOut, Received, StatusUpdate};

/// How long Segment may take, in milliseconds. Twilio waits 15 seconds for the answer.
const TRACK_TIMEOUT: u32 = 5_000;

/// What is answered where something failed that may work later.
const UNAVAILABLE: u16 = 503;

/// Does what a webhook asks for that Twilio signed.
pub(super) async fn handle(desk: &Desk, received: &Received) -> Handled {
    let found = match &received.callback {
        Callback::Status(update) => desk.note_status(received, update).await,
        Callback::Inbound(inbound) => desk.note_inbound(received, inbound).await,
        Callback::Click(click) => desk.find_clicked(received, click).await,
    };
    let Found { mut handled, origin, settled } = match found {
        Ok(found) => found,
        Err(handled) => return *handled,
    };
    let tracked = desk.track(received, &origin.unwrap_or_default()).await;
    if matches!(tracked, Tracked::Failed { .. }) {
        handled.http_status = UNAVAILABLE;
    }
    handled.tracked = Some(tracked);
    // Last of all: it may take long.
    if let (Some((claim, settled)), Some(sid)) = (settled, &handled.message_sid) {
        handled.resent = desk.resend(&claim, sid, &settled).await;
        if handled.resent.as_ref().is_some_and(|resent| may_go_on(&resent.outcome)) {
            handled.http_status = UNAVAILABLE;
        }
    }
    handled
}

/// Whoever handles one webhook, with all that it takes.
pub(super) struct Desk {
    pub(super) destination: Rc<Destination>,
    pub(super) isolate: Rc<RefCell<Isolate>>,
    pub(super) port: Port,
}

/// What came of a webhook so far, and what it is about.
struct Found {
    handled: Handled,
    /// Which event sent the message.
    origin: Option<Origin>,
    /// The key of its claim, and how that ended.
    settled: Option<(String, Settled)>,
}

impl Found {
    fn new(handled: Handled, origin: Option<Origin>) -> Self {
        Self { handled, origin, settled: None }
    }
}

/// What was found, or what came of the webhook where the store failed.
type Finding = Result<Found, Box<Handled>>;

impl Desk {
    async fn note_status(&self, received: &Received, update: &StatusUpdate) -> Finding {
        let mut handled = Handled::new(received.http_status, HandledAs::Status);
        handled.message_sid = Some(update.message_sid.as_str().to_owned());
        handled.status = Some(update.status.as_str().to_owned());
        handled.error.clone_from(&update.error);
        let policy = self.destination.policy();
        let parameter = policy.callback_parameter.as_deref();
        let key = parameter.and_then(|name| callback::claim_of(&received.query, name));
        let Some(key) = key else { return Ok(Found::new(handled, None)) };
        let report = ClaimOperation::Report {
            sid: update.message_sid.as_str().to_owned(),
            status: update.status.as_str().to_owned(),
            error: update.error.as_ref().map(|error| error.code),
            keep: policy.keep_claims,
        };
        match self.ask(Why::RecordStatus, &key, Target::Claim(report)).await {
            Ok(Answer::Claim(ClaimAnswer::Reported { settled, origin, news })) => {
                handled.recorded = true;
                handled.news = news;
                if settled.sid == handled.message_sid {
                    handled.error = handled.error.filter(|it| settled.error == Some(it.code));
                    handled.status.clone_from(&settled.status);
                }
                if news {
                    self.note_suppression(update).await;
                    self.note_sid(&key, update.message_sid.as_str(), &settled).await;
                }
                let origin = origin.map(|origin| *origin);
                Ok(Found { settled: Some((key, settled)), ..Found::new(handled, origin) })
            }
            // It was sent by somebody else, or so long ago that it is forgotten.
            Ok(Answer::Claim(ClaimAnswer::Free)) => Ok(Found::new(handled, None)),
            _ => Err(failed(handled)),
        }
    }

    /// Whoever sent the message notes its SID where a click has to find it. Where a callback was
    /// faster than the reply, nobody else may ever learn it.
    async fn note_sid(&self, claim: &str, sid: &str, settled: &Settled) {
        let is_ours = settled.code == ReplyCode::Reported.code();
        if is_ours && self.destination.follows_clicks() {
            let note = sid_note(claim, self.destination.policy().keep_claims);
            let _ = self.ask(Why::RecordSid, &self.keys().sid(sid), note).await;
        }
    }

    /// A click names no claim: its message is found by its SID.
    async fn find_clicked(&self, received: &Received, click: &Click) -> Finding {
        let mut handled = Handled::new(received.http_status, HandledAs::Click);
        let sid = click.message_sid.as_str();
        handled.message_sid = Some(sid.to_owned());
        handled.news = true;
        if !self.destination.follows_clicks() {
            return Ok(Found::new(handled, None));
        }
        match self.origin_by_sid(sid).await {
            Ok(Some(origin)) => {
                handled.recorded = true;
                Ok(Found::new(handled, origin))
            }
            Ok(None) => Ok(Found::new(handled, None)),
            Err(StoreFailed) => Err(failed(handled)),
        }
    }

    /// Which event sent the message with this SID; none if the message is not known.
    async fn origin_by_sid(&self, sid: &str) -> Result<Option<Option<Origin>>, StoreFailed> {
        let read = Target::Note(NoteOperation::Read);
        let answer = self.ask(Why::FindMessage, &self.keys().sid(sid), read).await?;
        let Some(Noted::Claim(claim)) = noted(answer)? else { return Ok(None) };
        self.origin_by_claim(&claim).await
    }

    /// Which event sent the message of this claim; none if the message is not known.
    async fn origin_by_claim(&self, claim: &str) -> Result<Option<Option<Origin>>, StoreFailed> {
        let look = Target::Claim(ClaimOperation::LookAtOrigin);
        match self.ask(Why::LookAtClaim, claim, look).await? {
            Answer::Claim(ClaimAnswer::Origin { origin }) => Ok(Some(origin.map(|it| *it))),
            Answer::Claim(ClaimAnswer::Free) => Ok(None),
            _ => Err(StoreFailed),
        }
    }

    /// Some reasons say of the recipient what holds for every message. One that is missed here is
    /// learned again from the next message's refusal.
    async fn note_suppression(&self, update: &StatusUpdate) {
        let sender = match (&update.messaging_service_sid, &update.from) {
            (Some(service), _) => service.as_str(),
            (None, Some(from)) => from.expose(),
            (None, None) => return,
        };
        let (Some(to), Some(error)) = (&update.to, &update.error) else { return };
        let sender = self.keys().hash(&["sender", sender]);
        let policy = self.destination.policy();
        let Some(operation) = suppression(policy, Some(error.code), sender) else { return };
        let key = self.keys().recipient(to.expose());
        let _ = self.ask(Why::RecordSuppression, &key, Target::Recipient(operation)).await;
    }

    async fn note_inbound(&self, received: &Received, inbound: &Inbound) -> Finding {
        let mut handled = Handled::new(received.http_status, HandledAs::Inbound);
        handled.message_sid = Some(inbound.message_sid.as_str().to_owned());
        let key = self.keys().recipient(inbound.from.expose());
        let opted = match inbound.opt_out {
            Some(OptOut::Stop) => Some(OptedAs::OptedOut),
            Some(OptOut::Start) => Some(OptedAs::OptedIn),
            Some(OptOut::Help) | None => None,
        };
        let service = inbound.messaging_service_sid.as_deref();
        let senders = [Some(inbound.to.expose()), service].into_iter().flatten();
        let operation = RecipientOperation::Hear {
            sid: inbound.message_sid.as_str().to_owned(),
            opts: opted.map(|opted| match opted {
                OptedAs::OptedIn => OptOperation::In,
                OptedAs::OptedOut => OptOperation::Out,
            }),
            senders: senders.map(|sender| self.keys().hash(&["sender", sender])).collect(),
            keep: self.destination.policy().keep_claims,
        };
        let answer = self.ask(Why::RecordAnswer, &key, Target::Recipient(operation)).await;
        let Ok(Answer::Recipient(RecipientAnswer::Heard { news, holds, origin, to })) = answer
        else {
            return Err(failed(handled));
        };
        handled.recorded = true;
        handled.news = news;
        let origin = match (origin, to) {
            (Some(origin), _) => Some(*origin),
            (None, Some(claim)) => match self.origin_by_claim(&claim).await {
                Ok(origin) => origin.flatten(),
                Err(StoreFailed) => return Err(failed(handled)),
            },
            (None, None) => None,
        };
        handled.opted = opted.filter(|_| holds).map(|kind| Opted {
            kind,
            recipient: key,
            user_id: origin.as_ref().and_then(|origin| origin.user_id.clone()),
            anonymous_id: origin.as_ref().and_then(|origin| origin.anonymous_id.clone()),
            messaging_service_sid: inbound.messaging_service_sid.clone(),
            number: self.destination.reports_numbers().then(|| inbound.from.expose().to_owned()),
        });
        Ok(Found::new(handled, origin))
    }

    async fn track(&self, received: &Received, origin: &Origin) -> Tracked {
        let request = match self.destination.track(received, origin, self.port.now()) {
            Ok(request) => request,
            Err(untracked) => return untracked.into(),
        };
        let HttpRequest { method, url, headers, body } = request;
        let request = FetchRequest { method, url, headers, body: Some(body) };
        let not_after = self.port.now().plus(i64::from(TRACK_TIMEOUT));
        match self.port.fetch(Why::Track, request, TRACK_TIMEOUT, not_after).await {
            HttpReport::Response { status: 200..=299, .. } => Tracked::Tracked,
            HttpReport::Response { status, .. } => Tracked::Failed { http_status: Some(status) },
            HttpReport::Failure { .. } | HttpReport::NotStarted => {
                Tracked::Failed { http_status: None }
            }
        }
    }

    /// Asks again if the store fails: what is asked here may be applied twice.
    pub(super) async fn ask(&self, why: Why, key: &str, to: Target) -> Result<Answer, StoreFailed> {
        self.port.firmly(async || self.port.update(why, key, to.clone()).await).await
    }

    pub(super) fn keys(&self) -> Keys<'_> {
        Keys::of(&self.destination)
    }
}

fn failed(handled: Handled) -> Box<Handled> {
    Box::new(Handled { http_status: UNAVAILABLE, store_failed: true, ..handled })
}
