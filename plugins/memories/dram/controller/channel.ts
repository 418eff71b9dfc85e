import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { ControllerPlugin } from './controller-plugin.js';
import type { ChannelCounters } from './counters.js';
import type { RankActivity } from './rank-activity.js';

/** Hears from a channel when requests are done. Called with numbers only. */
export interface ChannelListener {
  /**
   * A request is done at `cycle`, which may lie in the future: the call comes as soon as that is certain (for a read when its
   * command is issued), so that nobody has to wait for the last data beat.
   *
   * @param arrival cycle in which the channel took the request
   */
  completed(tag: number, cycle: number, isWrite: boolean, arrival: number): void;
}

/** Sees every command; `bank` is the first of the rank (of the channel) for commands to more than one bank. */
export interface CommandObserver {
  command(code: number, bank: number, row: number, tick: number): void;
}

/** Takes a run of accesses to one row at once, where the controller can do that exactly. */
export interface RunPath {
  /**
   * Offers a run: the accesses come one a cycle from `cycle` on. It is taken if the channel is empty and the row open.
   * @returns how many are taken: 0 if this is no such case, fewer than `count` if a refresh comes first
   */
  takeRun(bank: number, row: number, columns: Int32Array, count: number, isWrite: boolean, tag: number, cycle: number): number;
  /** Cycle in which the last access of the run taken last has been accepted. */
  readonly lastRunArrival: number;
}

/**
 * One channel with its controller. Cycle c lies between tick c and tick c+1: `advance(c)` runs all ticks up to c, then
 * requests of cycle c are offered, and the earliest command they cause comes with tick c+1.
 */
export interface DramChannel {
  readonly counters: ChannelCounters;
  readonly activity: RankActivity;
  /** Offers a request; false when its queue is full, and then nothing has happened. Call `advance(cycle)` before. */
  accept(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean;
  /** Where runs of accesses may be offered; undefined if this controller takes none. */
  readonly runs?: RunPath | undefined;
  /** The next tick in which something can happen unless requests come, Infinity when nothing is left to do. */
  nextTick(): number;
  /** Runs all ticks up to `tick`. Costs nothing for ticks in which nothing can be issued. */
  advance(tick: number): void;
  /** Requests that have been accepted and not been carried out. */
  pending(): number;
  /** Closes open statistics intervals; `ticks` is the length of the run. */
  finish(ticks: number): void;
  observer: CommandObserver | undefined;
  /** Saves or loads what it holds and has counted. @param clock of its ticks */
  exchange(s: StateExchange, clock: ClockDomain): void;
  /** The controller plugins of the channel, where it has any. */
  readonly plugins?: readonly { readonly name: string; readonly plugin: ControllerPlugin }[] | undefined;
}
