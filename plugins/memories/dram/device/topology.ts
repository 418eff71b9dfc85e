import { InputError } from 'tessera-sim';
import { LEVELS } from '../standards/form.js';

/** Of one channel; real ones have at most some hundred. Tables with an entry for each bank and command stay small. */
const MOST_BANKS = 4096;

/** Of all channels: some seconds and some hundred megabytes to build. */
export const MOST_BANKS_IN_ALL = 16_384;

/** Counts of one channel's tree. */
export interface TopologyCounts {
  readonly ranks: number;
  readonly stacks: number;
  readonly bankGroups: number;
  readonly banksPerGroup: number;
}

/**
 * Numbering of one channel's nodes: level by level, parents before children. Banks count through, rank outermost, so that
 * the banks of any node are a range.
 */
export class Topology {
  readonly banks: number;
  readonly banksPerRank: number;
  readonly nodes: number;
  /** Number of nodes per level. */
  readonly levelSizes: readonly number[];
  /** First node of each level. */
  readonly levelStarts: readonly number[];
  /** Children of one node of the level above. */
  readonly fanOuts: readonly number[];
  /** Node of bank b at level l is `nodeOfBank[b * 5 + l]`. */
  readonly nodeOfBank: Int32Array;

  constructor(readonly counts: TopologyCounts) {
    const { ranks, stacks, bankGroups, banksPerGroup } = counts;
    this.fanOuts = [1, ranks, stacks, bankGroups, banksPerGroup];
    const sizes: number[] = [];
    const starts: number[] = [];
    let size = 1;
    let start = 0;
    for (const fanOut of this.fanOuts) {
      size *= fanOut;
      sizes.push(size);
      starts.push(start);
      start += size;
    }
    this.levelSizes = sizes;
    this.levelStarts = starts;
    this.nodes = start;
    this.banks = size;
    this.banksPerRank = size / ranks;
    if (size > MOST_BANKS) {
      throw new InputError({ path: 'organisation', message: `a channel of ${size} banks is too large`, expected: `at most ${MOST_BANKS} banks` });
    }
    this.nodeOfBank = new Int32Array(this.banks * LEVELS.length);
    for (let bank = 0; bank < this.banks; bank++) {
      for (let level = 0; level < LEVELS.length; level++) {
        const banksBelow = this.banks / sizes[level]!;
        this.nodeOfBank[bank * LEVELS.length + level] = starts[level]! + Math.floor(bank / banksBelow);
      }
    }
  }

  rankOf(bank: number): number {
    return Math.floor(bank / this.banksPerRank);
  }

  groupOf(bank: number): number {
    return Math.floor(bank / this.counts.banksPerGroup) % this.counts.bankGroups;
  }
}
