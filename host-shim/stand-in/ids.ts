/** A seeded source of SIDs and tokens: the same seed and the same requests give the same identifiers. */
export class Ids {
  // One stream per purpose, so that an extra GET does not change the SIDs of later messages.
  readonly #message: () => string;
  readonly #request: () => string;
  readonly #other: () => string;

  constructor(seed: number) {
    this.#message = hexStream(seed ^ 0x51ed270b);
    this.#request = hexStream(seed ^ 0x2f6e2b1);
    this.#other = hexStream(seed ^ 0x3c6ef372);
  }

  /** `SM…` for texts, `MM…` for messages with media. */
  message(withMedia: boolean): string {
    return (withMedia ? "MM" : "SM") + this.#message();
  }

  /** `RQ…`, the value of `Twilio-Request-Id`. */
  request(): string {
    return `RQ${this.#request()}`;
  }

  /** A UUID, the value of `I-Twilio-Idempotency-Token`. */
  idempotencyToken(): string {
    const hex = this.#other();
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `a${hex.slice(17, 20)}`,
      hex.slice(20),
    ].join("-");
  }
}

/** A SID for something that has none of its own: the same name gives the same SID. */
export function sidFor(prefix: string, name: string): string {
  let hash = 2166136261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  return prefix + hexStream(hash)();
}

/** 32 hexadecimal digits a call, from a Weyl sequence and a 32-bit finalizer. */
function hexStream(seed: number): () => string {
  let state = seed | 0;
  const word = (): string => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0).toString(16).padStart(8, "0");
  };
  return () => word() + word() + word() + word();
}
