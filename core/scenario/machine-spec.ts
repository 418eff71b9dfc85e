import type { BlockPlugin } from '../plugin/block-plugin.js';

/** One block of a machine to be built. */
export interface BlockSpec {
  /** Dots nest: `core0.dma`. */
  readonly path: string;
  readonly plugin: BlockPlugin;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A name among the machine's clocks. */
  readonly clock: string;
}

/** A connection of two ports, both directions. */
export interface ConnectionSpec {
  readonly from: string;
  readonly to: string;
  /** Default 1. */
  readonly latencyCycles?: number;
  /** Default unlimited. */
  readonly widthBits?: number;
  /** Inbox messages per traffic class that the sender may use; default all that the receiving port declares (4 unless it says more). */
  readonly depth?: number;
  /** Default the clock of the `from` block. */
  readonly clock?: string;
}

/** Extension values by point and name. */
export type Extensions = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** A machine, resolved and validated, ready to be built. */
export interface MachineSpec {
  readonly name: string;
  /** Hertz by name. */
  readonly clocks: Readonly<Record<string, number>>;
  /** The clock in which results are quoted; default the first. */
  readonly referenceClock?: string;
  readonly blocks: readonly BlockSpec[];
  readonly connections: readonly ConnectionSpec[];
  readonly seed?: number;
  readonly extensions?: Extensions;
}
