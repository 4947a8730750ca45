import { type Account, type AccountOptions, account } from "./accounts.js";
import { parseAddress } from "./addresses.js";
import { type CallbackRecord, Callbacks } from "./callbacks.js";
import { type Click, click } from "./clicks.js";
import { type Clock, ManualClock, systemClock } from "./clock.js";
import { Deliveries } from "./deliveries.js";
import { type DeliveryName, type DeliveryScript, deliveryScripts } from "./delivery-scripts.js";
import { Faults } from "./faults.js";
import { Ids } from "./ids.js";
import { type InboundMessage, receive } from "./inbound.js";
import { type Message, MessageStore } from "./messages.js";
import { OptOuts } from "./opt-outs.js";
import { sampleAccounts } from "./sample-accounts.js";
import { listen, type RequestRecord } from "./server.js";
import type { World } from "./world.js";

export type {
  Account,
  AccountKind,
  AccountOptions,
  ApiKey,
  MessagingService,
  OwnedSender,
  RecipientTrait,
} from "./accounts.js";
export type { CallbackRecord } from "./callbacks.js";
export type { Click } from "./clicks.js";
export { type Clock, ManualClock, systemClock } from "./clock.js";
export {
  type DeliveryName,
  type DeliveryScript,
  type DeliveryStep,
  deliveryScripts,
} from "./delivery-scripts.js";
export { faultPresets, type PresetName } from "./fault-presets.js";
export type { Fault, FaultMatch, FaultReply, FaultSpec, Faults, Wire } from "./faults.js";
export type { InboundMessage } from "./inbound.js";
export type { Message, MessageStatus } from "./messages.js";
export { sampleAccounts } from "./sample-accounts.js";
export type { RequestRecord } from "./server.js";
export { signature } from "./signature.js";

export interface StandInOptions {
  /** Any free port if 0 or absent. Only this machine can reach it. */
  port?: number;
  /** `sampleAccounts` if absent. */
  accounts?: readonly AccountOptions[];
  /** The same seed gives the same SIDs. */
  seed?: number;
  clock?: Clock;
  /** Milliseconds before a created message appears in the list. */
  listLag?: number;
  /** Shortest lead of a scheduled message in seconds; 300 if absent. */
  scheduleLead?: number;
  /** What becomes of messages; `delivered` if absent. */
  delivery?: DeliveryName | DeliveryScript;
  /** Public origin → local origin: where callbacks to the first are really posted. */
  callbackRoutes?: Readonly<Record<string, string>>;
  /** Gets a line for each request, without numbers, texts or tokens. */
  log?: (line: string) => void;
}

/** A running stand-in. */
export interface StandIn {
  /** `http://127.0.0.1:PORT`, to be used in place of `https://api.twilio.com`. */
  readonly url: string;
  /** Every message there is, oldest first, of all accounts. */
  readonly messages: readonly Message[];
  /** Every request to the API, in the order in which they were answered. */
  readonly requests: readonly RequestRecord[];
  /** Every webhook that was posted or refused. */
  readonly callbacks: readonly CallbackRecord[];
  readonly faults: Faults;
  listLag: number;
  /** What becomes of the next message, or of every message to `to`. */
  deliver(script: DeliveryName | DeliveryScript, to?: string): void;
  /** A text that comes in; `account` is a SID, the first account's if absent. */
  receive(text: InboundMessage & { account?: string }): Promise<CallbackRecord | null>;
  /** Somebody opens a shortened link; `account` is a SID, the first account's if absent. */
  click(opened: Click & { account?: string }): Promise<CallbackRecord | null>;
  /** Moves a `ManualClock` on by `ms`. */
  advance(ms: number): void;
  /** Resolves when every message but the scheduled is where its script ends and every callback was posted. */
  idle(): Promise<void>;
  /** Forgets faults and scripts that still wait. Messages stay. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a stand-in for Twilio's Messages API on this machine. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const clock = options.clock ?? systemClock;
  const ids = new Ids(options.seed ?? 1);
  const store = new MessageStore();
  const optOuts = new OptOuts();
  const faults = new Faults();
  const callbacks = new Callbacks(ids, options.callbackRoutes ?? {});
  const deliveries = new Deliveries(clock, store, callbacks);
  const accounts = new Map<string, Account>();
  for (const given of options.accounts ?? Object.values(sampleAccounts))
    accounts.set(given.sid, account(given));

  const owner = (sid: string | undefined): Account => {
    const found = sid === undefined ? [...accounts.values()][0] : accounts.get(sid);
    if (!found) throw new Error(`no account \`${sid ?? ""}\``);
    return found;
  };

  const scripts = new Scripts(options.delivery ?? "delivered");
  const world: World = {
    clock,
    ids,
    accounts,
    store,
    optOuts,
    callbacks,
    deliveries,
    scheduleLead: options.scheduleLead ?? 300,
    listLag: options.listLag ?? 0,
    scriptFor: (message) => scripts.take(message.to),
  };
  const requests: RequestRecord[] = [];

  let url = "";
  const standIn: StandIn = {
    get url() {
      return url;
    },
    get messages() {
      return store.all();
    },
    requests,
    callbacks: callbacks.records,
    faults,
    get listLag() {
      return world.listLag;
    },
    set listLag(ms) {
      world.listLag = ms;
    },
    deliver: (script, to) => scripts.add(script, to),
    async receive({ account: sid, ...text }) {
      return receive(owner(sid), text, { now: clock.now(), ids, store, optOuts, callbacks });
    },
    async click({ account: sid, ...opened }) {
      return click(owner(sid), opened, { now: clock.now(), store, callbacks });
    },
    advance(ms) {
      if (!(clock instanceof ManualClock) || !(ms >= 0))
        throw new Error("only a manual clock can be moved on, and only forwards");
      clock.advance(ms);
    },
    idle: () => deliveries.idle(),
    reset() {
      faults.clear();
      scripts.clear();
    },
    async close() {
      deliveries.close();
      callbacks.close();
      await server.close();
    },
  };
  const server = await listen(options.port ?? 0, {
    world,
    faults,
    requests,
    controlTarget: standIn,
    log: options.log ?? (() => {}),
  });
  url = server.url;
  return standIn;
}

/** Which script the next message follows. */
class Scripts {
  readonly #fallback: DeliveryScript;
  readonly #byRecipient = new Map<string, DeliveryScript>();
  #next: DeliveryScript[] = [];

  constructor(fallback: DeliveryName | DeliveryScript) {
    this.#fallback = resolve(fallback);
  }

  add(script: DeliveryName | DeliveryScript, to?: string): void {
    if (to === undefined) this.#next.push(resolve(script));
    else this.#byRecipient.set(parseAddress(to).text, resolve(script));
  }

  take(to: string): DeliveryScript {
    return this.#byRecipient.get(to) ?? this.#next.shift() ?? this.#fallback;
  }

  clear(): void {
    this.#next = [];
    this.#byRecipient.clear();
  }
}

function resolve(script: DeliveryName | DeliveryScript): DeliveryScript {
  if (Array.isArray(script)) return script as DeliveryScript;
  const name = script as DeliveryName;
  if (!Object.hasOwn(deliveryScripts, name)) throw new Error(`unknown delivery \`${name}\``);
  return deliveryScripts[name];
}
