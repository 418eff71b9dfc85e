/** CPU seconds (user and system, all threads) of one run, and what it did in them. */
export interface Sample {
  /** From the start of the process to its end, its own children included. */
  readonly process?: number;
  /** The simulation alone: without start-up, reading files, printing. */
  readonly runLoop?: number;
  /** Seconds by the clock on the wall, where several processes work at a time. */
  readonly wall?: number;
  /** Work done, in the unit that the benchmark names: requests, events, operations. */
  readonly work?: number;
  /** Simulated time of the run, in cycles: two builds that disagree here did not do the same work. */
  readonly cycles?: number;
  /** Largest resident memory of the process, in bytes. */
  readonly peakBytes?: number;
}

/** Something that can be run again and again. */
export interface Contender {
  /** Names it in the samples; no other has the same. */
  readonly key: string;
  /** It takes minutes: run it in the first round only. */
  readonly once?: boolean;
  run(): Sample;
}

/** The samples of each contender, round by round. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/**
 * Runs all contenders in turn, round after round (A B A B ...), so that whatever else the machine does meets all of them.
 * @param announce called before each run.
 */
export function interleave(contenders: readonly Contender[], rounds: number, announce: (key: string, round: number) => void = () => {}): Samples {
  const samples = new Map<string, Sample[]>(contenders.map(({ key }) => [key, []]));
  if (samples.size !== contenders.length) throw new Error('two contenders have the same key');
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      if (contender.once === true && round > 0) continue;
      announce(contender.key, round);
      samples.get(contender.key)?.push(contender.run());
    }
  }
  return samples;
}

/** One figure of a contender in all rounds; empty when it was not measured. */
export function figures(samples: Samples, key: string, figure: keyof Sample): number[] {
  return (samples.get(key) ?? []).map((sample) => sample[figure]).filter((value) => value !== undefined);
}
