/** Every status of the API's enumeration that the stand-in uses. */
export type MessageStatus =
  | "accepted"
  | "scheduled"
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "undelivered"
  | "failed"
  | "read"
  | "canceled"
  | "received";

/** A message as the stand-in keeps it. Times are milliseconds since 1970. */
export interface Message {
  readonly sid: string;
  readonly accountSid: string;
  readonly to: string;
  from: string | null;
  body: string;
  readonly mediaUrls: readonly string[];
  readonly direction: "inbound" | "outbound-api" | "outbound-reply";
  readonly serviceSid: string | null;
  status: MessageStatus;
  /** Unknown until a sender is chosen; written as `"0"`. */
  segments: number | null;
  errorCode: number | null;
  errorMessage: string | null;
  price: string | null;
  readonly createdAt: number;
  updatedAt: number;
  sentAt: number | null;
  readonly statusCallback: string | null;
  /** The form as it came, for assertions. */
  readonly form: ReadonlyArray<readonly [string, string]>;
  feedback: string | null;
}

const FINAL: ReadonlySet<MessageStatus> = new Set([
  "delivered",
  "undelivered",
  "failed",
  "read",
  "canceled",
  "received",
]);

export function isFinal(status: MessageStatus): boolean {
  return FINAL.has(status);
}

const DAY = 24 * 60 * 60 * 1000;

/** The messages of all accounts, oldest first. */
export class MessageStore {
  readonly #bySid = new Map<string, Message>();
  readonly #created = new Map<string, number[]>();
  readonly #queued = new Map<string, number>();

  add(message: Message): void {
    this.#bySid.set(message.sid, message);
    this.#count(message, 1);
    if (message.direction !== "outbound-api") return;
    const times = this.#created.get(message.accountSid) ?? [];
    times.push(message.createdAt);
    this.#created.set(message.accountSid, times);
  }

  remove(sid: string): void {
    this.#bySid.delete(sid);
  }

  get(accountSid: string, sid: string): Message | undefined {
    const message = this.#bySid.get(sid);
    return message?.accountSid === accountSid ? message : undefined;
  }

  all(): Message[] {
    return [...this.#bySid.values()];
  }

  /** What the list shows at `now`, newest first, when it runs `lag` milliseconds behind. */
  listed(accountSid: string, now: number, lag: number): Message[] {
    return this.all()
      .filter((message) => message.accountSid === accountSid && message.createdAt + lag <= now)
      .reverse();
  }

  /** Messages created through the API in the day before `now`. */
  createdToday(accountSid: string, now: number): number {
    const times = (this.#created.get(accountSid) ?? []).filter((time) => time > now - DAY);
    this.#created.set(accountSid, times);
    return times.length;
  }

  /** Segments that still wait at one sender. */
  queuedSegments(accountSid: string, from: string): number {
    return this.#queued.get(accountSid + from) ?? 0;
  }

  /** Moves a message to another status and keeps count of what waits at its sender. */
  setStatus(message: Message, status: MessageStatus, now: number): void {
    this.#count(message, -1);
    message.status = status;
    message.updatedAt = now;
    this.#count(message, 1);
  }

  #count(message: Message, sign: 1 | -1): void {
    if (message.status !== "queued" || message.from === null) return;
    const key = message.accountSid + message.from;
    this.#queued.set(
      key,
      this.queuedSegments(message.accountSid, message.from) + sign * (message.segments ?? 0),
    );
  }
}
