//! Every meaning that a reply can have: the one table of verdicts.

use super::Verdict::{self, *};
use crate::codes::codes;
use crate::twilio::codes::Scope;

codes! {
    /// What a reply to a create request means.
    pub enum ReplyCode(Verdict, Option<Scope>, &'static str);
    /// The host gave the request up while it was under way, so the message may exist.
    Aborted = "aborted", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again, and give the host more time.";
    /// Twilio accepted the message, and its reply already says that it was not delivered.
    AcceptedThenFailed = "accepted_then_failed", Failed, Some(Scope::Message),
        "Read the code that Twilio gives for the message and settle that first.";
    /// Twilio does not let this account send.
    AccountRefused = "account_refused", Halted, Some(Scope::Account),
        "Look for a notice in the Twilio console: the account may be suspended, out of funds or without the permission.";
    /// Twilio took the feedback that the message led to what it was sent for.
    Confirmed = "confirmed", Sent, None,
        "Nothing.";
    /// No connection to Twilio came about, so nothing was sent.
    ConnectFailed = "connect_failed", Retry, Some(Scope::Platform),
        "Check the host's way to the internet and Twilio's status page.";
    /// The connection broke before Twilio's reply came, so the message may exist.
    ConnectionLost = "connection_lost", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again.";
    /// Twilio did not accept the credentials.
    CredentialsWrong = "credentials_wrong", Halted, Some(Scope::Account),
        "Copy `account_sid` and the token or API key again, and check that they belong to `region`.";
    /// The account has sent all the messages it may in 24 hours.
    DailyLimitReached = "daily_limit_reached", Halted, Some(Scope::Account),
        "Stop for today, and upgrade the account or ask for a higher limit.";
    /// The address that was asked does not take such requests.
    EndpointWrong = "endpoint_wrong", Halted, Some(Scope::Configuration),
        "Check `account_sid`, `region` and `edge`, and any proxy between the host and Twilio.";
    /// The request failed in a way that does not show whether Twilio received it.
    FailureUnclear = "failure_unclear", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again.";
    /// The reply was lost, and Twilio's list shows that the message was created.
    Found = "found", Sent, None,
        "Nothing.";
    /// The name of Twilio's host could not be resolved, so nothing was sent.
    HostNotFound = "host_not_found", Retry, Some(Scope::Platform),
        "Check the host's name resolution, and `region` and `edge` in the settings.";
    /// Twilio refused what the message holds.
    MessageRefused = "message_refused", Failed, Some(Scope::Message),
        "Change the text, media or template as Twilio's message says.";
    /// Whoever made the request ended before the reply came, so the message may exist.
    NeverSeen = "never_seen", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again.";
    /// The host came to the request too late and did not start it, so nothing was sent.
    NotStarted = "not_started", Retry, Some(Scope::Platform),
        "Send it again; if it happens often, give the host more time.";
    /// Twilio cannot send from this sender to this recipient.
    PairRefused = "pair_refused", Failed, Some(Scope::Pair),
        "Choose another kind of sender for the recipient's country.";
    /// Twilio refused one of the parameters of this message.
    ParameterRefused = "parameter_refused", Failed, Some(Scope::Configuration),
        "Correct the mapping of the parameter that Twilio's message names.";
    /// Something between the host and Twilio gave up before the answer, so the message may exist.
    ProxyGaveUp = "proxy_gave_up", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again, and at the proxy's time limit.";
    /// The account had too many requests under way, and Twilio did not process this one.
    RateLimited = "rate_limited", Retry, Some(Scope::Account),
        "Send it again after a pause, with fewer requests at a time.";
    /// Twilio refused the recipient.
    RecipientRefused = "recipient_refused", Failed, Some(Scope::Recipient),
        "Check the recipient's number with the customer.";
    /// The answer was a redirect, which is never followed, since credentials would go along.
    Redirected = "redirected", Halted, Some(Scope::Configuration),
        "Check `region` and `edge`, and any proxy between the host and Twilio.";
    /// Twilio refused the message for a reason that passes, and did not create it.
    RefusedForNow = "refused_for_now", Retry, Some(Scope::Platform),
        "Send it again after a pause.";
    /// Twilio refuses messages to the recipient's country or range of numbers.
    RegionRefused = "region_refused", Failed, Some(Scope::Region),
        "Enable the country under Geo Permissions in the Twilio console, or add it to `countries.deny`.";
    /// The reply was lost or unclear, and a status callback shows that the message was created.
    Reported = "reported", Sent, None,
        "Nothing.";
    /// Twilio refused the request, for a reason that is not known here.
    RequestRefused = "request_refused", Failed, Some(Scope::Message),
        "Read Twilio's message, and look the code up in Twilio's error dictionary if there is one.";
    /// The answer says that the request took too long to arrive, which does not prove that none of
    /// it did.
    RequestTimedOut = "request_timed_out", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again.";
    /// No request created the message, and `delivery.retry_seconds` have passed since the first.
    RetriesEnded = "retries_ended", Failed, Some(Scope::Platform),
        "Send it as an event of its own if it is still wanted, or raise `delivery.retry_seconds`.";
    /// This sender has as many messages waiting as Twilio will queue, and this one was not taken.
    SenderQueueFull = "sender_queue_full", Retry, Some(Scope::Sender),
        "Wait until the queue has drained, or spread the traffic over a Messaging Service.";
    /// Twilio does not let this sender send.
    SenderRefused = "sender_refused", Halted, Some(Scope::Sender),
        "Check in the Twilio console that the sender belongs to the account and can send messages.";
    /// The sender cannot send this kind of message.
    SenderUnfit = "sender_unfit", Failed, Some(Scope::Sender),
        "Use another sender for such messages, or leave out what it cannot send.";
    /// Twilio accepted the message.
    Sent = "sent", Sent, None,
        "Nothing.";
    /// Twilio accepted the message, but the rest of its reply was cut off.
    SentBodyCutOff = "sent_body_cut_off", Sent, None,
        "Nothing; the message's SID stands in the Twilio console.";
    /// The status says that the message was accepted, but the reply does not name it.
    SentBodyUnreadable = "sent_body_unreadable", Sent, None,
        "Check that the answer came from Twilio and not from something in between.";
    /// Twilio failed and does not say whether the message was created.
    ServerError = "server_error", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again.";
    /// Twilio refused a setting that shapes every message.
    SettingsRefused = "settings_refused", Halted, Some(Scope::Configuration),
        "Correct the setting that Twilio's message names, then start again.";
    /// No reply came in time, so the message may exist.
    Timeout = "timeout", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again.";
    /// The secure connection to Twilio could not be set up, so nothing was sent.
    TlsFailed = "tls_failed", Retry, Some(Scope::Platform),
        "Check the host's clock, its certificates and any proxy between it and Twilio.";
    /// Twilio refused the request with a code for a failure of its own, so the message may exist.
    UnclearError = "unclear_error", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again.";
    /// Something limited the rate, and the answer does not show that it was Twilio's request limit.
    UnclearRateLimit = "unclear_rate_limit", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again, and lower the rate.";
    /// Twilio was down for maintenance and did not take the message.
    UnderMaintenance = "under_maintenance", Retry, Some(Scope::Platform),
        "Wait until Twilio's status page says that it is over, then send it again.";
    /// The answer had a status that no final answer may have, which proves nothing.
    UnexpectedStatus = "unexpected_status", Unknown, Some(Scope::Platform),
        "Look whether the message exists before sending it again, and check any proxy in between.";
}

impl ReplyCode {
    /// What is to be done with the message.
    pub fn verdict(self) -> Verdict {
        self.row().0
    }

    /// Whom or what it concerns where no Twilio code says so; nothing for a message that was sent.
    pub fn scope(self) -> Option<Scope> {
        self.row().1
    }

    /// What to do about it, where no Twilio code says it better, in one sentence.
    pub fn remedy(self) -> &'static str {
        self.row().2
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
}
