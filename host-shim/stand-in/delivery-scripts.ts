import type { MessageStatus } from "./messages.js";

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

const sent: DeliveryScript = [
  { status: "sending", after: 20 },
  { status: "sent", after: 20 },
];

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
