import type { ClockDomain } from '../kernel/clock-domain.js';
import { type ActionDeclarations, hasEnergyFigure } from './action.js';
import type { Supply } from './supply.js';
import type { TileShape } from './tile-shape.js';

/** What a mapper, an estimator and the bounds check may know of a block without simulating it. All rates per cycle of its clock. */
export type BlockFacts =
  | {
      readonly kind: 'core';
      /** Multiply-accumulates (or lane operations) a cycle at best, at the format the core is built for. */
      readonly peakMacsPerCycle: number;
      /** Array rows and columns where that makes sense, else 1 and the lanes. */
      readonly rows: number;
      readonly columns: number;
      /** `weight-stationary`, `output-stationary`, `input-stationary`, `simd`, ... */
      readonly dataflow: string;
      /** Operators that the core executes; `*` for all element-wise ones. */
      readonly operators: readonly string[];
      /** Cycles of a tile when nothing outside the core makes it wait. */
      readonly tileCycles: (tile: TileShape) => number;
    }
  | {
      readonly kind: 'memory';
      readonly capacityBytes: number;
      /** Bytes a cycle over all ports and banks at best. */
      readonly peakBytesPerCycle: number;
      /** Cycles from a request to its first byte, uncontended. */
      readonly latencyCycles: number;
      /** True for the memory that tensors live in between layers (DRAM). */
      readonly isHome: boolean;
      /** The largest burst, in bytes, that one transaction should ask for; Infinity when it does not matter. */
      readonly preferredBurstBytes: number;
      /** True for a cache: requests to memories behind it pass through it. */
      readonly forwards?: boolean;
    }
  | {
      readonly kind: 'network' | 'link';
      /** Bytes a cycle of one link. */
      readonly linkBytesPerCycle: number;
      /** Cycles of one hop, uncontended. */
      readonly hopCycles: number;
      /** True when messages pass through to another block (they always do for networks, links and caches). */
      readonly forwards: true;
    }
  | {
      readonly kind: 'dma';
      readonly setupCycles: number;
      readonly descriptorsInFlight: number;
      readonly burstBytes: number;
    }
  | {
      readonly kind: 'pim';
      readonly peakMacsPerCycle: number;
      readonly operators: readonly string[];
      readonly capacityBytes: number;
      readonly peakBytesPerCycle: number;
      readonly latencyCycles: number;
      readonly isHome: boolean;
      readonly preferredBurstBytes: number;
      readonly tileCycles: (tile: TileShape) => number;
    }
  | { readonly kind: 'other' };

/** What executes operators: arrays of multiply-accumulators, units of lanes for element-wise work, memories that compute. */
export type ComputeUnit = 'array' | 'vector' | 'pim';

/** The kind of compute unit that a block is; undefined for one that executes no operators. */
export function computeUnitOf(facts: BlockFacts): ComputeUnit | undefined {
  if (facts.kind === 'pim') return 'pim';
  if (facts.kind !== 'core') return undefined;
  return facts.dataflow === 'simd' ? 'vector' : 'array';
}

/** A block of a machine that has been described but not simulated. */
export interface MachineBlock {
  /** E.g. `core0.dma`. */
  readonly path: string;
  readonly plugin: string;
  readonly pluginKind: string;
  readonly clock: ClockDomain;
  /** Absent: its energy figures count as they are. */
  readonly supply?: Supply;
  readonly config: Readonly<Record<string, unknown>>;
  readonly facts: BlockFacts;
  /** What it does that costs energy; empty when the plugin declares nothing. */
  readonly actions: ActionDeclarations;
}

export interface MachineConnection {
  /** Port paths, e.g. `core0.dma.network` and `noc.node0`. */
  readonly from: string;
  readonly to: string;
  readonly latencyCycles: number;
  /** Bits a cycle of its narrowest part; Infinity when unlimited. */
  readonly widthBits: number;
  /** Cycles in serializers and packers, besides the latency. */
  readonly conversionCycles?: number;
  /** False: a message enters only when the last has arrived. */
  readonly pipelined?: boolean;
  /** At the supply that the link runs at. */
  readonly energyPerBitPj?: number;
  /** Inbox messages per traffic class that the sender may use; absent: all that the receiving port has. */
  readonly depth?: number;
  readonly clock: ClockDomain;
}

/** Paths of the blocks of whose energy nothing is known. */
export function pathsWithoutEnergy({ blocks }: Pick<MachineDescription, 'blocks'>): string[] {
  return blocks.filter(({ actions }) => !hasEnergyFigure(actions)).map(({ path }) => path);
}

/** The machine as mappers, estimators and exporters see it. */
export interface MachineDescription {
  readonly name: string;
  readonly clocks: ReadonlyMap<string, ClockDomain>;
  readonly blocks: readonly MachineBlock[];
  readonly connections: readonly MachineConnection[];
  /** The clock in which results are quoted in cycles. */
  readonly referenceClock: ClockDomain;
  block(path: string): MachineBlock | undefined;
  /** Paths of the blocks directly connected to a block, in the order of its connections. */
  neighbours(path: string): readonly string[];
}
