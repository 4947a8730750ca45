//! The format of a vector; `tests/vectors/README.md` describes it.

use serde::Deserialize;
use serde_json::{Map, Value};

/// One case: settings, what is handed in, and what must come of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Vector {
    pub(crate) description: String,
    pub(crate) covers: Vec<String>,
    /// Why a peer does otherwise, in `peers/`.
    pub(crate) note: Option<String>,
    pub(crate) settings: Value,
    pub(crate) now: Option<String>,
    pub(crate) facts: Option<Value>,
    /// Events that were sent before, with the same store.
    #[serde(default)]
    pub(crate) before: Vec<Value>,
    event: Option<Value>,
    row: Option<Value>,
    json: Option<String>,
    #[serde(default)]
    unreadable: bool,
    pub(crate) reply: Option<Reply>,
    pub(crate) expect: Expect,
}

/// What is handed in.
#[derive(Debug)]
pub(crate) enum Given {
    /// The JSON text of an event.
    Event(String),
    /// The JSON text of a row.
    Row(String),
    /// An event that throws when it is read.
    Unreadable,
}

/// What the host reports for every request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", tag = "type")]
pub(crate) enum Reply {
    /// An error in place of an answer.
    Failure { name: String, code: Option<String>, syscall: Option<String> },
    /// The host was too late to make the request.
    NotStarted,
    /// An answer.
    Response {
        status: u16,
        #[serde(default)]
        headers: Vec<(String, String)>,
        #[serde(default)]
        body: String,
        #[serde(default = "yes")]
        complete: bool,
    },
}

fn yes() -> bool {
    true
}

/// What must come of a vector.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Expect {
    #[serde(default)]
    pub(crate) problems: Vec<Place>,
    #[serde(default)]
    pub(crate) warnings: Vec<Place>,
    pub(crate) decisions: Option<Vec<Decision>>,
    pub(crate) triggers: Option<Vec<Trigger>>,
    pub(crate) quiet_hours: Option<Value>,
    pub(crate) outcomes: Option<Vec<Map<String, Value>>>,
    /// How many conversions the event is.
    #[serde(default)]
    pub(crate) conversions: usize,
    /// How many requests are made.
    pub(crate) requests: Option<usize>,
    /// The forms of the requests, where the events before let other messages be sent than decided.
    pub(crate) sent: Option<Vec<Vec<(String, String)>>>,
}

/// A problem or warning of the settings, and where it lies.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) code: String,
    pub(crate) path: String,
    pub(crate) cause: Option<String>,
    pub(crate) fix: Option<String>,
}

/// What is decided for one message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", tag = "type")]
pub(crate) enum Decision {
    /// Nothing is sent.
    Drop {
        mapping: Option<String>,
        code: String,
        path: Option<String>,
        detail: Option<String>,
        cause: Option<String>,
        fix: Option<String>,
        /// When the reason ends, as ISO 8601.
        until: Option<String>,
        #[serde(default)]
        warnings: Vec<Warning>,
    },
    /// This is sent.
    Send {
        mapping: String,
        form: Vec<(String, String)>,
        url: Option<String>,
        headers: Option<Vec<(String, String)>>,
        body: Option<String>,
        #[serde(default)]
        warnings: Vec<Warning>,
        channel: Option<String>,
        country: Option<String>,
        segments: Option<Value>,
        explain: Option<Vec<Explained>>,
    },
}

impl Decision {
    pub(crate) fn warnings(&self) -> &[Warning] {
        match self {
            Self::Drop { warnings, .. } | Self::Send { warnings, .. } => warnings,
        }
    }
}

/// What was left out of a message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Warning {
    pub(crate) code: String,
    pub(crate) parameter: String,
    pub(crate) cause: Option<String>,
}

/// Where a part of the form comes from; its value stands in the form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Explained {
    pub(crate) parameter: String,
    pub(crate) setting: String,
    #[serde(default)]
    pub(crate) default: bool,
    #[serde(default)]
    pub(crate) paths: Vec<String>,
}

/// How a mapping's trigger fared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trigger {
    pub(crate) mapping: String,
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    pub(crate) matched: bool,
    pub(crate) checks: Option<Vec<Value>>,
}

impl Vector {
    /// Reads a vector and checks what its types cannot say.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let vector: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        vector.check_form()?;
        Ok(vector)
    }

    fn check_form(&self) -> Result<(), String> {
        let given =
            [self.event.is_some(), self.row.is_some(), self.json.is_some(), self.unreadable];
        let given = given.into_iter().filter(|given| *given).count();
        let refused = !self.expect.problems.is_empty();
        let fault = |text: &str| Err(text.to_owned());
        if given > 1 {
            return fault("more than one of event, row, json and unreadable");
        }
        if refused && given > 0 {
            return fault("settings that are refused take no event");
        }
        if (given == 1) != self.expect.decisions.is_some() {
            return fault("decisions are expected of an event, and of nothing else");
        }
        if given == 1 && self.now.is_none() {
            return fault("an event needs `now`");
        }
        if !self.description.ends_with('.') || self.description.trim() != self.description {
            return fault("the description is a sentence");
        }
        if self.note.as_ref().is_some_and(|note| !note.ends_with('.')) {
            return fault("the note is a sentence");
        }
        if self.covers.is_empty() {
            return fault("it covers nothing");
        }
        let sends = self.reply.is_some() || !self.before.is_empty();
        if sends != self.expect.outcomes.is_some() {
            return fault("a reply or events before and outcomes go together");
        }
        if self.expect.sent.is_some() && (self.before.is_empty() || self.expect.requests.is_some())
        {
            return fault("what is sent differs only after other events, and tells the number");
        }
        Ok(())
    }

    /// What is handed in, if anything is.
    pub(crate) fn given(&self) -> Option<Given> {
        if self.unreadable {
            return Some(Given::Unreadable);
        }
        let event = self.event.as_ref().map(|event| Given::Event(event.to_string()));
        let row = || self.row.as_ref().map(|row| Given::Row(row.to_string()));
        let json = || self.json.clone().map(Given::Event);
        event.or_else(row).or_else(json)
    }
}
