import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { DramDevice } from '../../device/device.js';
import type { CommandObserver, DramChannel } from '../channel.js';
import type { ChannelLog } from '../channel-log.js';
import type { ChannelCounters } from '../counters.js';
import type { RankActivity } from '../rank-activity.js';
import { NONE } from '../request-table.js';
import type { CommandBus } from './command-bus.js';
import type { Completions } from './completions.js';
import type { FastPath } from './fast-path.js';
import type { PluginHooks } from './plugin-hooks.js';
import type { ControllerState } from './state.js';
import type { Upkeep } from './upkeep.js';

/** The parts of a controller; `assemble.ts` puts them together. */
export interface SharedQueueParts {
  readonly device: DramDevice;
  readonly state: ControllerState;
  readonly log: ChannelLog;
  readonly completions: Completions;
  readonly upkeep: Upkeep;
  readonly bus: CommandBus;
  readonly fastPath: FastPath | undefined;
  /** Given where the channel has controller plugins. */
  readonly hooks: PluginHooks | undefined;
}

export interface AdmissionOptions {
  readonly readQueueSize: number;
  readonly writeQueueSize: number;
  /** Reads that hit a waiting write are answered from it, writes to a waiting write replace it. */
  readonly forwardAndMerge: boolean;
}

/**
 * A controller with one read and one write queue for the whole channel (as in Ramulator 2). Once a request's row has been
 * opened it leaves its queue for the active set, which is served first; refreshes come next and stop new demand; then the
 * read or the write queue.
 */
export class SharedQueueChannel implements DramChannel {
  readonly counters: ChannelCounters;
  readonly activity: RankActivity;
  readonly runs: FastPath | undefined;
  private readonly device: DramDevice;
  private readonly state: ControllerState;
  private readonly log: ChannelLog;
  private readonly completions: Completions;
  private readonly upkeep: Upkeep;
  private readonly bus: CommandBus;
  private readonly hooks: PluginHooks | undefined;

  constructor(
    parts: SharedQueueParts,
    private readonly options: AdmissionOptions,
  ) {
    this.counters = parts.log.counters;
    this.activity = parts.log.activity;
    this.runs = parts.fastPath;
    this.device = parts.device;
    this.state = parts.state;
    this.log = parts.log;
    this.completions = parts.completions;
    this.upkeep = parts.upkeep;
    this.bus = parts.bus;
    this.hooks = parts.hooks;
  }

  get observer(): CommandObserver | undefined {
    return this.hooks === undefined ? this.log.observer : this.hooks.observer;
  }

  set observer(observer: CommandObserver | undefined) {
    if (this.hooks === undefined) this.log.observer = observer;
    else this.hooks.observer = observer;
  }

  get plugins(): DramChannel['plugins'] {
    return this.hooks?.plugins;
  }

  accept(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean {
    if (this.runs !== undefined && this.runs.take(bank, row, column, isWrite, tag, cycle)) return true;
    const { state, options } = this;
    const { reads, writes } = state;
    if (options.forwardAndMerge && writes.count > 0 && writes.find(bank, row, column) !== NONE) {
      this.completions.mergedWithWrite(isWrite, tag, cycle);
      return true;
    }
    const queue = isWrite ? writes : reads;
    if (queue.count >= (isWrite ? options.writeQueueSize : options.readQueueSize)) return false;
    this.log.countOccupancy(cycle);
    queue.push(state.table.take(bank, row, column, isWrite, cycle, tag));
    if (isWrite) this.counters.writes++;
    else this.counters.reads++;
    state.replan(cycle + 1);
    return true;
  }

  nextTick(): number {
    const { wakeTick } = this.state;
    const { dueTick } = this.upkeep;
    return wakeTick < dueTick ? wakeTick : dueTick;
  }

  advance(tick: number): void {
    if (this.runs !== undefined) this.runs.advance(tick);
    let at = this.nextTick();
    if (at > tick) return;
    if (this.runs !== undefined) this.runs.settle();
    for (; at <= tick; at = this.nextTick()) {
      this.upkeep.collect(at);
      this.bus.run(at);
    }
  }

  pending(): number {
    return this.state.table.used + (this.runs === undefined ? 0 : this.runs.pending);
  }

  finish(ticks: number): void {
    this.log.finish(ticks);
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.device.state(s, clock);
    this.state.state(s, clock);
    this.log.state(s, clock);
    this.completions.state(s, clock);
    this.upkeep.exchange(s, clock);
    this.bus.exchange(s, clock);
    this.runs?.exchange(s, clock);
    this.hooks?.exchange(s, clock);
  }
}
