import type { CommandForm } from '../command-form.js';

/** A node of the DRAM tree. `rank` stands for the pseudo-channel in standards that have those instead of ranks. */
export type LevelName = 'channel' | 'rank' | 'sid' | 'group' | 'bank';

export const LEVELS: readonly LevelName[] = ['channel', 'rank', 'sid', 'group', 'bank'];

/**
 * After `preceding` at a node of `level`, `following` at that node waits `latency` from the `window`-th last `preceding`.
 * With `sibling` the other nodes under the same parent wait, not the node itself.
 */
export interface ConstraintForm {
  /** What other standards that inherit the rule call it. */
  readonly name?: string;
  readonly level: LevelName;
  /** Command names separated by blanks, e.g. `RD RDA`. */
  readonly preceding: string;
  readonly following: string;
  /** Sum of timing names and integers in clock cycles, `max(a, b)` allowed, e.g. `nCL + nBL + 2 - nCWL`. */
  readonly latency: string;
  readonly window?: number;
  /** The window counts all commands of `preceding` as one kind; else it is kept of each. */
  readonly together?: boolean;
  readonly sibling?: boolean;
}

/** Counts of one channel. Columns as the device counts them (one column is `dq` bits wide). */
export interface OrganisationForm {
  /** Megabits of one die; names the refresh timings of presets. */
  readonly densityMegabits?: number;
  /** Data pins of one die. */
  readonly dqBits: number;
  /** Data pins of the channel (of a pseudo-channel, where there are such). */
  readonly channelWidthBits: number;
  readonly ranks: number;
  readonly stacks?: number;
  readonly bankGroups: number;
  readonly banksPerGroup: number;
  readonly rows: number;
  readonly columns: number;
}

export type Timings = Readonly<Record<string, number>>;

/** IDD currents of one die in mA, VDD in V. */
export type Currents = Readonly<Record<'VDD' | 'IDD0' | 'IDD2N' | 'IDD3N' | 'IDD4R' | 'IDD4W' | 'IDD5AB' | 'IDD5PB', number>>;

/** A complete part: organisation and timings by one name. */
export interface PartPreset {
  readonly organisation: OrganisationForm;
  /** In clock cycles; `tCK_ps` in picoseconds. */
  readonly timings: Timings;
  readonly currents?: Currents;
  readonly source: string;
}

/** A standard is data: what its commands are, what they wait for, and some parts. */
export interface StandardForm {
  readonly name: string;
  /** The built-in standard of which it keeps every row, where it is another: the command checker knows the data sheet of that one. */
  readonly family?: string;
  /** JEDEC document, and where the numbers of the presets are from. */
  readonly source: string;
  /** One command a clock; or a row and a column command; or that with row commands on half clocks (HBM3). */
  readonly commandBus: 'single' | 'row-and-column' | 'half-cycle';
  /** Beats of one access. */
  readonly prefetch: number;
  /** From the read command to the last beat, in clock cycles. */
  readonly readLatency: string;
  /** What an all-bank refresh closes and refreshes. */
  readonly refreshScope: 'channel' | 'rank';
  /** ACT-1/ACT-2 and WCK synchronisation (LPDDR5). */
  readonly splitActivation?: boolean;
  /** Clock cycles that a command occupies the bus, where not 1. Fractions only on half-cycle buses. */
  readonly commandCycles?: Readonly<Record<string, number>>;
  /** Commands besides those that every standard has (`COMMAND_FORMS`); timing rows name them like those. */
  readonly commands?: readonly CommandForm[];
  readonly constraints: readonly ConstraintForm[];
  /**
   * Rules by name that Ramulator 2.1 has otherwise: its latency, or null where it has none. They hold with `like: ramulator2`, whose cycles
   * are those of that simulator; the command checker reports what comes of them.
   */
  readonly ramulator2?: Readonly<Record<string, string | null>>;
  readonly parts: Readonly<Record<string, PartPreset>>;
}
