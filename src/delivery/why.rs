//! Why a step is taken.

use crate::codes::codes;

codes! {
    /// Why a step is taken: stable names, and a sentence for each.
    pub enum Why();
    /// Ask the recipient's cell whether they may be texted.
    Admit = "admit";
    /// Give Twilio time before the next attempt.
    BackOff = "back_off";
    /// Tell Twilio that a message led to what it was sent for.
    Confirm = "confirm";
    /// Hand the message to Twilio.
    Create = "create";
    /// Win the right to make one request.
    Dispatch = "dispatch";
    /// Every message has ended, or the webhook has been dealt with.
    Done = "done";
    /// Let go of a message that will not be sent again.
    EraseMessage = "erase_message";
    /// Find the message that a webhook or a conversion is about.
    FindMessage = "find_message";
    /// Forget what is known of a user.
    Forget = "forget";
    /// Forget under the old id what is known under the new one.
    HandOver = "hand_over";
    /// Join what was known of somebody under another id.
    JoinProfile = "join_profile";
    /// Keep the message, since it may have to be sent again.
    KeepMessage = "keep_message";
    /// Keep the claim, and the sender's turn, over a long wait.
    KeepTurn = "keep_turn";
    /// Ask Twilio's list whether the message exists.
    LookUp = "look_up";
    /// Find out whether the event was delivered before.
    LookAtClaim = "look_at_claim";
    /// Find out which messages could be mistaken for this one.
    LookAtSiblings = "look_at_siblings";
    /// Find out whether the message in whose place this one is sent has arrived after all.
    LookAtUndelivered = "look_at_undelivered";
    /// Claim the message, so that nobody else sends it.
    OpenClaim = "open_claim";
    /// Look up what is known of the user.
    ReadProfile = "read_profile";
    /// Note what a recipient wrote back.
    RecordAnswer = "record_answer";
    /// Note which message is sent to the user.
    RecordMessage = "record_message";
    /// Note that a request created nothing.
    RecordRefusal = "record_refusal";
    /// Note that the sender may not send.
    RecordHalt = "record_halt";
    /// Note which event texts the recipient.
    RecordOrigin = "record_origin";
    /// Note that the sender works again.
    RecordRecovery = "record_recovery";
    /// Note that Twilio's queue for the sender is full.
    RecordRest = "record_rest";
    /// Note whose message a SID is.
    RecordSid = "record_sid";
    /// Note what a status callback says of a message.
    RecordStatus = "record_status";
    /// Note that the recipient may not or cannot be texted.
    RecordSuppression = "record_suppression";
    /// Note that the message may exist.
    RecordUnclear = "record_unclear";
    /// Give the claim back.
    ReleaseClaim = "release_claim";
    /// Reserve a time to send at.
    Reserve = "reserve";
    /// Note how it ended.
    SettleClaim = "settle_claim";
    /// Report a webhook to Segment.
    Track = "track";
    /// Wait for somebody else who is at work on the same message.
    WaitForClaim = "wait_for_claim";
    /// Give Twilio's list time to show the message.
    WaitForList = "wait_for_list";
    /// Wait for an identify that may come just after.
    WaitForProfile = "wait_for_profile";
    /// Wait for the sender's next turn.
    WaitForRate = "wait_for_rate";
    /// Give the store time before it is asked again.
    WaitForStore = "wait_for_store";
    /// Wait until fewer requests are under way.
    WaitForTurn = "wait_for_turn";
    /// Find out whether something turned true by this event.
    Watch = "watch";
    /// Take the admission back, since nothing was sent.
    Withdraw = "withdraw";
    /// Note what the event says of the user.
    WriteProfile = "write_profile";
}
