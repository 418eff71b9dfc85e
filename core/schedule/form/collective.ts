import { extensionPoint } from '../../model/extension-point.js';

export const COLLECTIVE_OPERATORS = ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all', 'broadcast'] as const;

/**
 * What a collective does with a region that is split into parts 0 .. p-1, for p participants:
 *
 * - `all-reduce`: everybody holds the region, with values of his own; in the end everybody holds the sum of all.
 * - `reduce-scatter`: the same, but in the end participant i holds the sum of part i only.
 * - `all-gather`: participant i holds part i; in the end everybody holds the region.
 * - `all-to-all`: split in two dimensions, participant i holds row i; in the end he holds column i.
 * - `broadcast`: the root holds the region; in the end everybody does.
 */
export type CollectiveOperator = (typeof COLLECTIVE_OPERATORS)[number];

/** One participant: who moves his data, where they lie, and who adds. */
export interface CollectiveParticipant {
  /** Queue of a dma engine that executes his transfers. */
  readonly queue: string;
  /** Holds his part of the region before, and the result after. */
  readonly buffer: string;
  /** Queue of a core that adds what arrives; needed for reductions. */
  readonly compute?: string;
  /** Buffer in which contributions of others wait to be added; needed for reductions. */
  readonly scratch?: string;
}

export interface CollectiveProblem {
  readonly operator: CollectiveOperator;
  readonly participants: number;
  /** Whose data are broadcast; 0 for the other operators. */
  readonly root: number;
  /** Columns of the grid that the participants form, row after row; undefined when the schedule does not say. */
  readonly columns?: number;
}

/** One movement of consecutive parts. */
export interface CollectiveStep {
  readonly from: number;
  /** Several only where each of them simply gets a copy. */
  readonly to: readonly number[];
  /** Parts `first` .. `end - 1`. In an all-to-all, part `i * p + j` is what participant i has for participant j, and a step moves one. */
  readonly first: number;
  readonly end: number;
  /**
   * `add`: the receiver adds what arrives to what it holds. `copy`: it takes it as it is. `reduce`: the engine of `from` reads the parts
   * of all `sources` in one transfer, which adds them up, and writes the sum.
   */
  readonly action: 'copy' | 'add' | 'reduce';
  /** Whose parts a `reduce` adds, two or more. */
  readonly sources?: readonly number[];
  /** The sender does not need it any more. */
  readonly isMove?: boolean;
}

/** A way to carry out collectives: plugins of kind `extension` register them at `collectiveAlgorithms`. */
export interface CollectiveAlgorithm {
  readonly operators: readonly CollectiveOperator[];
  /** Steps in program order; each queue takes its own in this order. Throws InputError when the participants do not suit it. */
  steps(problem: CollectiveProblem): Iterable<CollectiveStep>;
}

export const collectiveAlgorithms = extensionPoint<CollectiveAlgorithm>('schedule.collective');

/** Bounds of part `part` when `size` elements are split as evenly as possible into `parts`. */
export function partBounds(size: number, parts: number, part: number): number {
  return Math.floor((part * size) / parts);
}
