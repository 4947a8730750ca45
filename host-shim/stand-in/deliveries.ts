import { type Account, findService } from "./accounts.js";
import { API_VERSION } from "./bodies.js";
import type { CallbackRecord, Callbacks } from "./callbacks.js";
import type { Clock } from "./clock.js";
import type { DeliveryScript, DeliveryStep } from "./delivery-scripts.js";
import { isFinal, type Message, type MessageStore } from "./messages.js";
import { segmentCount } from "./segments.js";

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
    await this.#callbacks.idle();
    // Whoever got a callback may have sent another message upon it.
    while (this.#timers.size > 0) {
      await new Promise<void>((done) => this.#waiting.push(done));
      await this.#callbacks.idle();
    }
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
    const record = this.#callbacks.prepare(
      "status",
      account,
      message.sid,
      message.statusCallback,
      params,
    );
    const post = (): Promise<CallbackRecord>[] =>
      Array.from({ length: times }, () => this.#callbacks.post(record));
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
  const pool =
    message.serviceSid === null ? [] : (findService(account, message.serviceSid)?.senders ?? []);
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
  if (message.serviceSid !== null) params.MessagingServiceSid = message.serviceSid;
  if (message.errorCode !== null) params.ErrorCode = String(message.errorCode);
  const channel = /^(whatsapp|messenger|rcs):/.exec(message.to)?.[1];
  if (channel !== undefined) {
    params.ChannelPrefix = channel;
    params.ChannelInstallSid = `XE${message.accountSid.slice(2)}`;
    if (message.status === "read") params.EventType = "READ";
    if (message.errorCode !== null) params.ChannelStatusMessage = `Error ${message.errorCode}`;
  } else if (isFinal(message.status) && message.status !== "failed") {
    params.RawDlrDoneDate = new Date(now).toISOString().replace(/\D/g, "").slice(2, 12);
  }
  return params;
}
