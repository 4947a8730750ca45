import type { Account } from "./accounts.js";
import type { Callbacks } from "./callbacks.js";
import type { Clock } from "./clock.js";
import type { Deliveries } from "./deliveries.js";
import type { DeliveryScript } from "./delivery-scripts.js";
import type { Ids } from "./ids.js";
import type { Message, MessageStore } from "./messages.js";
import type { OptOuts } from "./opt-outs.js";

/** Everything that the API reads and changes. */
export interface World {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly store: MessageStore;
  readonly optOuts: OptOuts;
  readonly callbacks: Callbacks;
  readonly deliveries: Deliveries;
  /** Shortest lead of a scheduled message, in seconds. */
  readonly scheduleLead: number;
  /** Milliseconds by which the list runs behind. */
  listLag: number;
  /** What becomes of a message that has just been created. */
  scriptFor(message: Message): DeliveryScript;
}
