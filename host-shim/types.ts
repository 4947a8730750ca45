// Generated from the Rust types by `UPDATE_TYPES=1 cargo test types`. Do not edit.

/** The settings of a destination. */
export interface Settings {
  /** Whether anything is sent at all. Default: true. */
  enabled?: boolean | null;
  /** The Twilio account: AC and 32 hexadecimal digits. */
  account_sid: string;
  /** The account's auth token. Either this or an API key authenticates. */
  auth_token?: string | null;
  /** An API key: SK and 32 hexadecimal digits. It can be revoked alone, an auth token cannot. */
  api_key_sid?: string | null;
  /** The secret of the API key. */
  api_key_secret?: string | null;
  /** Auth tokens that verify Twilio's callbacks. They are never sent. */
  webhook_auth_tokens?: string[] | null;
  /** The Segment source that statuses, answers and clicks are reported to as track events. */
  segment?: Segment | null;
  /** Who messages are from: a number, a short code, a sender ID, a channel address, or a Messaging Service SID. */
  from?: string | null;
  /** The Messaging Service that picks the sender. If from is set too, this one is used. */
  messaging_service_sid?: string | null;
  /** Senders by the recipient's country. The first that fits is used, else from or messaging_service_sid. */
  senders?: SenderRoute[] | null;
  /** The text to send when an event maps none. May be a template. */
  default_message?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Where Twilio reports what became of each message: an https URL. */
  status_callback?: string | null;
  /** The Twilio region. Default: us1. Any other needs its edge. */
  region?: "us1" | "ie1" | "au1" | "br1" | "de1" | "jp1" | "sg1" | "us2" | null;
  /** The edge location by which Twilio is reached. */
  edge?: "ashburn" | "dublin" | "frankfurt" | "roaming" | "sao-paulo" | "singapore" | "sydney" | "tokyo" | "umatilla" | null;
  /** Test recipients: when set, nobody else is texted. */
  only_to?: string[] | null;
  /** Whether the first mapping that matches sends, or every one that does. Default: first. */
  match?: "all" | "first" | null;
  /** What to send for which events. Default: only Order Completed sends, with properties.sms_body as its text. */
  mappings?: Mapping[] | null;
  /** What to send for each row of a table. Default: the columns to, body, media_url and status_callback. */
  row?: RowMapping | null;
  /** The country of numbers that come without a country code. Default: none, and such numbers are refused. */
  default_region?: string | null;
  /** How much must be known of a number before it is texted. Default: possible. */
  accept?: "mobile" | "possible" | "valid" | null;
  /** Which countries may be texted. */
  countries?: Countries | null;
  /** Whose consent is needed. */
  consent?: Consent | null;
  /** When nobody is texted, by the recipient's clock. Default: at no time. */
  quiet_hours?: QuietHours | null;
  /** Which events show that a message led to what it was sent for, so that Twilio is told. Default: none. */
  conversions?: Conversion[] | null;
  /** Whether a bad value of any parameter drops the message, also of one that could be left out. Default: false. */
  strict?: boolean | null;
  /** The most bytes an event may have as JSON. Default: 32,768. */
  max_event_bytes?: number | null;
  /** How long a request to Twilio may take, in milliseconds. Default: 30,000, as in Twilio's own libraries. */
  request_timeout_ms?: number | null;
  /** How many seconds ahead send_at must lie. Default: 900. Twilio's pages name 300 and 900. */
  min_schedule_lead_seconds?: number | null;
  /** What to do when it is unclear whether a message was created, and for how long. */
  delivery?: Delivery | null;
  /** How fast messages are sent. */
  rate?: Rate | null;
  /** How many messages one recipient gets at most. Default: no limit. */
  recipient_limit?: RecipientLimit | null;
  /** How many days a recipient counts as opted out when Twilio refused a message for it. A STOP that reaches the destination counts until a START. Default: 7. */
  opted_out_days?: number | null;
  /** What is remembered of users, from identify and alias events. */
  profiles?: Profiles | null;
  /** Where state is kept. */
  store?: Store | null;
}

/** The Segment source that statuses, answers and clicks are reported to as track events. */
export interface Segment {
  /** The source's write key. */
  write_key: string;
  /** The region of the Segment workspace. Default: us. */
  region?: "eu" | "us" | null;
  /** What is reported. Default: everything. */
  events?: ("accepted" | "canceled" | "clicked" | "delivered" | "failed" | "help_requested" | "opted_in" | "opted_out" | "other_status" | "partially_delivered" | "queued" | "read" | "received" | "scheduled" | "sending" | "sent" | "undelivered")[] | null;
  /** What the track events are called. */
  names?: TrackNames | null;
  /** Whether phone numbers and channel addresses are reported as well. Default: false. */
  include_numbers?: boolean | null;
  /** Whether texts that recipients wrote, and the links that they clicked on, are reported as well. Default: false. */
  include_content?: boolean | null;
}

/** What the track events are called. */
export interface TrackNames {
  /** A Messaging Service took the message. Default: SMS Accepted. */
  accepted?: string | null;
  /** A scheduled message was taken back. Default: SMS Canceled. */
  canceled?: string | null;
  /** Somebody clicked on a shortened link. Default: SMS Link Clicked. */
  clicked?: string | null;
  /** The message was delivered. Default: SMS Delivered. */
  delivered?: string | null;
  /** The message could not be sent. Default: SMS Failed. */
  failed?: string | null;
  /** The recipient wrote HELP. Default: SMS Help Requested. */
  help_requested?: string | null;
  /** The recipient wrote START. Default: SMS Opted In. */
  opted_in?: string | null;
  /** The recipient wrote STOP. Default: SMS Opted Out. */
  opted_out?: string | null;
  /** The message has a status that is not known here. Default: SMS Status Changed. */
  other_status?: string | null;
  /** A part of the message was delivered. Default: SMS Partially Delivered. */
  partially_delivered?: string | null;
  /** The message waits for its sender. Default: SMS Queued. */
  queued?: string | null;
  /** The message was read. Default: SMS Read. */
  read?: string | null;
  /** The recipient wrote something else. Default: SMS Received. */
  received?: string | null;
  /** The message waits for its time. Default: SMS Scheduled. */
  scheduled?: string | null;
  /** The message is on its way to the carrier. Default: SMS Sending. */
  sending?: string | null;
  /** The carrier took the message. Default: SMS Sent. */
  sent?: string | null;
  /** The message was not delivered. Default: SMS Undelivered. */
  undelivered?: string | null;
}

