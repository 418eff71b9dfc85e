import type { LinkWidths } from '../model/link-width.js';
import type { MachineDescription } from '../model/machine-facts.js';
import type { Bindings } from '../model/service.js';
import type { Supply } from '../model/supply.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import type { ExtensionCatalogue } from '../plugin/extension-access.js';

/** One block of a machine to be built. */
export interface BlockSpec {
  /** Dots nest: `core0.dma`. */
  readonly path: string;
  readonly plugin: BlockPlugin;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A name among the machine's clocks. */
  readonly clock: string;
  /** Default: its energy figures count as they are. */
  readonly supply?: Supply;
}

/** What a connection may state of its links besides latency and width. */
export interface LinkOptions {
  /** Width of the port `from` or `to` where it is not that of the wires. */
  readonly fromWidthBits?: number;
  readonly toWidthBits?: number;
  /** Latency of one serializer or packer; default 1. */
  readonly conversionCycles?: number;
  /** False: the next message enters only when the last has arrived; default true. */
  readonly pipelined?: boolean;
  /** Energy of a bit, header bits included; default none. */
  readonly energyPerBitPj?: number;
  /** Inbox messages per traffic class that the sender may use; default all that the receiving port declares (4 unless it says more). */
  readonly depth?: number;
  /** The clock in which latency, width and credits count; default that of the `from` block. */
  readonly clock?: string;
  /** Scales `energyPerBitPj`. */
  readonly supply?: Supply;
}

/** A connection of two ports, both directions. */
export interface ConnectionSpec extends LinkOptions, LinkWidths {
  readonly from: string;
  readonly to: string;
  /** Default 1. */
  readonly latencyCycles?: number;
  /** Default unlimited. */
  readonly widthBits?: number;
}

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
  /** Default: none. */
  readonly extensions?: ExtensionCatalogue;
  /** Providers of services by name; default: those that bind themselves. */
  readonly bindings?: Bindings;
  /** Every configuration has been validated and has its defaults (the scenario loader did it); default false. */
  readonly configsAreComplete?: boolean;
}

/** The one description of a machine: mappers, estimators and checks read it, the simulation is built from it. */
export interface DescribedMachine extends MachineDescription {
  /** By block path. */
  readonly plugins: ReadonlyMap<string, BlockPlugin>;
  readonly seed: number;
  readonly extensions: ExtensionCatalogue;
  readonly bindings: Bindings;
}
