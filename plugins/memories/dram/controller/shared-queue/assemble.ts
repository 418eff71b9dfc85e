import type { DramDevice } from '../../device/device.js';
import type { ChannelListener } from '../channel.js';
import { ChannelLog } from '../channel-log.js';
import type { RequestScheduler, WriteDrain } from '../strategies.js';
import { SharedQueueChannel, type AdmissionOptions } from './channel.js';
import type { CommandBus } from './command-bus.js';
import { Completions } from './completions.js';
import { DualBus } from './dual-bus.js';
import { FastPath } from './fast-path.js';
import { HalfClockEdges } from './half-clock-edges.js';
import { CommandIssue, type IssueOptions } from './issue.js';
import { CommandSearch } from './search.js';
import { SingleBus } from './single-bus.js';
import { SplitActivationBus, type SplitActivationTimings } from './split-activation.js';
import { ControllerState, type QueueSizes } from './state.js';
import { Upkeep, type UpkeepOptions } from './upkeep.js';

export interface SharedQueueOptions extends QueueSizes, AdmissionOptions, IssueOptions, UpkeepOptions {
  readonly device: DramDevice;
  readonly scheduler: RequestScheduler;
  readonly writeDrain: WriteDrain;
  readonly commandBus: 'single' | 'row-and-column' | 'half-cycle';
  /** Given for standards that open rows by two activates (LPDDR5). */
  readonly splitActivation?: SplitActivationTimings | undefined;
  /** From a read command to its last beat. */
  readonly readLatencyTicks: number;
  /** Ticks that one access keeps the data bus. */
  readonly burstTicks: number;
  readonly listener: ChannelListener;
}

/** A controller with one read and one write queue, put together from its parts. Each part calls only those that are made before it. */
export function sharedQueueChannel(options: SharedQueueOptions): SharedQueueChannel {
  const { device } = options;
  const state = new ControllerState(device, options, options.writeDrain);
  const log = new ChannelLog(device, state.table, options.burstTicks);
  const completions = new Completions(state, log, options.readLatencyTicks, options.listener);
  const issuer = new CommandIssue(device, state, log, completions, options);
  const upkeep = new Upkeep(device, state, log.counters, options);
  const bus = commandBus(options, state, log, issuer);
  const takesFastPath = bus instanceof SingleBus && !upkeep.closesRows;
  const fastPath = takesFastPath ? new FastPath(device, state, log, completions, upkeep, issuer, options) : undefined;
  return new SharedQueueChannel({ state, log, completions, upkeep, bus, fastPath }, options);
}

function commandBus(options: SharedQueueOptions, state: ControllerState, log: ChannelLog, issuer: CommandIssue): CommandBus {
  const { device, scheduler, splitActivation } = options;
  const edges = options.commandBus === 'half-cycle' ? new HalfClockEdges(device) : undefined;
  const search = () => new CommandSearch(device, state, scheduler, edges);
  if (splitActivation !== undefined) return new SplitActivationBus(device, state, log, search(), issuer, splitActivation);
  if (options.commandBus === 'single') return new SingleBus(state, search(), issuer);
  return new DualBus(state, search(), search(), issuer, edges);
}
