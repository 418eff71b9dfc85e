import type { TesseraBuild } from './measure/build.js';
import type { Contender, Samples } from './measure/interleave.js';
import type { Peer } from './measure/peer.js';
import type { Findings } from './report.js';

/** What all benchmarks of a run share. */
export interface Setup {
  /** The checkout that is measured. */
  readonly root: string;
  /** `bench/scenarios`: files that every build of Tessera takes. */
  readonly scenarios: string;
  /** For files that are made for the run; goes at its end. */
  readonly workFolder: string;
  readonly own: TesseraBuild;
  /** `--against`. */
  readonly against: TesseraBuild | undefined;
  readonly peers: readonly Peer[];
  /** Operations of the benchmark `schedule`. */
  readonly operations: number;
  /** `--large`: also what takes a minute. */
  readonly large: boolean;
  /** Says what happens. */
  readonly tell: (text: string) => void;
}

/** What takes part, and what is read from its samples. The samples hold the unit's, too. */
export interface Prepared {
  readonly contenders: readonly Contender[];
  summarise(samples: Samples): Findings;
}

export interface Benchmark {
  readonly name: string;
  /** What it measures, in a sentence or two for the page. */
  readonly summary: string;
  prepare(setup: Setup): Prepared;
}

/** A ratio to an earlier commit is to stay above this: slower by three in a hundred is what a busy machine makes of equal builds. */
export const AGAINST_BAR = 0.97;
