import type { DramDevice } from '../../device/device.js';
import { FormedCommands } from '../../device/formed-commands.js';
import type { ChannelListener } from '../channel.js';
import { ChannelLog } from '../channel-log.js';
import type { RequestScheduler } from '../queue-view.js';
import type { SchedulerRules, WriteDrain } from '../strategies.js';
import { SharedQueueChannel, type AdmissionOptions } from './channel.js';
import type { CommandBus } from './command-bus.js';
import { Completions } from './completions.js';
import { DualBus } from './dual-bus.js';
import { FastPath } from './fast-path.js';
import { HalfClockEdges } from './half-clock-edges.js';
import { HookedUpkeep } from './hooked-upkeep.js';
import { CommandIssue, type IssueOptions } from './issue.js';
import { PluginHooks, type PluginMaker } from './plugin-hooks.js';
import { QueueSearch } from './queue-search.js';
import { CommandSearch } from './search.js';
import { SingleBus } from './single-bus.js';
import { SplitActivationBus, type SplitActivationTimings } from './split-activation.js';
import { ControllerState, type QueueSizes } from './state.js';
import { Upkeep, type UpkeepOptions } from './upkeep.js';

export interface SharedQueueOptions extends QueueSizes, AdmissionOptions, IssueOptions, UpkeepOptions {
  readonly device: DramDevice;
  /** Rules for the compiled search, or a scheduler that is shown the queue. */
  readonly scheduler: SchedulerRules | RequestScheduler;
  readonly controllerPlugins: readonly PluginMaker[];
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
  const formed = new FormedCommands(device, options.refreshLevel);
  const issuer = new CommandIssue(device, state, log, completions, formed, options);
  const isHooked = options.controllerPlugins.length > 0;
  const upkeep = isHooked ? new HookedUpkeep(device, state, log.counters, options) : new Upkeep(device, state, log.counters, options);
  const hooks = upkeep instanceof HookedUpkeep ? hook(upkeep, options, state, formed, log) : undefined;
  const bus = commandBus(options, state, log, issuer, formed);
  const takesFastPath = bus instanceof SingleBus && !upkeep.closesRows && !isHooked && !('choose' in options.scheduler);
  const fastPath = takesFastPath ? new FastPath(device, state, log, completions, upkeep, issuer, options) : undefined;
  return new SharedQueueChannel({ device, state, log, completions, upkeep, bus, fastPath, hooks }, options);
}

/** Makes the controller plugins, and lets them hear of every command. */
function hook(upkeep: HookedUpkeep, options: SharedQueueOptions, state: ControllerState, formed: FormedCommands, log: ChannelLog): PluginHooks {
  const hooks = new PluginHooks(options.controllerPlugins, state, upkeep, formed, options.splitActivation !== undefined);
  upkeep.hooks = hooks;
  log.observer = hooks;
  return hooks;
}

function commandBus(options: SharedQueueOptions, state: ControllerState, log: ChannelLog, issuer: CommandIssue, formed: FormedCommands): CommandBus {
  const { device, scheduler, splitActivation } = options;
  const edges = options.commandBus === 'half-cycle' ? new HalfClockEdges(device) : undefined;
  const search = () =>
    'choose' in scheduler ? new QueueSearch(device, state, formed, scheduler, edges) : new CommandSearch(device, state, formed, scheduler, edges);
  if (splitActivation !== undefined) return new SplitActivationBus(device, state, log, search(), issuer, splitActivation);
  if (options.commandBus === 'single') return new SingleBus(state, search(), issuer);
  return new DualBus(state, search(), search(), issuer, edges);
}