/** A sender for some countries. */
export interface SenderRoute {
  /** The recipient's countries. */
  countries: string[];
  /** Who messages to them are from. */
  from?: string | null;
  /** The Messaging Service that picks the sender. */
  messaging_service_sid?: string | null;
}

/** When to send, and what. */
export interface Mapping {
  /** What reports call it: each mapping has a name of its own. Default: its number. */
  name?: string | null;
  /** Whether it sends. Default: true. */
  enabled?: boolean | null;
  /** Which events send: a filter in Segment's filter query language, or the name of a track event. */
  trigger: string;
  /** A condition on one value of the event, written as triggers are: traits.vip, or traits.plan = "pro". It sends only when the condition turns true for the user, not while it stays true. */
  turns_true?: string | null;
  /** Who receives it. Default: traits.phone, else context.traits.phone, else the profile's phone. */
  to?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The recipient's time zone, for quiet hours. Default: context.timezone, else the zones of the recipient's country. */
  time_zone?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether the destination's quiet hours hold for it. Default: true. What a recipient waits for, such as a code, may do without. */
  quiet_hours?: boolean | null;
  /** What it travels over. Default: sms, or what the recipient's address says. */
  channel?: "messenger" | "rcs" | "sms" | "whatsapp" | null;
  /** Who it is from, in place of the destination's sender. */
  from?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The Messaging Service it is sent by, in place of the destination's sender. */
  messaging_service_sid?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The text. Where it maps to nothing, default_message is sent. */
  body?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** What becomes of a template whose value is missing: drop the message, or send a blank. Default: drop. */
  missing?: "blank" | "drop" | null;
  /** What becomes of a text of more than 1,600 characters. Default: drop. */
  too_long?: "drop" | "truncate" | null;
  /** The most segments a text may take; each one is billed. Default: no limit. */
  max_segments?: number | null;
  /** What becomes of a text that takes more than max_segments. Default: drop. */
  over_segments?: "drop" | "smart_encoding" | "truncate" | null;
  /** Pictures or other media to send along: one public https URL or up to 10. */
  media_url?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The content template to send in place of a body: HX and 32 hexadecimal digits. */
  content_sid?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Values for the content template's placeholders, by their names. Each is sent as text. */
  content_variables?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Where Twilio reports what became of the message. Takes the place of the destination's. */
  status_callback?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The application whose callback URL is used. Twilio ignores it beside a status callback. */
  application_sid?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Has had no effect at Twilio since 2024-06-03. */
  max_price?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether you will tell Twilio that the recipient acted on the message. */
  provide_feedback?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Which attempt at this message it is, counted from 1. Twilio stores it, nothing more. */
  attempt?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** How many seconds the message may wait at Twilio before it is given up: 1 to 36,000. */
  validity_period?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Reserved by Twilio; its pages name it for attempts at landlines. */
  force_delivery?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio keeps the text: retain or discard. */
  content_retention?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio keeps the recipient's number: retain or obfuscate. */
  address_retention?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio replaces characters that would force UCS-2 by plain ones. */
  smart_encoded?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Rich actions of a channel, such as a WhatsApp location. */
  persistent_action?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The kind of traffic: free. */
  traffic_type?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio shortens links in the body. Needs a Messaging Service with link shortening. */
  shorten_urls?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** fixed: send at send_at. Set by itself when send_at is. */
  schedule_type?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** When to send: an ISO 8601 time 15 minutes to 35 days ahead. Needs a Messaging Service. */
  send_at?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether the text goes out as one MMS. */
  send_as_mms?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio checks for SMS pumping: enable or disable. */
  risk_check?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The sender to use when RCS cannot reach the recipient. Needs a Messaging Service with an RCS sender. */
  fallback_from?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** What the message is for. */
  message_intent?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Up to 10 names and values of 1 to 128 letters, digits, spaces, - and _, for Twilio's reports. */
  tags?: string | boolean | number | unknown[] | Record<string, unknown> | null;
}

/** What to send for each row of a table. */
export interface RowMapping {
  /** Who receives it. Default: the column to. */
  to?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The recipient's time zone, for quiet hours. Default: the column time_zone, else the zones of the recipient's country. */
  time_zone?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether the destination's quiet hours hold for it. Default: true. What a recipient waits for, such as a code, may do without. */
  quiet_hours?: boolean | null;
  /** What it travels over. Default: sms, or what the recipient's address says. */
  channel?: "messenger" | "rcs" | "sms" | "whatsapp" | null;
  /** Who it is from, in place of the destination's sender. */
  from?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The Messaging Service it is sent by, in place of the destination's sender. */
  messaging_service_sid?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The text. Where it maps to nothing, default_message is sent. */
  body?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** What becomes of a template whose value is missing: drop the message, or send a blank. Default: drop. */
  missing?: "blank" | "drop" | null;
  /** What becomes of a text of more than 1,600 characters. Default: drop. */
  too_long?: "drop" | "truncate" | null;
  /** The most segments a text may take; each one is billed. Default: no limit. */
  max_segments?: number | null;
  /** What becomes of a text that takes more than max_segments. Default: drop. */
  over_segments?: "drop" | "smart_encoding" | "truncate" | null;
  /** Pictures or other media to send along: one public https URL or up to 10. */
  media_url?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The content template to send in place of a body: HX and 32 hexadecimal digits. */
  content_sid?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Values for the content template's placeholders, by their names. Each is sent as text. */
  content_variables?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Where Twilio reports what became of the message. Takes the place of the destination's. */
  status_callback?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The application whose callback URL is used. Twilio ignores it beside a status callback. */
  application_sid?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Has had no effect at Twilio since 2024-06-03. */
  max_price?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether you will tell Twilio that the recipient acted on the message. */
  provide_feedback?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Which attempt at this message it is, counted from 1. Twilio stores it, nothing more. */
  attempt?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** How many seconds the message may wait at Twilio before it is given up: 1 to 36,000. */
  validity_period?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Reserved by Twilio; its pages name it for attempts at landlines. */
  force_delivery?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio keeps the text: retain or discard. */
  content_retention?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio keeps the recipient's number: retain or obfuscate. */
  address_retention?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio replaces characters that would force UCS-2 by plain ones. */
  smart_encoded?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Rich actions of a channel, such as a WhatsApp location. */
  persistent_action?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The kind of traffic: free. */
  traffic_type?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio shortens links in the body. Needs a Messaging Service with link shortening. */
  shorten_urls?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** fixed: send at send_at. Set by itself when send_at is. */
  schedule_type?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** When to send: an ISO 8601 time 15 minutes to 35 days ahead. Needs a Messaging Service. */
  send_at?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether the text goes out as one MMS. */
  send_as_mms?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Whether Twilio checks for SMS pumping: enable or disable. */
  risk_check?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** The sender to use when RCS cannot reach the recipient. Needs a Messaging Service with an RCS sender. */
  fallback_from?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** What the message is for. */
  message_intent?: string | boolean | number | unknown[] | Record<string, unknown> | null;
  /** Up to 10 names and values of 1 to 128 letters, digits, spaces, - and _, for Twilio's reports. */
  tags?: string | boolean | number | unknown[] | Record<string, unknown> | null;
}

