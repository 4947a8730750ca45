//! The way out of the core: one step asked, one report taken back.
//!
//! A delivery is written as straight code that awaits its steps. Nothing runs in the background:
//! each report is followed by one poll, which ends at the next step.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{Action, Report, Why};
use crate::cells::{Answer, Operation, Target, VERSION};
use crate::http::{FetchRequest, HttpReport};
use crate::outcome::Deferral;
use crate::random::Random;
use crate::time::Timestamp;

/// How long a store's answer may take, in milliseconds. One that is at work answers within a few
/// seconds; a disk under load, or a journal that is being written anew, can take many.
const STORE_ANSWERS_WITHIN: i64 = 30_000;

/// How long to wait before a store that failed is asked again, in milliseconds.
pub(super) const STORE_PAUSE: i64 = 1_000;

/// How often a store that failed is asked before the delivery gives up.
const STORE_TRIES: u32 = 3;

/// How long it may take where there is no time to spare, in milliseconds: after the host's deadline,
/// or the store's own failure to answer. What is left by then is to write down what is known.
const STORE_HURRIES: i64 = 1_000;

/// What a delivery asks its host through.
#[derive(Clone, Debug)]
pub(super) struct Port(Rc<RefCell<Desk>>);

#[derive(Debug)]
struct Desk {
    asked: Option<(Why, Action)>,
    report: Option<Report>,
    now: Timestamp,
    deadline: Option<Timestamp>,
    /// Whether the store did not answer when it was last asked.
    is_store_late: bool,
    waited: i64,
    /// How far the host's clock has jumped back: times here do not.
    behind: i64,
    random: Random,
}

/// A store did not answer as it should: whether it did what it was asked to is not known.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoreFailed;

impl Port {
    pub(super) fn new(now: Timestamp, deadline: Option<Timestamp>, random: Random) -> Self {
        Self(Rc::new(RefCell::new(Desk {
            asked: None,
            report: None,
            now,
            deadline,
            is_store_late: false,
            waited: 0,
            behind: 0,
            random,
        })))
    }

    /// The time at which the last report came. It never goes back, though the host's clock may.
    pub(super) fn now(&self) -> Timestamp {
        self.0.borrow().now
    }

    /// Whether the host must be done before `time`.
    pub(super) fn is_past_deadline(&self, time: Timestamp) -> bool {
        self.0.borrow().deadline.is_some_and(|deadline| time > deadline)
    }

    /// How long the host has, in milliseconds; none if it can wait.
    pub(super) fn time_left(&self) -> Option<i64> {
        let desk = self.0.borrow();
        desk.deadline.map(|deadline| deadline.millis() - desk.now.millis())
    }

    /// How long was waited in all, in milliseconds. At least so much time has passed since the
    /// delivery began, whatever the host's clock says: a wait takes its time even if the clock jumps.
    pub(super) fn waited(&self) -> i64 {
        self.0.borrow().waited
    }

    /// A number from 0 to `most`.
    pub(super) fn random_up_to(&self, most: u64) -> u64 {
        self.0.borrow_mut().random.up_to(most)
    }

    /// A name that nobody else has.
    pub(super) fn new_owner(&self) -> String {
        format!("{:016x}", self.0.borrow_mut().random.draw())
    }

    /// Has a request made.
    pub(super) async fn fetch(
        &self,
        why: Why,
        request: FetchRequest,
        timeout_ms: u32,
        not_after: Timestamp,
    ) -> HttpReport {
        let not_after = self.for_host(not_after);
        let report = self.ask(why, Action::Fetch { request, timeout_ms, not_after }).await;
        match report {
            Report::Http(report) => report,
            // Whatever the host did instead, it does not prove that nothing was sent.
            Report::Store(_)
            | Report::StoreFailed
            | Report::StoreLate
            | Report::Stopped
            | Report::Waited => HttpReport::misreported(),
        }
    }

