import { sidFor } from "./ids.js";

/**
 * `live` sends to anyone, `trial` only to verified recipients and with Twilio's prefix, `test` is the pair of test
 * credentials with its magic numbers.
 */
export type AccountKind = "live" | "trial" | "test";

/** Why a recipient refuses messages; anyone not named takes them. */
export type RecipientTrait =
  | "invalid"
  | "unreachable"
  | "no_permission"
  | "not_mobile"
  | "landline"
  | "premium"
  | "foreign_network";

export interface ApiKey {
  sid: string;
  secret: string;
  /** `restricted` has only the permissions listed; `standard` (the default) all but the account itself. */
  kind?: "main" | "standard" | "restricted";
  /** For a restricted key: may it create and read messages? */
  messages?: boolean;
}

export interface OwnedSender {
  /** E.164, a short code, an alphanumeric ID or a channel address. */
  address: string;
  /** False for a number that takes calls only. */
  sms?: boolean;
  mms?: boolean;
  /** The state of a WhatsApp or RCS sender; `ONLINE` if absent. */
  status?: string;
  /** Where messages to this number are posted; loopback only. */
  inboundUrl?: string;
}

export interface MessagingService {
  sid: string;
  /** Addresses of the pool. */
  senders: string[];
  statusCallback?: string;
  inboundUrl?: string;
  linkShortening?: boolean;
  /** Where clicks on shortened links are posted; loopback only. */
  clickUrl?: string;
  advancedOptOut?: boolean;
  /** Has an RCS sender, which `FallbackFrom` needs. */
  rcs?: boolean;
  /** False: exists, but may not send (21702). */
  available?: boolean;
  /** Registered for A2P 10DLC. */
  a2p?: boolean;
  /** The state of that registration; `VERIFIED` if absent. */
  campaignStatus?: string;
}

/** What the caller configures. */
export interface AccountOptions {
  sid: string;
  authToken: string;
  /** Authenticates as well, but signs nothing until it is promoted. */
  secondaryAuthToken?: string;
  kind?: AccountKind;
  status?: "active" | "suspended" | "closed";
  friendlyName?: string;
  apiKeys?: ApiKey[];
  senders?: OwnedSender[];
  services?: MessagingService[];
  /** May an alphanumeric ID be used without being listed? */
  alphanumeric?: boolean;
  /** Trial: the recipients that may be texted. */
  verified?: string[];
  /** Messages in a rolling day before 63038; trial accounts have one, others only if set. */
  dailyLimit?: number;
  /** Requests at a time before 20429. */
  concurrency?: number;
  /** Segments that one sender may have waiting before 21611. */
  queueSegments?: number;
  /** Dialling prefixes with messaging permission (`+44`); all if absent. */
  countries?: string[];
  recipients?: Record<string, RecipientTrait>;
  /** Content templates that exist; any well-formed SID if absent. */
  contentSids?: string[];
  /** ApplicationSid → its status callback; none exist if absent. */
  applications?: Record<string, string>;
  balance?: string;
}

export type Account = Readonly<
  Required<Omit<AccountOptions, Optional>> & Pick<AccountOptions, Optional>
>;
type Optional = "secondaryAuthToken" | "dailyLimit" | "concurrency" | "countries" | "contentSids";

/** Fills in what was left out. */
export function account(options: AccountOptions): Account {
  const kind = options.kind ?? "live";
  return {
    status: "active",
    friendlyName: `Stand-in ${kind} account`,
    apiKeys: [],
    senders: [],
    services: [],
    alphanumeric: true,
    verified: [],
    queueSegments: 36_000,
    recipients: {},
    applications: {},
    balance: "25.00",
    ...(kind === "trial" ? { dailyLimit: 50 } : {}),
    ...options,
    kind,
  };
}

/** Who is asking. */
export interface Caller {
  account: Account;
  key: ApiKey | null;
}

/** Reads `Authorization: Basic …`: the account with a token of its own, or one of its API keys. */
export function authenticate(
  account: Account | undefined,
  header: string | undefined,
): Caller | null {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? "")?.[1];
  if (!account || encoded === undefined || account.status === "closed") return null;
  const [, user, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  if (user === undefined || password === undefined || password === "") return null;
  if (user === account.sid) {
    const known = password === account.authToken || password === account.secondaryAuthToken;
    return known ? { account, key: null } : null;
  }
  const key = account.apiKeys.find(
    (candidate) => candidate.sid === user && candidate.secret === password,
  );
  return key ? { account, key } : null;
}

export function findSender(account: Account, address: string): OwnedSender | undefined {
  return account.senders.find((sender) => sender.address === address);
}

export function findService(account: Account, sid: string): MessagingService | undefined {
  return account.services.find((service) => service.sid === sid);
}

/** The SID of one of the account's numbers. */
export function numberSid(account: Account, address: string): string {
  return sidFor(/^\d+$/.test(address) ? "SC" : "PN", account.sid + address);
}
