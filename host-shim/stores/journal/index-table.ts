// Where in the file the cell of each key stands: a hash table of numbers, so that a cell that is not
// at work costs some dozens of bytes, whatever it holds.

import { createHash } from "node:crypto";

/** Where a cell stands in the file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** What is known of a cell without reading it. */
export interface Found extends Place {
  /** Whether it was left by a process that is gone. */
  readonly left: boolean;
}

/** A cell to be found again. */
export interface Indexed extends Found {
  readonly expiresAt: number | null;
}

/** A cell in a list of all. */
export interface Listed extends Found {
  readonly slot: number;
  /** Whether only a look at the cell tells if it has expired. */
  readonly isDoubtful: boolean;
}

/**
 * The places of cells by 128 bits of their keys' SHA-256: two keys are never taken for one.
 *
 * Open addressing with linear probing, and removal by shifting back. Of each slot's eight numbers,
 * four are the key's; an empty one has the length 0.
 */
export class IndexTable {
  #slots = new Uint32Array(firstCapacity * wordsOfSlot);
  #capacity = firstCapacity;
  #size = 0;

  /** How many cells it knows. */
  get size(): number {
    return this.#size;
  }

  find(key: string): Found | undefined {
    const at = this.#slotOf(hashOf(key)) * wordsOfSlot;
    return this.#word(at + lengthWord) === 0 ? undefined : this.#foundAt(at);
  }

  put(key: string, cell: Indexed): void {
    const words = new Uint32Array(wordsOfSlot);
    words.set(hashOf(key));
    words[offsetWord] = cell.offset % wordSize;
    words[highWord] = Math.floor(cell.offset / wordSize) + (cell.left ? leftBit : 0);
    words[lengthWord] = cell.length;
    words[expiryWord] = secondsOf(cell.expiresAt);
    this.#put(words);
  }

  remove(key: string): void {
    let hole = this.#slotOf(hashOf(key));
    if (this.#word(hole * wordsOfSlot + lengthWord) === 0) return;
    this.#size -= 1;
    // What stands behind it may have been put there because the slot was taken.
    for (let next = this.#after(hole); ; next = this.#after(next)) {
      const at = next * wordsOfSlot;
      if (this.#word(at + lengthWord) === 0) break;
      const home = this.#home(this.#word(at));
      const stays = hole <= next ? hole < home && home <= next : hole < home || home <= next;
      if (stays) continue;
      this.#slots.copyWithin(hole * wordsOfSlot, at, at + wordsOfSlot);
      hole = next;
    }
    this.#slots.fill(0, hole * wordsOfSlot, (hole + 1) * wordsOfSlot);
  }

  /** The cells, without some that have expired by now, in the order in which they stand in the file. */
  *inOrder(now: number): Generator<Listed, void, undefined> {
    const slots = new Uint32Array(this.#size);
    const offsets = new Float64Array(this.#size);
    let count = 0;
    for (let slot = 0; slot < this.#capacity; slot += 1) {
      const at = slot * wordsOfSlot;
      if (this.#word(at + lengthWord) === 0 || this.#expiry(at) <= now) continue;
      offsets[count] = this.#foundAt(at).offset;
      slots[count] = slot;
      count += 1;
    }
    const order = new Uint32Array(count).map((_, index) => index);
    order.sort((one, other) => (offsets[one] ?? 0) - (offsets[other] ?? 0));
    for (const index of order) {
      const slot = slots[index] ?? 0;
      const at = slot * wordsOfSlot;
      yield { slot, isDoubtful: this.#expiry(at) - 1_000 < now, ...this.#foundAt(at) };
    }
  }

  /** Takes in the cell in a slot of another table, which stands at another place by now. */
  copy(other: IndexTable, slot: number, offset: number): void {
    const words = other.#slots.slice(slot * wordsOfSlot, (slot + 1) * wordsOfSlot);
    const left = (words[highWord] ?? 0) >= leftBit;
    words[offsetWord] = offset % wordSize;
    words[highWord] = Math.floor(offset / wordSize) + (left ? leftBit : 0);
    this.#put(words);
  }

  #put(words: Uint32Array): void {
    const at = this.#slotOf(words) * wordsOfSlot;
    if (this.#word(at + lengthWord) === 0) {
      this.#size += 1;
      if (this.#size > this.#capacity * mostFull) {
        this.#grow();
        this.#slots.set(words, this.#slotOf(words) * wordsOfSlot);
        return;
      }
    }
    this.#slots.set(words, at);
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Uint32Array(this.#capacity * wordsOfSlot);
    for (let at = 0; at < old.length; at += wordsOfSlot) {
      if (old[at + lengthWord] === 0) continue;
      const words = old.subarray(at, at + wordsOfSlot);
      this.#slots.set(words, this.#slotOf(words) * wordsOfSlot);
    }
  }

  /** The slot of a key, or the empty one where it belongs. */
  #slotOf(hash: Uint32Array): number {
    for (let slot = this.#home(hash[0] ?? 0); ; slot = this.#after(slot)) {
      const at = slot * wordsOfSlot;
      if (this.#word(at + lengthWord) === 0 || this.#hasHash(at, hash)) return slot;
    }
  }

  #hasHash(at: number, hash: Uint32Array): boolean {
    for (let word = 0; word < wordsOfHash; word += 1) {
      if (this.#word(at + word) !== hash[word]) return false;
    }
    return true;
  }

  #foundAt(at: number): Found {
    const high = this.#word(at + highWord);
    const left = high >= leftBit;
    const offset = (left ? high - leftBit : high) * wordSize + this.#word(at + offsetWord);
    return { offset, length: this.#word(at + lengthWord), left };
  }

  /** When it expires, in milliseconds, or up to a second later. */
  #expiry(at: number): number {
    const seconds = this.#word(at + expiryWord);
    return seconds === never ? Infinity : seconds * 1_000;
  }

  #home(word: number): number {
    return word & (this.#capacity - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#capacity - 1);
  }

  #word(at: number): number {
    return this.#slots[at] ?? 0;
  }
}

/** A power of two. */
const firstCapacity = 1_024;
const mostFull = 0.75;

const wordSize = 2 ** 32;
const wordsOfSlot = 8;
const wordsOfHash = 4;
const offsetWord = 4;
const highWord = 5;
const lengthWord = 6;
const expiryWord = 7;
const leftBit = 2 ** 31;

/** In seconds since 1970: what does not expire, or not before the next century. */
const never = wordSize - 1;

function secondsOf(expiresAt: number | null): number {
  if (expiresAt === null) return never;
  return Math.min(Math.max(Math.ceil(expiresAt / 1_000), 0), never);
}

function hashOf(key: string): Uint32Array {
  const digest = createHash("sha256").update(key).digest();
  return Uint32Array.from({ length: wordsOfHash }, (_, word) => digest.readUInt32LE(word * 4));
}