    /// Has a cell updated.
    ///
    /// An answer that does not come in time counts as a failure: nothing is granted by it, and what it
    /// would have said is found out as after a crash.
    pub(super) async fn update(
        &self,
        why: Why,
        key: &str,
        to: Target,
    ) -> Result<Answer, StoreFailed> {
        let operation = Box::new(Operation { v: VERSION, to });
        let timeout_ms = self.store_timeout();
        let report =
            self.ask(why, Action::Store { key: key.to_owned(), operation, timeout_ms }).await;
        self.0.borrow_mut().is_store_late = matches!(report, Report::StoreLate);
        match report {
            Report::Store(answer) => Ok(answer),
            Report::Http(_)
            | Report::StoreFailed
            | Report::StoreLate
            | Report::Stopped
            | Report::Waited => Err(StoreFailed),
        }
    }

    /// Asks again if the store fails: what is asked may be done twice.
    pub(super) async fn firmly<T>(
        &self,
        ask: impl AsyncFn() -> Result<T, StoreFailed>,
    ) -> Result<T, StoreFailed> {
        for _ in 1..STORE_TRIES {
            if let Ok(answer) = ask().await {
                return Ok(answer);
            }
            let until = self.now().plus(STORE_PAUSE);
            if !self.wait(Why::WaitForStore, until, false).await {
                break;
            }
        }
        ask().await
    }

    /// What a message is put off for if the store's last answer is the reason.
    pub(super) fn store_deferral(&self) -> Deferral {
        if self.0.borrow().is_store_late { Deferral::StoreLate } else { Deferral::StoreFailed }
    }

    /// How long the store may take to answer, in milliseconds. Whoever did not answer once is not given
    /// as long again, so that a store that never does holds a delivery up once.
    fn store_timeout(&self) -> u32 {
        let is_late = self.0.borrow().is_store_late;
        let most = if is_late { STORE_HURRIES } else { STORE_ANSWERS_WITHIN };
        let left = self.time_left().unwrap_or(most);
        u32::try_from(left.clamp(STORE_HURRIES, most)).unwrap_or(u32::MAX)
    }

    /// Waits until a point in time. `false` if the host must be done before, now or by then.
    pub(super) async fn wait(&self, why: Why, until: Timestamp, aside: bool) -> bool {
        while !self.is_past_deadline(until) {
            let span = until.millis() - self.now().millis();
            if span <= 0 {
                return true;
            }
            let action = Action::Wait { until: self.for_host(until), aside };
            let report = self.ask(why, action).await;
            let mut desk = self.0.borrow_mut();
            match report {
                Report::Stopped => desk.deadline = Some(desk.now),
                _ => desk.waited += span,
            }
        }
        false
    }

    /// A point in time as the host's clock will show it.
    pub(super) fn for_host(&self, time: Timestamp) -> Timestamp {
        time.plus(-self.0.borrow().behind)
    }

    async fn ask(&self, why: Why, action: Action) -> Report {
        self.0.borrow_mut().asked = Some((why, action));
        poll_fn(|_| self.0.borrow_mut().report.take().map_or(Poll::Pending, Poll::Ready)).await
    }
}

/// A delivery under way, between two steps.
pub(super) struct Script<T> {
    code: Pin<Box<dyn Future<Output = T>>>,
    port: Port,
}

/// Where a script stands after a poll.
pub(super) enum Stand<T> {
    /// It asks for this.
    Asks(Why, Action),
    /// It is done.
    Done(T),
}

impl<T> Script<T> {
    pub(super) fn new(port: Port, code: impl Future<Output = T> + 'static) -> Self {
        Self { code: Box::pin(code), port }
    }

    /// Runs to the first step.
    pub(super) fn start(&mut self) -> Option<Stand<T>> {
        match self.code.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(Stand::Done(value)),
            Poll::Pending => {
                let (why, action) = self.port.0.borrow_mut().asked.take()?;
                Some(Stand::Asks(why, action))
            }
        }
    }

    /// The port that it asks through.
    pub(super) fn port(&self) -> &Port {
        &self.port
    }

    /// Takes a report in and runs to the next step. A clock that jumps back does not count.
    pub(super) fn resume(&mut self, report: Report, now: Timestamp) -> Option<Stand<T>> {
        {
            let mut desk = self.port.0.borrow_mut();
            desk.report = Some(report);
            let now = now.plus(desk.behind);
            desk.behind += (desk.now.millis() - now.millis()).max(0);
            desk.now = desk.now.max(now);
        }
        self.start()
    }
}
