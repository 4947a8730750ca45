//! What a check finds: a stable code, how bad it is, the place, the cause, the fix.

use serde::Serialize;

use crate::codes::codes;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is as it should be.
    Ok,
    /// Messages will fail until it is mended.
    Problem,
    /// It could not be told.
    Unknown,
    /// Messages may go out, but it is worth a look.
    Warning,
}

/// One thing that a check found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Finding {
    /// What was found: stable, for programs.
    pub code: FindingCode,
    /// How bad it is.
    pub level: Level,
    /// The setting that it concerns, as a JSON path: `$.from`.
    pub path: String,
    /// What was found, in one sentence. It never holds a secret or a phone number.
    pub cause: String,
    /// What to do about it, in one sentence.
    pub fix: String,
}

impl Finding {
    /// A finding with the words of its code.
    pub(super) fn new(code: FindingCode, path: &str) -> Self {
        let (level, cause, fix) = (code.level(), code.meaning().to_owned(), code.fix().to_owned());
        Self { code, level, path: path.to_owned(), cause, fix }
    }

    /// With a more exact cause.
    pub(super) fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), ..self }
    }
}

codes! {
    /// The kinds of findings.
    #[non_exhaustive]
    pub enum FindingCode(Level, &'static str);
    /// The sender's A2P 10DLC campaign was refused or suspended.
    A2pFailed = "a2p_failed", Level::Problem, "Read in the Twilio console why, correct the campaign and submit it again.";
    /// The sender's A2P 10DLC campaign is still being reviewed.
    A2pPending = "a2p_pending", Level::Warning, "Wait for the review; until then, carriers block texts to the United States.";
    /// The sender has a verified A2P 10DLC campaign.
    A2pRegistered = "a2p_registered", Level::Ok, "Nothing.";
    /// Whether the sender has an A2P 10DLC campaign could not be told.
    A2pUnknown = "a2p_unknown", Level::Unknown, "Look in the Twilio console, under the Messaging Service that holds the sender.";
    /// The sender is a long code of the United States without an A2P 10DLC campaign.
    A2pUnregistered = "a2p_unregistered", Level::Problem, "Register a campaign in the Twilio console and put the number into its Messaging Service; Twilio refuses texts to the United States without one.";
    /// The account is active.
    AccountActive = "account_active", Level::Ok, "Nothing.";
    /// The account is suspended or closed.
    AccountNotActive = "account_not_active", Level::Problem, "Look for a notice in the Twilio console and settle it with Twilio.";
    /// Twilio knows no such account.
    AccountNotFound = "account_not_found", Level::Problem, "Copy the Account SID from the Twilio console again.";
    /// It is a trial account: it texts verified numbers only, and puts a line of its own before each text.
    AccountTrial = "account_trial", Level::Warning, "Upgrade the account before texting customers.";
    /// The API key may not read the account, so its state is not known.
    AccountUnreadable = "account_unreadable", Level::Unknown, "Check with the account's own token, or look in the Twilio console.";
    /// There is no money left.
    BalanceEmpty = "balance_empty", Level::Problem, "Add funds in the Twilio console, and turn on auto-recharge.";
    /// There is little money left.
    BalanceLow = "balance_low", Level::Warning, "Add funds in the Twilio console, or make sure that auto-recharge is on.";
    /// There is money left.
    BalanceSufficient = "balance_sufficient", Level::Ok, "Nothing.";
    /// The balance could not be read.
    BalanceUnreadable = "balance_unreadable", Level::Unknown, "Look in the Twilio console.";
    /// These are test credentials: Twilio answers, but no message reaches a phone.
    CredentialsTest = "credentials_test", Level::Warning, "Use live credentials to reach people.";
    /// Twilio accepts the credentials.
    CredentialsValid = "credentials_valid", Level::Ok, "Nothing.";
    /// Twilio does not accept the credentials.
    CredentialsWrong = "credentials_wrong", Level::Problem, "Copy `account_sid` and the token or API key again, and check that they belong to `region`.";
    /// The sender cannot send SMS.
    SenderCannotText = "sender_cannot_text", Level::Problem, "Choose a number that has the SMS capability.";
    /// Twilio offers no way to check this sender.
    SenderNotCheckable = "sender_not_checkable", Level::Unknown, "Send one message to yourself.";
    /// The account has no such sender.
    SenderNotOwned = "sender_not_owned", Level::Problem, "Buy or register the sender in the Twilio console, or name one that the account has.";
    /// The sender exists, but is not online.
    SenderOffline = "sender_offline", Level::Problem, "Finish its registration in the Twilio console, or read there why it is offline.";
    /// The account has the sender, and it can send.
    SenderReady = "sender_ready", Level::Ok, "Nothing.";
    /// Whether the account has the sender could not be read.
    SenderUnreadable = "sender_unreadable", Level::Unknown, "Give the API key the permission to read senders, or look in the Twilio console.";
    /// The Messaging Service has no senders.
    ServiceEmpty = "service_empty", Level::Problem, "Add a sender to the service in the Twilio console.";
    /// The account has no such Messaging Service.
    ServiceNotFound = "service_not_found", Level::Problem, "Copy the service's SID from the Twilio console again, and check that it belongs to the account.";
    /// The Messaging Service exists and has senders.
    ServiceReady = "service_ready", Level::Ok, "Nothing.";
    /// Twilio gave no answer that could be used.
    TwilioUnreachable = "twilio_unreachable", Level::Problem, "Check the way to the internet, `region` and `edge`, and Twilio's status page, then check again.";
}

impl FindingCode {
    /// How bad it is.
    pub fn level(self) -> Level {
        self.row().0
    }

    /// What to do about it, in one sentence.
    pub fn fix(self) -> &'static str {
        self.row().1
    }
}
