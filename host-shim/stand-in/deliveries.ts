import { findService, type Account } from "./accounts.js";
import { API_VERSION } from "./bodies.js";
import type { CallbackRecord, Callbacks } from "./callbacks.js";
import type { Clock } from "./clock.js";
import { isFinal, type Message, type MessageStatus, type MessageStore } from "./messages.js";
import { segmentCount } from "./segments.js";

/** One change of a message's status. */
export interface DeliveryStep {
  status: MessageStatus;
  /** Milliseconds after the step before. */
  after?: number;
  /** Why it failed; goes to the message and to the callback. */
  errorCode?: number;
  /** How often the callback is posted; 0 keeps the change quiet. */
  callbacks?: number;
  /** Milliseconds by which the callback trails the change. */
  callbackDelay?: number;
}

export type DeliveryScript = readonly DeliveryStep[];

const sent: DeliveryScript = [{ status: "sending", after: 20 }, { status: "sent", after: 20 }];

/** What can become of a message, by name. */
export const deliveryScripts = {
  delivered: [...sent, { status: "delivered", after: 40 }],
  undelivered: [...sent, { status: "undelivered", after: 40, errorCode: 30003 }],
  failed: [{ status: "failed", after: 20, errorCode: 30007 }],
  "queue-overflow": [{ status: "failed", after: 20, errorCode: 30001 }],
  read: [...sent, { status: "delivered", after: 40 }, { status: "read", after: 40 }],
  // No receipt ever comes.
  sent,
  // Taken and never heard of again.
  stuck: [],
  "out-of-order": [
    { status: "sending", after: 20, callbackDelay: 60 },
    { status: "sent", after: 20, callbackDelay: 80 },
    { status: "delivered", after: 20 },
  ],
  duplicated: [
    { status: "sending", after: 20, callbacks: 2 },
    { status: "sent", after: 20, callbacks: 2 },
    { status: "delivered", after: 40, callbacks: 3 },
  ],
  silent: [
    { status: "sending", after: 20, callbacks: 0 },
    { status: "sent", after: 20, callbacks: 0 },
    { status: "delivered", after: 40, callbacks: 0 },
  ],
} satisfies Record<string, DeliveryScript>;

export type DeliveryName = keyof typeof deliveryScripts;

/** Takes messages through their scripts and tells the status callbacks. */
export class Deliveries {
  readonly #clock: Clock;
  readonly #store: MessageStore;
  readonly #callbacks: Callbacks;
  readonly #timers = new Set<() => void>();
  readonly #scheduled = new Set<() => void>();
  #waiting: Array<() => void> = [];

  constructor(clock: Clock, store: MessageStore, callbacks: Callbacks) {
    this.#clock = clock;
    this.#store = store;
    this.#callbacks = callbacks;
  }

  /** Starts a message on its way, at `sendAt` if it is scheduled. */
  start(account: Account, message: Message, script: DeliveryScript, sendAt: number | null): void {
    // A Messaging Service chooses the sender first, which is a change of status of its own.
    const steps = message.serviceSid === null ? script : [{ status: "queued" } as const, ...script];
    const run = (): void => this.#run(account, message, steps, 0);
    if (sendAt === null) run();
    else this.#after(sendAt - this.#clock.now(), run, this.#scheduled);
  }

  /** Resolves when no message is on its way, apart from scheduled ones, and no callback is under way. */
  async idle(): Promise<void> {
    if (this.#timers.size > 0) await new Promise<void>((done) => this.#waiting.push(done));
    await this.#callbacks.idle();
  }

  close(): void {
    for (const timers of [this.#timers, this.#scheduled]) {
      for (const cancel of timers) cancel();
      timers.clear();
    }
    this.#wake();
  }

  #run(account: Account, message: Message, steps: DeliveryScript, index: number): void {
    const step = steps[index];
    if (!step) return;
    this.#after(step.after ?? 0, () => {
      const gone = this.#store.get(account.sid, message.sid) !== message;
      if (gone || message.status === "canceled") return;
      this.#change(account, message, step);
      this.#run(account, message, steps, index + 1);
    });
  }

  #change(account: Account, message: Message, step: DeliveryStep): void {
    const now = this.#clock.now();
    if (message.from === null) chooseSender(account, message);
    message.errorCode = step.errorCode ?? null;
    if (step.status === "sent") {
      message.sentAt = now;
      message.price = (-0.0079 * (message.segments ?? 1)).toFixed(5);
    }
    this.#store.setStatus(message, step.status, now);
    this.#notify(account, message, step);
  }

  #notify(account: Account, message: Message, step: DeliveryStep): void {
    const times = step.callbacks ?? 1;
    if (message.statusCallback === null || times === 0) return;
    const params = statusParams(message, this.#clock.now());
    const record = this.#callbacks.prepare("status", account, message.sid, message.statusCallback, params);
    const post = (): Promise<CallbackRecord>[] => Array.from({ length: times }, () => this.#callbacks.post(record));
    if (step.callbackDelay) this.#after(step.callbackDelay, post);
    else post();
  }

  #after(ms: number, task: () => unknown, timers = this.#timers): void {
    const cancel = this.#clock.after(ms, () => {
      timers.delete(cancel);
      task();
      this.#wake();
    });
    timers.add(cancel);
  }

  #wake(): void {
    if (this.#timers.size === 0) for (const done of this.#waiting.splice(0)) done();
  }
}

function chooseSender(account: Account, message: Message): void {
  const pool = message.serviceSid === null ? [] : (findService(account, message.serviceSid)?.senders ?? []);
  const prefix = message.to.slice(0, 3);
  message.from = pool.find((sender) => sender.startsWith(prefix)) ?? pool[0] ?? null;
  message.segments = segmentCount(message.body);
}

/** The form of a status callback. */
function statusParams(message: Message, now: number): Record<string, string> {
  const params: Record<string, string> = {
    AccountSid: message.accountSid,
    ApiVersion: API_VERSION,
    From: message.from ?? "",
    MessageSid: message.sid,
    MessageStatus: message.status,
    SmsSid: message.sid,
    SmsStatus: message.status,
    To: message.to,
  };
  if (message.serviceSid !== null) params["MessagingServiceSid"] = message.serviceSid;
  if (message.errorCode !== null) params["ErrorCode"] = String(message.errorCode);
  const channel = /^(whatsapp|messenger|rcs):/.exec(message.to)?.[1];
  if (channel !== undefined) {
    params["ChannelPrefix"] = channel;
    params["ChannelInstallSid"] = "XE" + message.accountSid.slice(2);
    if (message.status === "read") params["EventType"] = "READ";
    if (message.errorCode !== null) params["ChannelStatusMessage"] = `Error ${message.errorCode}`;
  } else if (isFinal(message.status) && message.status !== "failed") {
    params["RawDlrDoneDate"] = new Date(now).toISOString().replace(/\D/g, "").slice(2, 12);
  }
  return params;
}