/** Which countries may be texted, by their ISO 3166 codes. */
export interface Countries {
  /** Only these. */
  allow?: string[] | null;
  /** All but these. */
  deny?: string[] | null;
}

/** Whose consent is needed, by Segment's consent object and integrations object. */
export interface Consent {
  /** The categories that a recipient must have granted, all of them. */
  categories?: string[] | null;
  /** Whether an event without consent is dropped. Default: true. With false, Segment's own rules apply. */
  require?: boolean | null;
  /** The name of this destination in the event's integrations object. Default: Twilio. */
  integration?: string | null;
}

/** When nobody is texted, by the recipient's clock. */
export interface QuietHours {
  /** When they begin: HH:MM. Default: 21:00. */
  from?: string | null;
  /** When they end: HH:MM. Default: 08:00. */
  to?: string | null;
  /** What becomes of a message. Default: drop. */
  then?: "drop" | "schedule" | "shorten" | null;
  /** The time zone of recipients of whom none is known. Default: none, and they are not texted. */
  default_time_zone?: string | null;
}

/** Events that show that a message sent with provide_feedback led to what it was sent for. Twilio is told so, once for each message. */
export interface Conversion {
  /** What reports call it. Default: conversion and its number. */
  name?: string | null;
  /** Which events count: a filter in Segment's filter query language, or the name of a track event. */
  trigger: string;
  /** The mapping whose messages it counts for. Default: any. */
  mapping?: string | null;
  /** How long before the event the message was sent at most, in seconds. The last one counts. Default: 604,800, a week. */
  within_seconds?: number | null;
}

/** What to do when it is unclear whether a message was created, and for how long. */
export interface Delivery {
  /** What to do when a reply is lost or unclear. Default: reconcile. */
  on_unclear?: "hold" | "reconcile" | "resend" | null;
  /** How long Twilio's list of messages may take to show a new one, in seconds. Nothing unclear is sent again before. Default: 120. */
  list_lag_seconds?: number | null;
  /** How many requests of one message may end unclear. Default: 3. */
  attempts?: number | null;
  /** How long after the first request another may follow, in seconds. Default: 14,400. */
  retry_seconds?: number | null;
  /** How many days an event is remembered, so that it is not sent again. Default: 30. */
  remember_days?: number | null;
  /** The parameter of status_callback by which a callback finds its message again. It is added when a message is sent; decide and preview show the URL without it. Default: none, and callbacks change nothing that is remembered of messages. */
  callback_parameter?: string | null;
  /** How often a message is sent again, as a new one that is billed too, that was not delivered for a reason that may pass: Twilio's 30003, 30008, 30017 and 30410. Until it is known what became of a message, for three days at most, its number and text are kept. Default: 0. */
  resend_undelivered?: number | null;
}

/** How fast messages are sent. */
export interface Rate {
  /** How many segments a second each sender sends. Default: what Twilio gives its kind of sender at least. */
  segments_per_second?: number | null;
  /** The same for single senders. */
  senders?: SenderRate[] | null;
  /** How many segments a second all senders together send. Default: 10. */
  total_per_second?: number | null;
  /** How many requests one process has under way at most. Default: 10. */
  requests_at_once?: number | null;
  /** How many requests of the account under way, as Twilio counts them, make it send fewer at once. Default: 50. */
  busy_account?: number | null;
}

/** How fast one sender sends. */
export interface SenderRate {
  /** The sender, as in from or messaging_service_sid. */
  sender: string;
  /** How many segments a second it sends. */
  segments_per_second: number;
}

/** How many messages one recipient gets at most. */
export interface RecipientLimit {
  /** How many messages. */
  messages: number;
  /** In how many seconds. */
  seconds: number;
}

/** What is remembered of users, from identify and alias events. */
export interface Profiles {
  /** Whether anything is. Default: true. */
  enabled?: boolean | null;
  /** How many days after the last event. Default: 365. */
  remember_days?: number | null;
  /** How long an event that lacks a phone number or a value waits for an identify, in milliseconds. Default: 0. */
  wait_for_profile_ms?: number | null;
}

/** Where state is kept. */
export interface Store {
  /** What the store calls this destination. Destinations that share a store need different names. Default: the account SID. */
  name?: string | null;
  /** A secret that phone numbers and ids are hashed with in the store's keys. If it changes, everything is forgotten, opt-outs too. Default: the account SID, which is less than a secret. */
  key_secret?: string | null;
}

/**
 * One problem or warning found in the settings.
 */
