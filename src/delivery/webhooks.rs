//! Webhooks meet the cells: a status settles its claim, STOP and START change who may be texted, and
//! either is reported to Segment.
//!
//! A webhook may come several times, in any order, and from whoever saw it once. The cells take each
//! of them in once; what Segment is told carries an id by which it counts a webhook once too.

use super::Why;
use super::attempt::{STORE_TRIES, suppression};
use super::callback;
use super::handled::{Handled, HandledAs, Opted, OptedAs, Tracked};
use super::keys::Keys;
use super::message::STORE_PAUSE;
use super::port::{Port, StoreFailed};
use crate::cells::{
    Answer, ClaimAnswer, ClaimOperation, OptOperation, RecipientAnswer, RecipientOperation, Target,
};
use crate::destination::Destination;
use crate::http::{FetchRequest, HttpReport};
use crate::segment_api::Origin;
use crate::twilio::request::HttpRequest;
use crate::twilio::webhook::{Callback, Inbound, OptOut, Received, StatusUpdate};

/// How long Segment may take, in milliseconds. Twilio waits 15 seconds for the answer.
const TRACK_TIMEOUT: u32 = 5_000;

/// What is answered where something failed that may work later.
const UNAVAILABLE: u16 = 503;

/// Does what a webhook asks for that Twilio signed.
pub(super) async fn handle(destination: &Destination, port: &Port, received: &Received) -> Handled {
    let desk = Desk { destination, port };
    let noted = match &received.callback {
        Callback::Status(update) => desk.note_status(received, update).await,
        Callback::Inbound(inbound) => desk.note_inbound(received, inbound).await,
        Callback::Click(click) => {
            let mut handled = Handled::new(received.http_status, HandledAs::Click);
            handled.message_sid = Some(click.message_sid.as_str().to_owned());
            handled.news = true;
            Ok((handled, None))
        }
    };
    let (mut handled, origin) = match noted {
        Ok(noted) => noted,
        Err(handled) => return *handled,
    };
    let tracked = desk.track(received, &origin.unwrap_or_default()).await;
    if matches!(tracked, Tracked::Failed { .. }) {
        handled.http_status = UNAVAILABLE;
    }
    handled.tracked = Some(tracked);
    handled
}

struct Desk<'d> {
    destination: &'d Destination,
    port: &'d Port,
}

/// What came of a webhook, and which event sent the message that it is about; or what came of it
/// where the store failed.
type Noted = Result<(Handled, Option<Origin>), Box<Handled>>;

impl Desk<'_> {
    async fn note_status(&self, received: &Received, update: &StatusUpdate) -> Noted {
        let mut handled = Handled::new(received.http_status, HandledAs::Status);
        handled.message_sid = Some(update.message_sid.as_str().to_owned());
        handled.status = Some(update.status.as_str().to_owned());
        handled.error.clone_from(&update.error);
        let policy = self.destination.policy();
        let parameter = policy.callback_parameter.as_deref();
        let key = parameter.and_then(|name| callback::claim_of(&received.query, name));
        let Some(key) = key else { return Ok((handled, None)) };
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
                    handled.status = settled.status;
                }
                if news {
                    self.note_suppression(update).await;
                }
                Ok((handled, origin.map(|origin| *origin)))
            }
            // It was sent by somebody else, or so long ago that it is forgotten.
            Ok(Answer::Claim(ClaimAnswer::Free)) => Ok((handled, None)),
            _ => Err(failed(handled)),
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

    async fn note_inbound(&self, received: &Received, inbound: &Inbound) -> Noted {
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
        let Ok(Answer::Recipient(RecipientAnswer::Heard { news, origin })) = answer else {
            return Err(failed(handled));
        };
        let origin = origin.map(|origin| *origin);
        handled.recorded = true;
        handled.news = news;
        handled.opted = opted.map(|kind| Opted {
            kind,
            recipient: key,
            user_id: origin.as_ref().and_then(|origin| origin.user_id.clone()),
            anonymous_id: origin.as_ref().and_then(|origin| origin.anonymous_id.clone()),
            messaging_service_sid: inbound.messaging_service_sid.clone(),
            number: self.destination.reports_numbers().then(|| inbound.from.expose().to_owned()),
        });
        Ok((handled, origin))
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
    async fn ask(&self, why: Why, key: &str, to: Target) -> Result<Answer, StoreFailed> {
        for _ in 1..STORE_TRIES {
            if let Ok(answer) = self.port.update(why, key, to.clone()).await {
                return Ok(answer);
            }
            let until = self.port.now().plus(STORE_PAUSE);
            if !self.port.wait(Why::WaitForStore, until, false).await {
                break;
            }
        }
        self.port.update(why, key, to).await
    }

    fn keys(&self) -> Keys<'_> {
        let policy = self.destination.policy();
        Keys::new(&policy.key_secret, &policy.id)
    }
}

fn failed(handled: Handled) -> Box<Handled> {
    Box::new(Handled { http_status: UNAVAILABLE, store_failed: true, ..handled })
}
