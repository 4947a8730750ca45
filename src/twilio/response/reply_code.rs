//! Every meaning that a reply can have.

use super::Verdict;
use crate::twilio::codes::Scope;

/// What a reply to a create request means. The one table of verdicts is [`ReplyCode::verdict`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ReplyCode {
    /// The host gave the request up while it was under way.
    Aborted,
    /// Twilio accepted the message, and its reply already says that it ended undelivered.
    AcceptedThenFailed,
    /// The account may not send: suspended, closed, out of funds or without a permission.
    AccountRefused,
    /// No connection came about: refused, unreachable or not answered.
    ConnectFailed,
    /// The connection broke before a reply came.
    ConnectionLost,
    /// Twilio did not accept the credentials.
    CredentialsWrong,
    /// The account's allowance for a day is used up.
    DailyLimitReached,
    /// The address does not take such requests.
    EndpointWrong,
    /// An error of a class that proves nothing.
    FailureUnclear,
    /// The host name could not be resolved.
    HostNotFound,
    /// What the message holds was refused.
    MessageRefused,
    /// The host did not start the request.
    NotStarted,
    /// This sender cannot reach this recipient.
    PairRefused,
    /// A parameter was refused, for this message.
    ParameterRefused,
    /// Something between host and Twilio closed the connection before the answer.
    ProxyGaveUp,
    /// Too many requests at a time; this one was not processed.
    RateLimited,
    /// The recipient was refused.
    RecipientRefused,
    /// A redirect, which is never followed.
    Redirected,
    /// Refused for a passing reason.
    RefusedForNow,
    /// The recipient's country or range of numbers was refused.
    RegionRefused,
    /// Refused for no reason that is known here.
    RequestRefused,
    /// Twilio says that the request took too long to arrive.
    RequestTimedOut,
    /// The sender has as many messages waiting as Twilio will queue.
    SenderQueueFull,
    /// The sender cannot be used at all.
    SenderRefused,
    /// The sender cannot send this message.
    SenderUnfit,
    /// Twilio accepted the message.
    Sent,
    /// Twilio accepted the message; the rest of its reply was cut off.
    SentBodyCutOff,
    /// Twilio accepted the message; its reply does not say which.
    SentBodyUnreadable,
    /// Twilio failed and may or may not have created the message.
    ServerError,
    /// A setting was refused, for every message that it shapes.
    SettingsRefused,
    /// No reply within the time allowed.
    Timeout,
    /// The secure connection could not be set up.
    TlsFailed,
    /// Refused with a code that says Twilio failed inside.
    UnclearError,
    /// Status 429 without one of the codes that say what was limited.
    UnclearRateLimit,
    /// Twilio is down for maintenance and did not take the message.
    UnderMaintenance,
    /// A status that no answer may have.
    UnexpectedStatus,
}

impl ReplyCode {
    /// All of them.
    pub const ALL: [Self; 36] = [
        Self::Aborted,
        Self::AcceptedThenFailed,
        Self::AccountRefused,
        Self::ConnectFailed,
        Self::ConnectionLost,
        Self::CredentialsWrong,
        Self::DailyLimitReached,
        Self::EndpointWrong,
        Self::FailureUnclear,
        Self::HostNotFound,
        Self::MessageRefused,
        Self::NotStarted,
        Self::PairRefused,
        Self::ParameterRefused,
        Self::ProxyGaveUp,
        Self::RateLimited,
        Self::RecipientRefused,
        Self::Redirected,
        Self::RefusedForNow,
        Self::RegionRefused,
        Self::RequestRefused,
        Self::RequestTimedOut,
        Self::SenderQueueFull,
        Self::SenderRefused,
        Self::SenderUnfit,
        Self::Sent,
        Self::SentBodyCutOff,
        Self::SentBodyUnreadable,
        Self::ServerError,
        Self::SettingsRefused,
        Self::Timeout,
        Self::TlsFailed,
        Self::UnclearError,
        Self::UnclearRateLimit,
        Self::UnderMaintenance,
        Self::UnexpectedStatus,
    ];