export type Problem = { 
/**
 * Which kind of problem: stable, for programs.
 */
code: ProblemCode, 
/**
 * Where in the settings, as a JSON path: `$.mappings[0].trigger`.
 */
path: string, 
/**
 * What is wrong, in one sentence. It never holds a secret or a phone number.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, };

/**
 * The kinds of problems that settings can have.
 */
export type ProblemCode = "account_sid_invalid" | "api_key_secret_invalid" | "api_key_sid_invalid" | "application_ignored" | "auth_token_invalid" | "body_forces_ucs2" | "body_ignored" | "both_senders" | "consent_categories_missing" | "country_unknown" | "credentials_conflict" | "credentials_missing" | "destination_disabled" | "edge_unknown" | "mapping_unreachable" | "key_secret_invalid" | "max_price_obsolete" | "name_taken" | "only_test_recipients" | "parameter_invalid" | "parameter_needs_another" | "path_invalid" | "phone_invalid" | "region_unknown" | "region_without_edge" | "sender_invalid" | "sender_missing" | "setting_not_allowed" | "setting_out_of_range" | "setting_required" | "setting_unknown" | "setting_without_effect" | "setting_wrong_type" | "url_invalid" | "template_invalid" | "time_zone_unknown" | "trigger_invalid" | "trigger_matches_every_track" | "validity_period_short" | "write_key_invalid";

/**
 * Every problem of settings, and every warning.
 */
export type Report = { 
/**
 * What must be mended before anything is sent.
 */
problems: Array<Problem>, 
/**
 * What is legal, but worth a look.
 */
warnings: Array<Problem>, };

/**
 * What a host has to know of a destination to hand events over.
 */
export type About = { 
/**
 * The paths to read from an event.
 */
eventReads: Array<Array<ReadStep>>, 
/**
 * The paths to read from a row.
 */
rowReads: Array<Array<ReadStep>>, 
/**
 * The paths to read from an event that is sent.
 */
deliveryReads: Array<Array<ReadStep>>, 
/**
 * The paths of an event of which only the shape is told.
 */
eventShapes: Array<Array<ReadStep>>, 
/**
 * The paths of a row of which only the shape is told.
 */
rowShapes: Array<Array<ReadStep>>, 
/**
 * The most bytes an event may have as JSON.
 */
maxEventBytes: number, 
/**
 * How deep an event may nest.
 */
maxEventDepth: number, 
/**
 * What is the same in every request.
 */
envelope: HttpRequest, };

/**
 * A step of a path: a property's name, or an array's index.
 */
export type ReadStep = string | number;

/**
 * An HTTP request. The host sends it as it is and adds nothing.
 */
export type HttpRequest = { 
/**
 * Always `POST`.
 */
method: string, 
/**
 * The whole URL.
 */
url: string, 
/**
 * Every header, in order.
 */
headers: Array<[string, string]>, 
/**
 * The body: `application/x-www-form-urlencoded` for Twilio, JSON for Segment.
 */
body: string, };

/**
 * What is decided for one message.
 */
export type Decision = { "type": "drop" } & Dropped | { "type": "send" } & Send;

/**
 * A message to send.
 */
export type Send = { 
/**
 * The name of the mapping that sends it.
 */
mapping: string, 
/**
 * The request, complete to the byte.
 */
request: HttpRequest, 
/**
 * What was left out of it, and why.
 */
warnings: Array<Warning>, };

/**
 * A message that is not sent.
 */
export type Dropped = { 
/**
 * The name of the mapping that would have sent it; none if it did not come to that.
 */
mapping: string | null, 
/**
 * Why not.
 */
reason: DropReason, 
/**
 * What would have been left out of it, and why.
 */
warnings: Array<Warning>, 
/**
 * How the message ended before, if this is a duplicate.
 */
first?: Settled, };

/**
 * Why nothing is sent.
 */
export type DropReason = { 
/**
 * Which reason: stable, for programs.
 */
code: DropCode, 
/**
 * What exactly is wrong, where the code alone does not say: stable, for programs.
 */
detail: string | null, 
/**
 * Where the reason lies: a path into the event, or into the settings if it begins with `$`.
 */
path: string | null, 
/**
 * What happened, in one sentence. It never holds a phone number or a value of the event.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, 
/**
 * When the reason ends, in milliseconds since 1970: decided again from then on, the message
 * is not dropped for it. None where no time mends it.
 */
until: number | null, };

/**
 * The reasons why nothing is sent.
 */
export type DropCode = "consent_missing" | "consent_refused" | "country_denied" | "country_not_allowed" | "destination_disabled" | "duplicate" | "event_not_json" | "event_not_object" | "event_not_unicode" | "event_too_deep" | "event_too_large" | "event_type_missing" | "event_type_unknown" | "event_unreadable" | "integration_disabled" | "message_control_character" | "message_empty" | "message_not_found" | "message_too_long" | "message_too_many_segments" | "no_mapping_matched" | "not_a_test_recipient" | "parameter_invalid" | "quiet_hours" | "recipient_invalid" | "recipient_limit" | "recipient_missing" | "recipient_not_text" | "recipient_suppressed" | "resend_needless" | "send_at_out_of_range" | "sender_invalid" | "sender_missing" | "template_number_not_finite" | "template_output_too_long" | "template_value_missing" | "template_value_not_text" | "unchanged" | "user_missing";

/**
 * Something that was left out of a message that is sent all the same.
 */
export type Warning = { 
/**
 * Which warning: stable, for programs.
 */
code: WarningCode, 
/**
 * Which of Twilio's parameters it is about.
 */
parameter: string, 
/**
 * The setting that it comes from, as a JSON path.
 */
setting: string, 
/**
 * What happened, in one sentence. It never holds a value of the event.
 */
cause: string, };

/**
 * What can be left out of a message.
 */
export type WarningCode = "body_ignored" | "body_truncated" | "body_smart_encoded" | "parameter_left_out" | "time_zone_unknown";

/**
 * How a message ended.
 */
export type Outcome = { "type": "confirmed" } & Replied | { "type": "deferred" } & Deferred | { "type": "dropped" } & Dropped | { "type": "failed" } & Replied | { "type": "halted" } & Replied | { "type": "sent" } & Replied | { "type": "unknown" } & Replied;

/**
 * A message that was handed to Twilio, or feedback on one.
 */
export type Replied = { 
/**
 * The name of the mapping that sends it, or of the conversion.
 */
mapping: string, 
/**
 * What came back, and what it means.
 */
reply: Reply, 
/**
 * What was left out of the message, and why.
 */
warnings: Array<Warning>, 
/**
 * Whether the store knows how it ended. If not, the event is to be begun again: that sends
 * nothing twice.
 */
recorded: boolean, 
/**
 * When more can be found out by beginning the event again, in milliseconds since 1970; only for
 * what is unknown.
 */
againAt: Timestamp | null, };

/**
 * A reply and what it means. It holds no phone number.
 */
export type Reply = { 
/**
 * What it means: stable, for programs.
 */
code: string, 
/**
 * Whom or what it concerns: `account`, `sender`, `recipient`, `message`, ….
 */
scope: string | null, 
/**
 * What happened, in one sentence.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, 
/**
 * The HTTP status, if there was one.
 */
httpStatus: number | null, 
/**
 * Twilio's error code, if it gave one.
 */
twilioCode: number | null, 
/**
 * Twilio's own words, with numbers masked.
 */
twilioMessage: string | null, 
/**
 * Twilio's page on the error code.
 */
docs: string | null, 
/**
 * The message's SID, where the reply tells it.
 */
sid: string | null, 
/**
 * The message's status as Twilio wrote it.
 */
status: string | null, 
/**
 * How many segments Twilio counted.
 */
segments: number | null, 
/**
 * How many milliseconds to wait at least before the message is sent again.
 */
retryAfterMs: number | null, 
/**
 * Twilio's id of the request, which its support asks for.
 */
requestId: string | null, 
/**
 * How many requests the account had under way.
 */
concurrentRequests: number | null, };

/**
 * A message that was certainly not sent, and may be sent later.
 */
export type Deferred = { 
/**
 * The name of the mapping that sends it; empty if none does, and what the event says of its user
 * could not be noted.
 */
mapping: string, 
/**
 * Why it was not sent: stable, for programs.
 */
code: Deferral, 
/**
 * What happened, in one sentence.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, 
/**
 * When to begin the event again, in milliseconds since 1970.
 */
until: Timestamp, 
/**
 * What Twilio replied, if it was asked.
 */
reply: Reply | null, 
/**
 * What would have been left out of the message, and why.
 */
warnings: Array<Warning>, };

/**
 * Why a message was put off.
 */
export type Deferral = "claim_busy" | "deadline" | "feedback" | "rate" | "retry" | "store_failed" | "store_late";

/**
 * How a claim ended.
 */
export type Settled = { 
/**
 * How.
 */
as: SettledAs, 
/**
 * What the reply or the callback was that decided it, or why no request was made, by its stable
 * name.
 */
code: string, 
/**
 * The message's SID, where it is known.
 */
sid: string | null, 
/**
 * The message's status: the furthest that Twilio told of.
 */
status: string | null, 
/**
 * Why it was not delivered: Twilio's error code.
 */
error: number | null, 
/**
 * When it was settled.
 */
at: Timestamp, 
/**
 * The SIDs of further messages that turned out to belong to it: somebody was texted twice.
 */
also: Array<string>, 
/**
 * Whether it was sent again while an earlier request was unclear: there may be further messages
 * whose SIDs nobody knows.
 */
doubled: boolean, };

/**
 * How a claim can end.
 */
export type SettledAs = "failed" | "sent" | "unknown";

/**
 * A trait.
 */
export type Trait = { 
/**
 * Where it stands, as a path below `traits`.
 */
path: string, 
/**
 * Its value as JSON; an empty text if the event took it away.
 */
json: string, 
/**
 * When the event happened.
 */
at: Timestamp, };

/**
 * What the host has to do next, and why.
 */
export type Step = { 
/**
 * Why: stable, for programs and timelines.
 */
why: Why, } & ({ "type": "done", 
/**
 * The outcomes, in the order of the decisions.
 */
outcomes: Array<Outcome>, } | { "type": "handled", 
/**
 * What came of it.
 */
handled: Handled, } | { "type": "fetch", 
/**
 * The request, complete to the byte.
 */
request: FetchRequest, 
/**
 * How long it may take, headers and body together, in milliseconds.
 */
timeoutMs: number, 
/**
 * A host whose clock is past this, in milliseconds since 1970, does not start the request
 * and says so.
 */
notAfter: Timestamp, } | { "type": "store", 
/**
 * The key: it holds no personal data.
 */
key: string, 
/**
 * The operation.
 */
operation: object, 
/**
 * How long the answer may take, in milliseconds.
 */
timeoutMs: number, } | { "type": "wait", 
/**
 * Until when, in milliseconds since 1970.
 */
until: Timestamp, 
/**
 * Whether messages behind this one, of the same sender, may go first.
 */
aside: boolean, });

/**
 * What the host has to do.
 */
export type Action = { "type": "done", 
/**
 * The outcomes, in the order of the decisions.
 */
outcomes: Array<Outcome>, } | { "type": "handled", 
/**
 * What came of it.
 */
handled: Handled, } | { "type": "fetch", 
/**
 * The request, complete to the byte.
 */
request: FetchRequest, 
/**
 * How long it may take, headers and body together, in milliseconds.
 */
timeoutMs: number, 
/**
 * A host whose clock is past this, in milliseconds since 1970, does not start the request
 * and says so.
 */
notAfter: Timestamp, } | { "type": "store", 
/**
 * The key: it holds no personal data.
 */
key: string, 
/**
 * The operation.
 */
operation: object, 
/**
 * How long the answer may take, in milliseconds.
 */
timeoutMs: number, } | { "type": "wait", 
/**
 * Until when, in milliseconds since 1970.
 */
until: Timestamp, 
/**
 * Whether messages behind this one, of the same sender, may go first.
 */
aside: boolean, };

/**
 * Why a step is taken: stable names, and a sentence for each.
 */
export type Why = "admit" | "back_off" | "confirm" | "create" | "dispatch" | "done" | "erase_message" | "find_message" | "forget" | "hand_over" | "join_profile" | "keep_message" | "keep_turn" | "look_up" | "look_at_claim" | "look_at_siblings" | "look_at_undelivered" | "open_claim" | "read_profile" | "record_answer" | "record_message" | "record_refusal" | "record_halt" | "record_origin" | "record_recovery" | "record_rest" | "record_sid" | "record_status" | "record_suppression" | "record_unclear" | "release_claim" | "reserve" | "settle_claim" | "track" | "wait_for_claim" | "wait_for_list" | "wait_for_profile" | "wait_for_rate" | "wait_for_store" | "wait_for_turn" | "watch" | "withdraw" | "write_profile";

/**
 * What came of a webhook. It holds no phone number, unless the settings ask for it.
 */
export type Handled = { 
/**
 * The HTTP status to answer Twilio with: 204, or 503 if the store or Segment failed or a message
 * to be sent again was put off, so that the webhook shows in Twilio's debugger and may come again; 4xx if it was refused.
 */
httpStatus: number, 
/**
 * What the webhook is.
 */
what: HandledAs, 
/**
 * Why it was refused, if so.
 */
refusal: Refusal | null, 
/**
 * The message that it is about.
 */
messageSid: string | null, 
/**
 * The status that the message has by now, in Twilio's word. An earlier webhook may have told of a
 * later one.
 */
status: string | null, 
/**
 * Why the message was not delivered, if that is how it stands by now.
 */
error: DeliveryError | null, 
/**
 * Whether the store knows the message, or the recipient's answer is written down.
 */
recorded: boolean, 
/**
 * Whether it says what was not known before.
 */
news: boolean, 
/**
 * Whether the store failed. Nothing is lost if the webhook comes again.
 */
storeFailed: boolean, 
/**
 * Whom it opted out or in.
 */
opted: Opted | null, 
/**
 * The new message that was sent because this one was not delivered; none if the settings do not
 * want that, if the status is no reason for it, or if it has been done as often as they say.
 */
resent: Resent | null, 
/**
 * What Segment was told; none if it was never asked, because the webhook was refused or the store
 * failed.
 */
tracked: Tracked | null, };

/**
 * What a webhook is.
 */
export type HandledAs = "click" | "inbound" | "refused" | "status";

/**
 * A message that is sent in place of one that was not delivered.
 */
export type Resent = { 
/**
 * Which of the messages that are sent for the first one it is: 1 for the first of them.
 */
number: number, 
/**
 * How it ended. If it is put off, the same webhook is to be handed in again when it says: the
 * message is sent once all the same.
 */
outcome: Outcome, };

/**
 * Who wants no more messages, or wants them again: for whoever keeps such lists.
 *
 * `Debug` shows the type only.
 */
export type Opted = { 
/**
 * Which of the two.
 */
type: OptedAs, 
/**
 * The recipient's key in the store: the same for each message of theirs.
 */
recipient: string, 
/**
 * The user to whom the last message to them was sent, if the settings name a Segment source.
 */
userId: string | null, 
/**
 * The same for an anonymous visitor.
 */
anonymousId: string | null, 
/**
 * The Messaging Service that received the answer.
 */
messagingServiceSid: string | null, 
/**
 * The recipient's address; only with `segment.include_numbers`.
 */
number: string | null, };

/**
 * What a recipient wants.
 */
export type OptedAs = "opted_in" | "opted_out";

/**
 * What Segment was told.
 */
export type Tracked = { "type": "failed", 
/**
 * What it answered; none if no answer came.
 */
httpStatus: number | null, } | { "type": "tracked" } | { "type": "untracked", 
/**
 * Why: stable, for programs.
 */
code: Untracked, 
/**
 * Why, in one sentence.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, };

/**
 * A request that the host makes as it is.
 */
export type FetchRequest = { 
/**
 * `GET` or `POST`.
 */
method: string, 
/**
 * The whole URL.
 */
url: string, 
/**
 * Every header, in order.
 */
headers: Array<[string, string]>, 
/**
 * The body; none for a method that has none.
 */
body: string | null, };

/**
 * A point in time: milliseconds since 1970-01-01T00:00:00Z, negative before it.
 */
export type Timestamp = number;

/**
 * A webhook that was taken or refused.
 */
export type Receipt = { "type": "received" } & Received | { "type": "refused" } & Refusal;

/**
 * A webhook that Twilio signed, and what it says.
 */
export type Received = { 
/**
 * The HTTP status to answer with once it has been dealt with: 204, which sends no reply.
 */
httpStatus: number, 
/**
 * The account that sent it.
 */
accountSid: string | null, 
/**
 * The decoded parameters of the URL that it was sent to, in order.
 */
query: Array<[string, string]>, 
/**
 * What it says.
 */
callback: Callback, };

/**
 * What a webhook says.
 */
export type Callback = { "type": "click" } & Click | { "type": "inbound" } & Inbound | { "type": "status" } & StatusUpdate;

/**
 * A click on a shortened link.
 *
 * The names of its parameters are those of Twilio's page on link shortening (`sms_sid`), or of its
 * event `link-clicked` (`message_sid`): either is read, as a form or as flat JSON.
 */
export type Click = { 
/**
 * The message that the link stood in.
 */
messageSid: string, 
/**
 * The link as it was before it was shortened. It may hold what was personal in the text.
 */
link: string | null, 
/**
 * When it was clicked, in Twilio's words: ISO 8601.
 */
clickTime: string | null, 
/**
 * The program that it was opened with. Many of them only look for a preview.
 */
userAgent: string | null, 
/**
 * Who the message was sent to, as Twilio writes it.
 */
to: string | null, 
/**
 * Who sent it.
 */
from: string | null, 
/**
 * The Messaging Service that sent it.
 */
messagingServiceSid: string | null, };

/**
 * An inbound message.
 */
export type Inbound = { 
/**
 * The message.
 */
messageSid: string, 
/**
 * What it asks for, if anything.
 */
optOut: OptOut | null, 
/**
 * Whether Twilio's Advanced Opt-Out decided that, instead of the default keywords.
 */
advancedOptOut: boolean, 
/**
 * Who wrote it, as Twilio writes it.
 */
from: string, 
/**
 * The number or address that received it.
 */
to: string, 
/**
 * What it travelled over: `sms`, `whatsapp`, `messenger` or `rcs`.
 */
channel: string, 
/**
 * The Messaging Service that the receiver belongs to.
 */
messagingServiceSid: string | null, 
/**
 * Its text.
 */
body: string | null, 
/**
 * How many pictures or files came with it.
 */
numMedia: number, 
/**
 * The message that it answers, where the channel tells.
 */
repliedTo: string | null, };

/**
 * What a recipient asks for.
 */
export type OptOut = "help" | "start" | "stop";

/**
 * A status callback.
 */
export type StatusUpdate = { 
/**
 * The message.
 */
messageSid: string, 
/**
 * Its status, in Twilio's word: also one that is not known here.
 */
status: string, 
/**
 * Why it was not delivered, if so.
 */
error: DeliveryError | null, 
/**
 * What it travelled over: `sms`, `whatsapp`, `messenger` or `rcs`.
 */
channel: string, 
/**
 * Who it was sent to, as Twilio writes it.
 */
to: string | null, 
/**
 * Who sent it. A Messaging Service's pick is told here first.
 */
from: string | null, 
/**
 * The Messaging Service that sent it.
 */
messagingServiceSid: string | null, 
/**
 * The channel that it was installed for, where it is not SMS.
 */
channelInstallSid: string | null, 
/**
 * When the carrier reported it, as Twilio writes it: `YYMMDDhhmm`, in a time zone that is not
 * documented.
 */
rawDlrDoneDate: string | null, };

/**
 * Why a message was not delivered. It holds no phone number.
 */
export type DeliveryError = { 
/**
 * Twilio's error code, known here or not.
 */
code: number, 
/**
 * Whom or what it concerns, where the code is known: `account`, `sender`, `recipient`, ….
 */
scope: string | null, 
/**
 * What happened, in one sentence.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, 
/**
 * Twilio's page on the code.
 */
docs: string, 
/**
 * Twilio's or the channel's own words, with numbers masked.
 */
message: string | null, };

/**
 * Why a webhook is not taken. It holds nothing of what came in.
 */
export type Refusal = { 
/**
 * Which kind of refusal: stable, for programs.
 */
code: RefusalCode, 
/**
 * What is wrong, in one sentence.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, 
/**
 * The HTTP status to answer with. Twilio's debugger shows every answer that is no 2xx.
 */
httpStatus: number, };

/**
 * The kinds of refusals.
 */
export type RefusalCode = "body_hash_missing" | "body_hash_wrong" | "body_too_large" | "callback_incomplete" | "callback_unknown" | "input_invalid" | "method_not_allowed" | "signature_missing" | "signature_wrong" | "token_missing" | "too_many_parameters" | "url_invalid";

/**
 * Whether a signature fits.
 */
export type SignatureVerdict = { 
/**
 * Whether it does.
 */
valid: boolean, 
/**
 * Why not: stable, for programs.
 */
code: RefusalCode | null, 
/**
 * Why not, in one sentence.
 */
cause: string | null, 
/**
 * What to do about it, in one sentence.
 */
fix: string | null, };

/**
 * Where a message came from: what is kept of the event that sent it.
 *
 * `Debug` shows nothing of it, since a user's id may be an address or a number.
 */
export type Origin = { 
/**
 * The `userId` of the event that sent it.
 */
userId?: string | null, 
/**
 * Its `anonymousId`.
 */
anonymousId?: string | null, 
/**
 * Its `messageId`.
 */
messageId?: string | null, 
/**
 * Its name.
 */
event?: string | null, 
/**
 * The name of the mapping that it matched.
 */
mapping?: string | null, 
/**
 * Its `context.campaign`: names and values.
 */
campaign?: Array<[string, string]> | null, 
/**
 * The run of the row that sent it.
 */
run?: string | null, 
/**
 * The number of that row.
 */
row?: number | null, 
/**
 * The SID of the message that was not delivered and that this one was sent for.
 */
resendOf?: string | null, 
/**
 * Which of the messages that were sent for it this is: 1 for the first.
 */
resend?: number | null, };

/**
 * What is to be done with a webhook that is reported.
 */
export type Tracking = { "type": "refused" } & Refusal | { "type": "track", 
/**
 * The request, complete to the byte.
 */
request: HttpRequest, } | { "type": "untracked", 
/**
 * Why: stable, for programs.
 */
code: Untracked, 
/**
 * Why, in one sentence.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, };

/**
 * Why there is no track event.
 */
export type Untracked = "identity_missing" | "not_selected" | "row_without_user" | "segment_not_set";

/**
 * What the host has to do next.
 */
export type CheckStep = { "type": "done", 
/**
 * In the order of the questions: credentials, account, balance, then each sender.
 */
findings: Array<Finding>, } | { "type": "fetch", 
/**
 * The request, complete to the byte. It is a GET.
 */
request: FetchRequest, 
/**
 * How long it may take, headers and body together, in milliseconds.
 */
timeoutMs: number, };

/**
 * One thing that a check found.
 */
export type Finding = { 
/**
 * What was found: stable, for programs.
 */
code: FindingCode, 
/**
 * How bad it is.
 */
level: Level, 
/**
 * The setting that it concerns, as a JSON path: `$.from`.
 */
path: string, 
/**
 * What was found, in one sentence. It never holds a secret or a phone number.
 */
cause: string, 
/**
 * What to do about it, in one sentence.
 */
fix: string, };

/**
 * The kinds of findings.
 */
export type FindingCode = "a2p_failed" | "a2p_pending" | "a2p_registered" | "a2p_unknown" | "a2p_unregistered" | "account_active" | "account_not_active" | "account_not_found" | "account_trial" | "account_unreadable" | "balance_empty" | "balance_low" | "balance_sufficient" | "balance_unreadable" | "credentials_test" | "credentials_valid" | "credentials_wrong" | "sender_cannot_text" | "sender_not_checkable" | "sender_not_owned" | "sender_offline" | "sender_ready" | "sender_unreadable" | "service_empty" | "service_not_found" | "service_ready" | "twilio_unreachable";

/**
 * How bad a finding is.
 */
export type Level = "ok" | "problem" | "unknown" | "warning";

/**
 * What is known of a text that should hold a phone number.
 *
 * It is made to be shown to whoever asked, so it holds the number; `Debug` hides it.
 */
export type PhoneVerdict = { 
/**
 * Whether the policy accepts it.
 */
accepted: boolean, 
/**
 * The number in E.164 form; also of a number that exists but is not valid, or not a mobile's.
 */
e164: string | null, 
/**
 * The digits of its extension.
 */
extension: string | null, 
/**
 * The region it belongs to: two letters, or `001` for none. Not always known.
 */
region: string | null, 
/**
 * The region that speaks for its calling code.
 */
mainRegion: string | null, 
/**
 * What the number is for: `mobile`, `fixed_line` and so on, or `unknown`.
 */
kind: string | null, 
/**
 * Whether it lies in a range that is in use.
 */
valid: boolean, 
/**
 * Whether it is valid and a mobile's, or may be one.
 */
mobile: boolean, 
/**
 * Why it is not accepted.
 */
refusal: PhoneRefusal | null, };

/**
 * Why a text is not accepted as a phone number.
 */
export type PhoneRefusal = { 
/**
 * A stable name in snake_case.
 */
code: string, 
/**
 * What is wrong, in one sentence. It never holds a digit of the number.
 */
message: string, 
/**
 * What would put it right, where that can be said.
 */
hint: string | null, };

/**
 * What would be done with an event, and why.
 */
export type Preview = { 
/**
 * What is decided, one for each message: under `match: first` exactly one.
 */
decisions: Array<PreviewDecision>, 
/**
 * Which mappings were tried, in order, and why each did or did not match.
 */
triggers: Array<TriggerTrace>, 
/**
 * What the event says of consent; none of a row, or of an event that could not be read.
 */
consent: ConsentTrace | null, 
/**
 * How each message was held against quiet hours, in the order of the decisions; without those
 * that quiet hours do not hold for, or that were dropped for another reason.
 */
quietHours: Array<QuietHoursTrace>, 
/**
 * Which conversions were tried, and why the event is one or is not. Whether there is a message
 * that it is credited to is known where there is a store.
 */
conversions: Array<ConversionTrace>, };

/**
 * A decision, with the credentials hidden and every part explained.
 */
export type PreviewDecision = { "type": "drop" } & Dropped | { "type": "send" } & PreviewSend;

/**
 * A message that would be sent.
 */
export type PreviewSend = { 
/**
 * The name of the mapping that sends it.
 */
mapping: string, 
/**
 * The request, with the credentials hidden.
 */
request: HttpRequest, 
/**
 * What it travels over.
 */
channel: string, 
/**
 * The recipient's country, where the number tells.
 */
country: string | null, 
/**
 * The number's calling code, such as 44; none of an id that is no number.
 */
callingCode: number | null, 
/**
 * The region that speaks for the calling code; of use where the number tells no country.
 */
mainRegion: string | null, 
/**
 * What the number is for: `mobile`, `fixed_line` and so on; `unknown` if it lies in no range
 * that is known to be in use.
 */
kind: string | null, 
/**
 * How the text is billed; none without a text, or on other channels than SMS.
 */
segments: SegmentsView | null, 
/**
 * The text, segment by segment; there when `segments` is.
 */
text: TextView | null, 
/**
 * For each part of the form, where it comes from.
 */
explain: Array<Explained>, 
/**
 * What was left out of it, and why.
 */
warnings: Array<Warning>, };

/**
 * How a text is billed.
 */
export type SegmentsView = { 
/**
 * `GSM-7` or `UCS-2`.
 */
encoding: string, 
/**
 * How many segments: each one is billed.
 */
count: number, 
/**
 * How many units the text has: septets in GSM-7, UTF-16 code units in UCS-2.
 */
units: number, 
/**
 * The characters that force UCS-2, each once, in order.
 */
forcedBy: Array<string>, };

/**
 * A text as it goes out, segment by segment.
 */
export type TextView = { 
/**
 * The segments, in order: together they are the text as the phone shows it.
 */
segments: Array<SegmentText>, 
/**
 * How many units each of them holds.
 */
capacity: number, 
/**
 * The size of the text in bits.
 */
messageBits: number, 
/**
 * The size in bits with the headers that join the segments.
 */
totalBits: number, 
/**
 * What smart encoding does, where it replaces anything.
 */
smartEncoding: SmartEncodingView | null, };

/**
 * One segment of a text.
 */
export type SegmentText = { 
/**
 * Its part of the text.
 */
text: string, 
/**
 * How many units it takes.
 */
units: number, };

/**
 * How a text is billed with smart encoding and without.
 */
export type SmartEncodingView = { 
/**
 * Whether the message asks for it.
 */
on: boolean, 
/**
 * The text as it is.
 */
without: SegmentsView, 
/**
 * The text with its replacements.
 */
with: SegmentsView, };

/**
 * Where a part of the form comes from.
 */
export type Explained = { 
/**
 * Twilio's name of the parameter.
 */
parameter: string, 
/**
 * Its value.
 */
value: string, 
/**
 * The setting that gives it, as a JSON path.
 */
setting: string, 
/**
 * Whether the setting is not there and its default applies.
 */
default: boolean, 
/**
 * The event paths that the setting reads, where they were found: `context.traits.phone` for
 * a trait of the context, `profile.traits.phone` for one of the profile.
 */
paths: Array<string>, };

/**
 * Whether a mapping's trigger matched, and why.
 */
export type TriggerTrace = { 
/**
 * The mapping's name.
 */
mapping: string, 
/**
 * Whether it is switched on. One that is not never matches.
 */
enabled: boolean, 
/**
 * Whether the trigger matches the event.
 */
matched: boolean, 
/**
 * Each condition of the trigger, in order, and then that of turns_true. Whether it was true
 * before is known where there is a store.
 */
checks: Array<CheckView>, };

/**
 * Whether an event is a conversion, and why.
 */
export type ConversionTrace = { 
/**
 * The conversion's name.
 */
name: string, 
/**
 * The mapping whose messages it counts for; none if it counts for all.
 */
mapping: string | null, 
/**
 * How long before the event the message was sent at most, in seconds.
 */
withinSeconds: number, 
/**
 * Whether Twilio would be told of it.
 */
matched: boolean, 
/**
 * Each condition of the trigger, in order.
 */
checks: Array<CheckView>, };

/**
 * A condition of a trigger.
 */
export type CheckView = { 
/**
 * The condition as it is written.
 */
text: string, 
/**
 * The event path that it reads.
 */
path: string, 
/**
 * Whether it holds.
 */
holds: boolean, 
/**
 * Why it does or does not.
 */
why: string, };

/**
 * What the event says of consent, and whether that is enough.
 */
export type ConsentTrace = { 
/**
 * Whether consent keeps nothing back.
 */
allowed: boolean, 
/**
 * What the event's integrations object says of this destination: `on`, `off` or `silent`.
 */
integration: string, 
/**
 * The categories that the settings ask for, in order.
 */
categories: Array<CategoryView>, 
/**
 * Why it is or is not enough, in one sentence.
 */
why: string, };

/**
 * A category of consent that the settings ask for.
 */
export type CategoryView = { 
/**
 * Its name.
 */
name: string, 
/**
 * Where the event tells of it.
 */
path: string, 
/**
 * `granted`, `refused`, or `silent` if the event does not tell.
 */
state: string, };

/**
 * How a message was held against quiet hours.
 */
export type QuietHoursTrace = { 
/**
 * The mapping's name.
 */
mapping: string, 
/**
 * When the message would go out, as ISO 8601: now, or when it is scheduled.
 */
at: string, 
/**
 * What told the recipient's time zone: `mapping`, `context`, `country`, `default`, or
 * `unknown` if nothing did.
 */
source: string, 
/**
 * Why these zones count, in one sentence.
 */
why: string, 
/**
 * The clocks of which none may show quiet hours.
 */
clocks: Array<ClockView>, 
/**
 * Whether the message would go out in quiet hours.
 */
quiet: boolean, 
/**
 * When it may go out, as ISO 8601; none if there is no such time within 35 days.
 */
end: string | null, };

/**
 * What a clock shows when the message would go out.
 */
export type ClockView = { 
/**
 * The name of its time zone.
 */
zone: string, 
/**
 * The time of day: `07:59`.
 */
time: string, };
