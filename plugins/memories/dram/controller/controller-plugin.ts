import type { JsonSchema, RandomStream, ClockDomain, StateExchange } from 'tessera-sim';
import type { CommandTable } from '../command-table.js';
import type { Topology } from '../device/topology.js';
import type { Timings } from '../standards/form.js';

/** What a scheduler or a controller plugin may know of its channel; each channel has its own. */
export interface ChannelContext {
  readonly channel: number;
  readonly commands: CommandTable;
  readonly topology: Topology;
  /** Rows of one bank. */
  readonly rows: number;
  /** In clock cycles by the names of the standard. */
  readonly timings: Timings;
  /** Ticks of one clock cycle. */
  readonly ticksPerClock: 1 | 2;
  /** A random stream seeded from (seed, block, channel, name). */
  random(name: string): RandomStream;
}

/** The commands that have gone out last, in a ring: slot numbers wrap around. */
export interface IssuedCommands {
  readonly command: Int32Array;
  /** The first bank that the command reaches. */
  readonly bank: Int32Array;
  /** Row of activates and of accesses. */
  readonly row: Float64Array;
  /** 1 for injected commands and for those that prepare them. */
  readonly injected: Uint8Array;
}

export interface ControllerPluginContext extends ChannelContext {
  readonly issued: IssuedCommands;
  /**
   * Puts a command before the requests of the channel, to `bank` and all that its scope reaches. The controller closes or opens rows first
   * where the form needs it, issues it as soon as the timing table allows, and starts no new request before. To be called from `create` and
   * the two hooks only. Throws ModelError for commands that belong to requests (RD, WRA, CAS_RD, ACT2, ...), and on standards with two
   * activates (LPDDR5) for those that need an open row.
   * @param row to be opened, or open, where the command needs that
   * @param priority `first`: before refreshes that wait; `last`: after them
   * @returns false, with nothing done, when too many injected commands wait
   */
  inject(command: number, bank: number, row?: number, priority?: 'first' | 'last'): boolean;
  /** Asks for a call of `beforeSchedule` in this tick, even if nothing else happens then. A later call takes the place of an earlier one. */
  wakeAt(tick: number): void;
}

/** Joins in the work of a channel's controller. Called with numbers only; must not allocate. */
export interface ControllerPlugin {
  /** In every tick in which the controller looks for a command, before it does. Ticks in which nothing can happen are passed over. */
  beforeSchedule?(t: number): void;
  /** A command has gone out. @param commandSlot its place in the arrays of `context.issued` */
  onIssue?(commandSlot: number, t: number): void;
  /** Figures for the result, asked for at the end. */
  report?(): Readonly<Record<string, number>>;
  /** What it keeps from one call to the next; absent when that is nothing. @param clock of its ticks */
  state?(s: StateExchange, clock: ClockDomain): void;
}

/** Makes the plugin of each channel. */
export interface ControllerPluginValue {
  create(channel: ControllerPluginContext): ControllerPlugin;
}

/** A built-in one, made with what a configuration says of it. */
export interface ConfiguredControllerPlugin {
  readonly configSchema: JsonSchema;
  create(config: Readonly<Record<string, unknown>>): ControllerPluginValue;
}