    /// What to do with the message.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Sent | Self::SentBodyCutOff | Self::SentBodyUnreadable => Verdict::Sent,
            Self::AcceptedThenFailed
            | Self::MessageRefused
            | Self::PairRefused
            | Self::ParameterRefused
            | Self::RecipientRefused
            | Self::RegionRefused
            | Self::RequestRefused
            | Self::SenderUnfit => Verdict::Failed,
            Self::AccountRefused
            | Self::CredentialsWrong
            | Self::DailyLimitReached
            | Self::EndpointWrong
            | Self::Redirected
            | Self::SenderRefused
            | Self::SettingsRefused => Verdict::Halted,
            Self::ConnectFailed
            | Self::HostNotFound
            | Self::NotStarted
            | Self::RateLimited
            | Self::RefusedForNow
            | Self::SenderQueueFull
            | Self::TlsFailed
            | Self::UnderMaintenance => Verdict::Retry,
            Self::Aborted
            | Self::ConnectionLost
            | Self::FailureUnclear
            | Self::ProxyGaveUp
            | Self::RequestTimedOut
            | Self::ServerError
            | Self::Timeout
            | Self::UnclearError
            | Self::UnclearRateLimit
            | Self::UnexpectedStatus => Verdict::Unknown,
        }
    }

    /// Whom or what it concerns where no Twilio code says so; nothing for a message that was sent.
    pub fn scope(self) -> Option<Scope> {
        match self {
            Self::Sent | Self::SentBodyCutOff | Self::SentBodyUnreadable => None,
            Self::AccountRefused
            | Self::CredentialsWrong
            | Self::DailyLimitReached
            | Self::RateLimited => Some(Scope::Account),
            Self::EndpointWrong
            | Self::ParameterRefused
            | Self::Redirected
            | Self::SettingsRefused => Some(Scope::Configuration),
            Self::AcceptedThenFailed | Self::MessageRefused | Self::RequestRefused => {
                Some(Scope::Message)
            }
            Self::PairRefused => Some(Scope::Pair),
            Self::RecipientRefused => Some(Scope::Recipient),
            Self::RegionRefused => Some(Scope::Region),
            Self::SenderQueueFull | Self::SenderRefused | Self::SenderUnfit => Some(Scope::Sender),
            Self::Aborted
            | Self::ConnectFailed
            | Self::ConnectionLost
            | Self::FailureUnclear
            | Self::HostNotFound
            | Self::NotStarted
            | Self::ProxyGaveUp
            | Self::RefusedForNow
            | Self::RequestTimedOut
            | Self::ServerError
            | Self::Timeout
            | Self::TlsFailed
            | Self::UnclearError
            | Self::UnclearRateLimit
            | Self::UnderMaintenance
            | Self::UnexpectedStatus => Some(Scope::Platform),
        }
    }

    /// How long to wait at least before the next attempt, in milliseconds, where the reason itself
    /// calls for more than the usual back-off.
    pub fn least_wait_ms(self) -> u64 {
        match self {
            // The queue holds ten hours of messages: it does not empty in seconds.
            Self::SenderQueueFull => 600_000,
            Self::UnderMaintenance => 300_000,
            _ => 0,
        }
    }

    /// A stable name in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Aborted => "aborted",
            Self::AcceptedThenFailed => "accepted_then_failed",
            Self::AccountRefused => "account_refused",
            Self::ConnectFailed => "connect_failed",
            Self::ConnectionLost => "connection_lost",
            Self::CredentialsWrong => "credentials_wrong",
            Self::DailyLimitReached => "daily_limit_reached",
            Self::EndpointWrong => "endpoint_wrong",
            Self::FailureUnclear => "failure_unclear",
            Self::HostNotFound => "host_not_found",
            Self::MessageRefused => "message_refused",
            Self::NotStarted => "not_started",
            Self::PairRefused => "pair_refused",
            Self::ParameterRefused => "parameter_refused",
            Self::ProxyGaveUp => "proxy_gave_up",
            Self::RateLimited => "rate_limited",
            Self::RecipientRefused => "recipient_refused",
            Self::Redirected => "redirected",
            Self::RefusedForNow => "refused_for_now",
            Self::RegionRefused => "region_refused",
            Self::RequestRefused => "request_refused",
            Self::RequestTimedOut => "request_timed_out",
            Self::SenderQueueFull => "sender_queue_full",
            Self::SenderRefused => "sender_refused",
            Self::SenderUnfit => "sender_unfit",
            Self::Sent => "sent",
            Self::SentBodyCutOff => "sent_body_cut_off",
            Self::SentBodyUnreadable => "sent_body_unreadable",
            Self::ServerError => "server_error",
            Self::SettingsRefused => "settings_refused",
            Self::Timeout => "timeout",
            Self::TlsFailed => "tls_failed",
            Self::UnclearError => "unclear_error",
            Self::UnclearRateLimit => "unclear_rate_limit",
            Self::UnderMaintenance => "under_maintenance",
            Self::UnexpectedStatus => "unexpected_status",
        }
    }

    /// What happened, where no Twilio code says it better: lower case, no final period.
    pub fn cause(self) -> &'static str {
        self.texts().0
    }

    /// What to do about it, where no Twilio code says it better: lower case, no final period.
    pub fn remedy(self) -> &'static str {
        self.texts().1
    }

    #[rustfmt::skip]
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Aborted => (
                "the host gave the request up while it was under way, so the message may exist",
                "look whether the message exists before sending it again, and give the host more time"),
            Self::AcceptedThenFailed => (
                "Twilio accepted the message, and its reply already says that it was not delivered",
                "read the code that Twilio gives for the message and settle that first"),
            Self::AccountRefused => (
                "Twilio does not let this account send",
                "look for a notice in the Twilio console: the account may be suspended, out of funds or without the permission"),
            Self::ConnectFailed => (
                "no connection to Twilio came about, so nothing was sent",
                "check the host's way to the internet and Twilio's status page"),
            Self::ConnectionLost => (
                "the connection broke before Twilio's reply came, so the message may exist",
                "look whether the message exists before sending it again"),
            Self::CredentialsWrong => (
                "Twilio did not accept the credentials",
                "copy `account_sid` and the token or API key again, and check that they belong to `region`"),
            Self::DailyLimitReached => (
                "the account has sent all the messages it may in 24 hours",
                "stop for today, and upgrade the account or ask for a higher limit"),
            Self::EndpointWrong => (
                "the address that was asked does not take such requests",
                "check `account_sid`, `region` and `edge`, and any proxy between the host and Twilio"),
            Self::FailureUnclear => (
                "the request failed in a way that does not show whether Twilio received it",
                "look whether the message exists before sending it again"),
            Self::HostNotFound => (
                "the name of Twilio's host could not be resolved, so nothing was sent",
                "check the host's name resolution, and `region` and `edge` in the settings"),
            Self::MessageRefused => (
                "Twilio refused what the message holds",
                "change the text, media or template as Twilio's message says"),
            Self::NotStarted => (
                "the host came to the request too late and did not start it, so nothing was sent",
                "send it again; if it happens often, give the host more time"),
            Self::PairRefused => (
                "Twilio cannot send from this sender to this recipient",
                "choose another kind of sender for the recipient's country"),
            Self::ParameterRefused => (
                "Twilio refused one of the parameters of this message",
                "correct the mapping of the parameter that Twilio's message names"),
            Self::ProxyGaveUp => (
                "something between the host and Twilio gave up before the answer, so the message may exist",
                "look whether the message exists before sending it again, and at the proxy's time limit"),
            Self::RateLimited => (
                "the account had too many requests under way, and Twilio did not process this one",
                "send it again after a pause, with fewer requests at a time"),
            Self::RecipientRefused => (
                "Twilio refused the recipient",
                "check the recipient's number with the customer"),
            Self::Redirected => (
                "the answer was a redirect, which is never followed, since credentials would go along",
                "check `region` and `edge`, and any proxy between the host and Twilio"),
            Self::RefusedForNow => (
                "Twilio refused the message for a reason that passes, and did not create it",
                "send it again after a pause"),
            Self::RegionRefused => (
                "Twilio refuses messages to the recipient's country or range of numbers",
                "enable the country under Geo Permissions in the Twilio console, or deny it in the settings"),
            Self::RequestRefused => (
                "Twilio refused the request, for a reason that is not known here",
                "read Twilio's message, and look the code up in Twilio's error dictionary if there is one"),
            Self::RequestTimedOut => (
                "the answer says that the request took too long to arrive, which does not prove that none of it did",
                "look whether the message exists before sending it again"),
            Self::SenderQueueFull => (
                "this sender has as many messages waiting as Twilio will queue, and this one was not taken",
                "wait until the queue has drained, or spread the traffic over a Messaging Service"),
            Self::SenderRefused => (
                "Twilio does not let this sender send",
                "check in the Twilio console that the sender belongs to the account and can send messages"),
            Self::SenderUnfit => (
                "the sender cannot send this kind of message",
                "use another sender for such messages, or leave out what it cannot send"),
            Self::Sent => ("Twilio accepted the message", "nothing"),
            Self::SentBodyCutOff => (
                "Twilio accepted the message, but the rest of its reply was cut off",
                "nothing; the message's SID stands in the Twilio console"),
            Self::SentBodyUnreadable => (
                "the status says that the message was accepted, but the reply does not name it",
                "check that the answer came from Twilio and not from something in between"),
            Self::ServerError => (
                "Twilio failed and does not say whether the message was created",
                "look whether the message exists before sending it again"),
            Self::SettingsRefused => (
                "Twilio refused a setting that shapes every message",
                "correct the setting that Twilio's message names, then start again"),
            Self::Timeout => (
                "no reply came in time, so the message may exist",
                "look whether the message exists before sending it again"),
            Self::TlsFailed => (
                "the secure connection to Twilio could not be set up, so nothing was sent",
                "check the host's clock, its certificates and any proxy between it and Twilio"),
            Self::UnclearError => (
                "Twilio refused the request with a code for a failure of its own, so the message may exist",
                "look whether the message exists before sending it again"),
            Self::UnclearRateLimit => (
                "something limited the rate, and the answer does not show that it was Twilio's request limit",
                "look whether the message exists before sending it again, and lower the rate"),
            Self::UnderMaintenance => (
                "Twilio was down for maintenance and did not take the message",
                "wait until Twilio's status page says that it is over, then send it again"),
            Self::UnexpectedStatus => (
                "the answer had a status that no final answer may have, which proves nothing",
                "look whether the message exists before sending it again, and check any proxy in between"),
        }
    }
}
