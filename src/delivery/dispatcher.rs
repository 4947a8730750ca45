//! Where deliveries begin and go on.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::rc::Rc;

use super::isolate::Isolate;
use super::port::{Port, Script, Stand};
use super::webhooks::Desk;
use super::{Action, FOLLOWS_UP, Handled, Report, Step, Why, message, profiles, webhooks};
use crate::cells::{Resendable, Trait};
use crate::destination::{Destination, InputKind};
use crate::outcome::{Deferred, Outcome};
use crate::preview::Preview;
use crate::random::Random;
use crate::time::Timestamp;
use crate::twilio::webhook::{self, Received};

/// A destination at work in one process.
#[derive(Debug)]
pub struct Dispatcher {
    destination: Rc<Destination>,
    isolate: Rc<RefCell<Isolate>>,
}

/// What is to be sent: an event or a row.
#[derive(Clone)]
pub enum Content {
    /// The values that a host took from it, packed (see `src/event/fields.rs`).
    Fields(String),
    /// The bytes of its JSON text.
    Json(Vec<u8>),
}

/// It holds personal data: it is not printed.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fields(_) => "Fields",
            Self::Json(_) => "Json",
        })
    }
}

/// The terms of one delivery.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The time at which it begins.
    pub now: Timestamp,
    /// What its random numbers are made of: different for each delivery.
    pub seed: u64,
    /// When the host must be done; none if it can wait.
    pub deadline: Option<Timestamp>,
    /// For a row, where it stands.
    pub place: Option<Place>,
    /// What the host knows beside the event, as JSON (see [`crate::facts::Facts`]).
    pub facts: Option<String>,
}

/// Where a row stands: it is sent once for each place of each run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The run's name.
    pub run: String,
    /// The row's number in it.
    pub row: u64,
}

/// One event being sent, or one webhook being handled. It lives in one process and is never stored.
pub struct Delivery {
    script: Script<Ended>,
    /// What it knows; nothing where no event is sent.
    run: Option<Rc<Run>>,
}

/// What a delivery ends with.
enum Ended {
    Handled(Box<Handled>),
    Sent(Vec<Outcome>),
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").finish_non_exhaustive()
    }
}

impl Dispatcher {
    /// Sets a destination to work.
    pub fn new(destination: Rc<Destination>) -> Self {
        let isolate = Rc::new(RefCell::new(Isolate::new(destination.policy().at_once)));
        Self { destination, isolate }
    }

    /// The same destination in another process: nothing is remembered there.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        Self::new(Rc::clone(&self.destination))
    }

    /// The destination.
    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Begins to send an event or a row.
    pub fn begin(&self, kind: InputKind, content: Content, terms: Terms) -> (Delivery, Step) {
        let port = Port::new(terms.now, terms.deadline, Random::new(terms.seed));
        let run = Rc::new(Run {
            destination: Rc::clone(&self.destination),
            isolate: Rc::clone(&self.isolate),
            port: port.clone(),
            kind,
            content,
            again: None,
            facts: terms.facts,
            place: terms.place,
            remembered: RefCell::default(),
            unchanged: RefCell::default(),
        });
        let known = Rc::clone(&run);
        let (delivery, step) =
            Delivery::start(port, async move { Ended::Sent(message::send_all(&run).await) });
        (Delivery { run: Some(known), ..delivery }, step)
    }

    /// Begins to forget what is known of a user: what a deletion request asks for. Whether they
    /// opted out stays known. It ends without an outcome, or with one that is deferred if the store
    /// failed: then it is to be begun again.
    pub fn begin_forget(
        &self,
        user_id: Option<&str>,
        anonymous_id: Option<&str>,
        terms: &Terms,
    ) -> (Delivery, Step) {
        let port = Port::new(terms.now, terms.deadline, Random::new(terms.seed));
        let ids = [("user", user_id), ("anonymous", anonymous_id)];
        let ids: Vec<(&'static str, String)> =
            ids.into_iter().filter_map(|(kind, id)| id.map(|id| (kind, id.to_owned()))).collect();
        let destination = Rc::clone(&self.destination);
        let asked = port.clone();
        Delivery::start(port, async move {
            match profiles::forget(&destination, &asked, &ids).await {
                Ok(()) => Ended::Sent(Vec::new()),
                Err(_) => {
                    let until = asked.now().plus(message::STORE_PAUSE);
                    let again = Deferred::new(String::new(), asked.store_deferral(), until);
                    Ended::Sent(vec![Outcome::Deferred(again)])
                }
            }
        })
    }

    /// Begins to handle a webhook, as it came. It is verified first; nothing comes of one that Twilio
    /// did not sign. Of the terms, time, seed and deadline count.
    pub fn begin_webhook(&self, request: &webhook::Request<'_>, terms: &Terms) -> (Delivery, Step) {
        self.begin_received(self.destination.receive(request), terms)
    }

    /// Begins to handle a webhook that was verified before, or refused.
    pub fn begin_received(
        &self,
        received: Result<Received, webhook::Refusal>,
        terms: &Terms,
    ) -> (Delivery, Step) {
        let port = Port::new(terms.now, terms.deadline, Random::new(terms.seed));
        let destination = Rc::clone(&self.destination);
        let isolate = Rc::clone(&self.isolate);
        let asked = port.clone();
        Delivery::start(port, async move {
            let handled = match received {
                Ok(received) => {
                    let desk = Desk { destination, isolate, port: asked };
                    webhooks::handle(&desk, &received).await
                }
                Err(refusal) => Handled::refused(refusal),
            };
            Ended::Handled(Box::new(handled))
        })
    }
}

