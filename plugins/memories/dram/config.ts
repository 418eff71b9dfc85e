import type { Currents, OrganisationForm, Timings } from './standards/form.js';

/** Controller structures: one queue pair for the channel, or a queue per bank or rank. */
export type Like = 'default' | 'ramulator2' | 'dramsim3';
export type RefreshName = 'all-bank' | 'per-bank' | 'staggered' | 'simultaneous' | 'none';
export type QueueStructure = 'shared' | 'per-bank' | 'per-rank';

export interface RowPolicyParameters {
  readonly name: string;
  /** Column commands after which a capped row is closed. */
  readonly accesses: number;
  /** Clock cycles without an access after which a row is closed by timeout. */
  readonly idleCycles: number;
}

/** Everything that says what a DRAM and its controller are; complete, no defaults left open. */
export interface DramSpecification {
  readonly standard: string;
  readonly like: Like;
  readonly organisation: OrganisationForm;
  readonly channels: number;
  /** In clock cycles; `tCK_ps` in picoseconds. Names are those of the standard's formulas. */
  readonly timings: Timings;
  /** Beats of one access, where the standard leaves it open (DRAMsim3 profile). */
  readonly burstLength?: number;
  readonly mapping: string;
  readonly channelHash: boolean;
  /** `frfcfs`, `frfcfs-row-hit`, `fcfs` or an extension, with its parameters. */
  readonly scheduler: string;
  /** `open`, `closed`, `capped`, `timeout` or the name of an extension. */
  readonly rowPolicy: RowPolicyParameters;
  readonly refresh: RefreshName;
  readonly queues: {
    readonly structure: QueueStructure;
    readonly reads: number;
    readonly writes: number;
    /** Entries of one bank's or rank's command queue. */
    readonly commands: number;
    readonly maintenance: number;
    /** One queue for reads and writes together (bank-queue structure). */
    readonly unified: boolean;
    /** Shares of the write queue at which draining ends and begins. */
    readonly lowWatermark: number;
    readonly highWatermark: number;
  };
  readonly forwardAndMerge: boolean;
  /** Mechanisms that are idealised, besides what the fields above already say. */
  readonly ideal?: readonly string[];
  /** Currents of one die, where known: for energy. */
  readonly currents?: Currents;
}
