/** Random numbers that a seed gives again: Marsaglia's xorshift32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
    for (let round = 0; round < 8; round += 1) this.#next();
  }

  /** A whole number from 0 up to, but not, `limit`. */
  below(limit: number): number {
    return Math.floor((this.#next() / 2 ** 32) * limit);
  }

  pick<T>(list: readonly T[]): T {
    const [first, ...rest] = list.slice(this.below(list.length));
    if (first === undefined)
      throw new Error(`there is nothing to pick from, before ${rest.length}`);
    return first;
  }

  #next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state;
  }
}
