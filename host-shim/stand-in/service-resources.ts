import {
  type Account,
  findSender,
  findService,
  type MessagingService,
  numberSid,
} from "./accounts.js";
import { sidFor } from "./ids.js";

type Body = Record<string, unknown>;

// The product API writes ISO 8601 where the 2010 API writes RFC 2822.
const CREATED = "2024-01-01T00:00:00Z";

/** GET `/v1/Services`, on messaging.twilio.com. */
export function listServices(account: Account, origin: string): Body {
  const url = `${origin}/v1/Services`;
  const services = account.services.map((service) =>
    serviceBody(account, service, `${url}/${service.sid}`),
  );
  return list("services", url, services);
}

/** GET `/v2/Channels/Senders`, on messaging.twilio.com, with the `Channel` filter. */
export function listChannelSenders(account: Account, query: URLSearchParams, origin: string): Body {
  const url = `${origin}/v2/Channels/Senders`;
  const prefix = `${query.get("Channel") ?? "whatsapp"}:`;
  const senders = account.senders
    .filter(({ address }) => address.startsWith(prefix))
    .map(({ address, status }) => {
      const sid = sidFor("XE", account.sid + address);
      return {
        sender_id: address,
        sid,
        status: status ?? "ONLINE",
        url: `${url}/${sid}`,
      };
    });
  return list("senders", url, senders);
}

/**
 * GET under `/v1/Services/{Sid}`, which Twilio serves on messaging.twilio.com: what a check of a Messaging Service
 * reads. Null when there is no such resource.
 */
export function serviceResource(
  account: Account,
  sid: string,
  below: string,
  origin: string,
): Body | null {
  const service = findService(account, sid);
  if (!service) return null;
  const url = `${origin}/v1/Services/${sid}`;
  switch (below) {
    case "":
      return serviceBody(account, service, url);
    case "PhoneNumbers":
      return list("phone_numbers", `${url}/PhoneNumbers`, phoneNumbers(account, service, url));
    case "ShortCodes":
      return list("short_codes", `${url}/ShortCodes`, shortCodes(account, service, url));
    case "ChannelSenders":
      return list("senders", `${url}/ChannelSenders`, channelSenders(account, service, url));
    case "AlphaSenders":
      return list("alpha_senders", `${url}/AlphaSenders`, alphaSenders(account, service, url));
    case "Compliance/Usa2p":
      return list(
        "compliance",
        `${url}/Compliance/Usa2p`,
        service.a2p ? [campaign(account, service, url)] : [],
      );
    default:
      return null;
  }
}

function serviceBody(account: Account, service: MessagingService, url: string): Body {
  return {
    account_sid: account.sid,
    area_code_geomatch: true,
    date_created: CREATED,
    date_updated: CREATED,
    fallback_method: "POST",
    fallback_to_long_code: false,
    fallback_url: null,
    friendly_name: "Stand-in service",
    inbound_method: "POST",
    inbound_request_url: service.inboundUrl ?? null,
    links: {
      alpha_senders: `${url}/AlphaSenders`,
      phone_numbers: `${url}/PhoneNumbers`,
      us_app_to_person: `${url}/Compliance/Usa2p`,
    },
    mms_converter: true,
    scan_message_content: "inherit",
    sid: service.sid,
    smart_encoding: false,
    status_callback: service.statusCallback ?? null,
    sticky_sender: true,
    synchronous_validation: false,
    url,
    us_app_to_person_registered: service.a2p ?? false,
    use_inbound_webhook_on_number: false,
    usecase: "undeclared",
    validity_period: 36_000,
  };
}

function phoneNumbers(account: Account, service: MessagingService, url: string): Body[] {
  return service.senders
    .filter((address) => address.startsWith("+"))
    .map((address) => {
      const sid = numberSid(account, address);
      const sender = findSender(account, address);
      return {
        account_sid: account.sid,
        capabilities: [sender?.sms === false ? [] : ["SMS"], sender?.mms ? ["MMS"] : []].flat(),
        country_code: address.startsWith("+1") ? "US" : "GB",
        date_created: CREATED,
        date_updated: CREATED,
        phone_number: address,
        service_sid: service.sid,
        sid,
        url: `${url}/PhoneNumbers/${sid}`,
      };
    });
}

function shortCodes(account: Account, service: MessagingService, url: string): Body[] {
  return service.senders
    .filter((address) => /^\d+$/.test(address))
    .map((address) => {
      const sid = numberSid(account, address);
      return {
        account_sid: account.sid,
        capabilities: ["SMS"],
        country_code: "US",
        date_created: CREATED,
        date_updated: CREATED,
        service_sid: service.sid,
        short_code: address,
        sid,
        url: `${url}/ShortCodes/${sid}`,
      };
    });
}

function channelSenders(account: Account, service: MessagingService, url: string): Body[] {
  return service.senders
    .filter((address) => address.includes(":"))
    .map((address) => {
      const sid = sidFor("XE", account.sid + address);
      return {
        account_sid: account.sid,
        country_code: "US",
        date_created: CREATED,
        date_updated: CREATED,
        messaging_service_sid: service.sid,
        sender: address,
        sender_type: address.slice(0, address.indexOf(":")),
        sid,
        url: `${url}/ChannelSenders/${sid}`,
      };
    });
}

function alphaSenders(account: Account, service: MessagingService, url: string): Body[] {
  return service.senders
    .filter((address) => /[A-Za-z]/.test(address) && !address.includes(":"))
    .map((address) => {
      const sid = sidFor("AI", account.sid + address);
      return {
        account_sid: account.sid,
        alpha_sender: address,
        capabilities: ["SMS"],
        date_created: CREATED,
        date_updated: CREATED,
        service_sid: service.sid,
        sid,
        url: `${url}/AlphaSenders/${sid}`,
      };
    });
}

function campaign(account: Account, service: MessagingService, url: string): Body {
  const sid = sidFor("QE", service.sid);
  return {
    account_sid: account.sid,
    brand_registration_sid: sidFor("BN", account.sid),
    campaign_id: "CSTANDIN",
    campaign_status: service.campaignStatus ?? "VERIFIED",
    date_created: CREATED,
    date_updated: CREATED,
    errors: [],
    messaging_service_sid: service.sid,
    mock: true,
    sid,
    url: `${url}/Compliance/Usa2p/${sid}`,
    us_app_to_person_usecase: "MIXED",
  };
}

function list(key: string, url: string, rows: Body[]): Body {
  const first = `${url}?PageSize=50&Page=0`;
  return {
    meta: {
      first_page_url: first,
      key,
      next_page_url: null,
      page: 0,
      page_size: 50,
      previous_page_url: null,
      url: first,
    },
    [key]: rows,
  };
}
