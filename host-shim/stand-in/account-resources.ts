import { type Account, numberSid, type OwnedSender } from "./accounts.js";
import { API_VERSION, accountUri, rfc2822 } from "./bodies.js";
import { type ApiError, isApiError } from "./errors.js";
import { page } from "./paging.js";

type Body = Record<string, unknown>;

// Accounts, numbers and services have no history here; this is their date of creation.
const CREATED = rfc2822(Date.UTC(2024, 0, 1));

/** GET Accounts/{Sid}. Twilio shows the Auth Token here, and so does this. */
export function accountBody(account: Account): Body {
  const uri = accountUri(account.sid);
  return {
    auth_token: account.authToken,
    date_created: CREATED,
    date_updated: CREATED,
    friendly_name: account.friendlyName,
    owner_account_sid: account.sid,
    sid: account.sid,
    status: account.status,
    subresource_uris: {
      balance: `${uri}/Balance.json`,
      incoming_phone_numbers: `${uri}/IncomingPhoneNumbers.json`,
      messages: `${uri}/Messages.json`,
    },
    type: account.kind === "trial" ? "Trial" : "Full",
    uri: `${uri}.json`,
  };
}

/** GET Balance. */
export function balanceBody(account: Account): Body {
  return { account_sid: account.sid, balance: account.balance, currency: "USD" };
}

/** GET IncomingPhoneNumbers, with the `PhoneNumber` filter: any part of a number. */
export function listPhoneNumbers(
  account: Account,
  path: string,
  query: URLSearchParams,
): Body | ApiError {
  const wanted = query.get("PhoneNumber") ?? "";
  const rows = account.senders
    .filter(({ address }) => address.startsWith("+") && address.includes(wanted))
    .map((sender) => phoneNumberBody(account, sender));
  const cut = page(path, query, rows);
  return isApiError(cut) ? cut : { ...cut.frame, incoming_phone_numbers: cut.rows };
}

/** GET SMS/ShortCodes, with the `ShortCode` filter. */
export function listShortCodes(
  account: Account,
  path: string,
  query: URLSearchParams,
): Body | ApiError {
  const wanted = query.get("ShortCode") ?? "";
  const rows = account.senders
    .filter(({ address }) => /^\d+$/.test(address) && address.includes(wanted))
    .map((sender) => shortCodeBody(account, sender));
  const cut = page(path, query, rows);
  return isApiError(cut) ? cut : { ...cut.frame, short_codes: cut.rows };
}

function phoneNumberBody(
  account: Account,
  { address, sms, mms, inboundUrl }: OwnedSender,
): Body & { sid: string } {
  const sid = numberSid(account, address);
  return {
    account_sid: account.sid,
    address_requirements: "none",
    address_sid: null,
    api_version: API_VERSION,
    beta: false,
    bundle_sid: null,
    capabilities: { fax: false, mms: mms ?? false, sms: sms ?? true, voice: true },
    date_created: CREATED,
    date_updated: CREATED,
    emergency_address_sid: null,
    emergency_address_status: "unregistered",
    emergency_status: "Inactive",
    friendly_name: address,
    identity_sid: null,
    origin: "twilio",
    phone_number: address,
    sid,
    sms_application_sid: "",
    sms_fallback_method: "POST",
    sms_fallback_url: "",
    sms_method: "POST",
    sms_url: inboundUrl ?? "",
    status: "in-use",
    status_callback: "",
    status_callback_method: "POST",
    trunk_sid: null,
    type: null,
    uri: `${accountUri(account.sid)}/IncomingPhoneNumbers/${sid}.json`,
    voice_application_sid: "",
    voice_caller_id_lookup: false,
    voice_fallback_method: "POST",
    voice_fallback_url: "",
    voice_method: "POST",
    voice_receive_mode: "voice",
    voice_url: "",
  };
}

function shortCodeBody(
  account: Account,
  { address, inboundUrl }: OwnedSender,
): Body & { sid: string } {
  const sid = numberSid(account, address);
  return {
    account_sid: account.sid,
    api_version: API_VERSION,
    date_created: CREATED,
    date_updated: CREATED,
    friendly_name: address,
    short_code: address,
    sid,
    sms_fallback_method: "POST",
    sms_fallback_url: "",
    sms_method: "POST",
    sms_url: inboundUrl ?? "",
    uri: `${accountUri(account.sid)}/SMS/ShortCodes/${sid}.json`,
  };
}