impl Delivery {
    fn start(port: Port, code: impl Future<Output = Ended> + 'static) -> (Self, Step) {
        let mut delivery = Self { script: Script::new(port, code), run: None };
        let stand = delivery.script.start();
        let step = delivery.step(stand);
        (delivery, step)
    }

    /// Takes what came of the last step in, and says what is next. `now` is when it came.
    ///
    /// A report that does not belong to the step counts as a failure of it.
    pub fn resume(&mut self, report: Report, now: Timestamp) -> Step {
        let stand = self.script.resume(report, now);
        self.step(stand)
    }

    /// What would be done with the event at `now`, by all that this delivery knows of its user, and
    /// why. Nothing where no event is sent.
    pub fn preview(&self, now: Timestamp) -> Option<Preview> {
        self.run.as_ref().map(|run| run.preview(now))
    }

    /// What the profile's cells said of the event's user.
    pub fn remembered(&self) -> Vec<Trait> {
        let remembered = self.run.as_ref().and_then(|run| run.remembered.borrow().clone());
        remembered.unwrap_or_default()
    }

    fn step(&self, stand: Option<Stand<Ended>>) -> Step {
        match stand {
            Some(Stand::Asks(why, action)) => Step { why, action },
            Some(Stand::Done(Ended::Handled(mut handled))) => {
                let resent = handled.resent.as_mut();
                if let Some(at) = resent.and_then(|resent| resent.outcome.again_at()) {
                    *at = self.script.port().for_host(*at);
                }
                Step { why: Why::Done, action: Action::Handled { handled } }
            }
            Some(Stand::Done(Ended::Sent(mut outcomes))) => {
                for at in outcomes.iter_mut().filter_map(Outcome::again_at) {
                    *at = self.script.port().for_host(*at);
                }
                Step { why: Why::Done, action: Action::Done { outcomes } }
            }
            // Only what is done already asks for nothing.
            None => Step { why: Why::Done, action: Action::Done { outcomes: Vec::new() } },
        }
    }
}

impl Run {
    /// The message that was sent before, where it is sent again.
    pub(super) fn message(&self) -> Option<&Resendable> {
        self.again.as_deref().filter(|_| FOLLOWS_UP)
    }

    /// A delivery of a message that was sent before and is sent again.
    pub(super) fn again(desk: &Desk, message: Resendable) -> Self {
        Self {
            destination: Rc::clone(&desk.destination),
            isolate: Rc::clone(&desk.isolate),
            port: desk.port.clone(),
            kind: InputKind::Event,
            content: Content::Json(Vec::new()),
            again: Some(Box::new(message)),
            facts: None,
            place: None,
            remembered: RefCell::default(),
            unchanged: RefCell::default(),
        }
    }
}

/// What a delivery knows while it runs.
pub(super) struct Run {
    pub(super) destination: Rc<Destination>,
    pub(super) isolate: Rc<RefCell<Isolate>>,
    pub(super) port: Port,
    pub(super) kind: InputKind,
    pub(super) content: Content,
    /// The message that was sent before, in place of the content, where it is sent again.
    again: Option<Box<Resendable>>,
    pub(super) facts: Option<String>,
    pub(super) place: Option<Place>,
    /// What the profile's cells said.
    pub(super) remembered: RefCell<Option<Vec<Trait>>>,
    /// The mappings, by their places, whose condition was true before the event already.
    pub(super) unchanged: RefCell<Vec<usize>>,
}
