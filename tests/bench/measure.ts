// Times several contenders on the same inputs. The machine's speed changes from moment to moment, so
// they take turns in every round, and what is compared is their ratio within each round.

/** One thing to time: what it does with one input. */
export interface Contender<Input> {
  readonly name: string;
  readonly run: (input: Input) => unknown;
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  /** How long each contender runs in a round, and how long before the first, in milliseconds. */
  readonly turnMs: number;
  readonly warmUpMs: number;
}

export const thorough: Effort = { rounds: 150, turnMs: 1.5, warmUpMs: 150 };
export const quick: Effort = { rounds: 3, turnMs: 0.05, warmUpMs: 1 };

/** Microseconds a call, one figure a round. */
export type Times = ReadonlyMap<string, readonly number[]>;

/** Keeps results alive, so that no work is optimised away. */
export const kept: { result: unknown } = { result: undefined };

/** Times the contenders in turns. */
export async function measure<Input>(
  contenders: readonly Contender<Input>[],
  inputs: readonly Input[],
  effort: Effort,
): Promise<Times> {
  const turns: { contender: Contender<Input>; calls: number; times: number[] }[] = [];
  for (const contender of contenders) {
    const calls = await callsWithin(contender, inputs, effort);
    turns.push({ contender, calls, times: [] });
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    for (let place = 0; place < turns.length; place += 1) {
      // Another one begins each round: what the one before leaves to clean up falls on all alike.
      const turn = turns[(round + place) % turns.length];
      if (turn === undefined) continue;
      await pause();
      turn.times.push(((await time(turn.contender, inputs, turn.calls)) * 1_000) / turn.calls);
    }
  }
  return new Map(turns.map(({ contender, times }) => [contender.name, times]));
}

/** How many calls fill a turn, found while warming up. */
async function callsWithin<Input>(
  contender: Contender<Input>,
  inputs: readonly Input[],
  { turnMs, warmUpMs }: Effort,
): Promise<number> {
  const start = performance.now();
  let calls = 1;
  for (;;) {
    const took = await time(contender, inputs, calls);
    if (performance.now() - start >= warmUpMs) {
      return Math.max(1, Math.round((calls * turnMs) / Math.max(took, 0.001)));
    }
    if (took < turnMs) calls *= 2;
    await pause();
  }
}

/** Milliseconds that so many calls take. */
async function time<Input>(
  { run }: Contender<Input>,
  inputs: readonly Input[],
  calls: number,
): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) {
    const result = run(inputs[call % inputs.length] as Input);
    // Waiting for what is there already would cost a turn of the event queue.
    kept.result = result instanceof Promise ? await result : result;
  }
  return performance.now() - start;
}

/** Lets timers and finalisers run that calls have left behind. */
function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The three figures that cut a sample into quarters. */
export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

export function quartiles(sample: readonly number[]): Quartiles {
  const sorted = [...sample].sort((a, b) => a - b);
  const at = (part: number) => {
    const place = (sorted.length - 1) * part;
    const below = sorted[Math.floor(place)] ?? Number.NaN;
    const above = sorted[Math.ceil(place)] ?? Number.NaN;
    return below + (above - below) * (place - Math.floor(place));
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

/** The ratio of two contenders in each round. */
export function ratios(times: Times, of: string, to: string): number[] {
  const divisors = times.get(to) ?? [];
  return (times.get(of) ?? []).map((time, round) => time / (divisors[round] ?? Number.NaN));
}
