import { InputError, RandomStream } from 'tessera-sim';
import { COMMON_COMMANDS, type CommandTable } from './command-table.js';
import { Command } from './commands.js';
import { bankQueueChannel, type BankQueueOptions } from './controller/bank-queues/assemble.js';
import type { ChannelListener, DramChannel } from './controller/channel.js';
import type { ChannelContext } from './controller/controller-plugin.js';
import { sharedQueueChannel, type SharedQueueOptions } from './controller/shared-queue/assemble.js';
import type { SplitActivationTimings } from './controller/shared-queue/split-activation.js';
import {
  AllBankRefresh,
  NoRefresh,
  PerBankRefresh,
  StaggeredRefresh,
  ROW_POLICIES,
  SCHEDULERS,
  watermarkDrain,
  type RefreshPolicy,
  type RowPolicy,
} from './controller/strategies.js';
import type { DramSpecification } from './config.js';
import { NO_EXTENSIONS, named, type DramExtensions, type SchedulerValue } from './extensions.js';
import { withoutTurnaround } from './ideal.js';
import { DramDevice } from './device/device.js';
import { Topology } from './device/topology.js';
import { dramsim3Constraints } from './standards/dramsim3.js';
import type { StandardForm } from './standards/form.js';
import { asInRamulator2 } from './standards/inherit.js';
import { STANDARDS } from './standards/index.js';
import { evaluateFormula } from './timing/formula.js';
import { commandTableOf, resolveConstraints, resolvePlain, type Constraint } from './timing/resolve.js';

/** What a specification comes to: its tree, its constraints in ticks, and the numbers a controller needs. */
export interface ResolvedDram {
  readonly specification: DramSpecification;
  readonly extensions: DramExtensions;
  readonly topology: Topology;
  readonly commands: CommandTable;
  readonly constraints: readonly Constraint[];
  readonly ticksPerClock: 1 | 2;
  /** Tree level of an all-bank refresh: 0 channel, 1 rank. */
  readonly refreshLevel: number;
  /** Bytes of one access. */
  readonly lineBytes: number;
  /** Lines of one row. */
  readonly lineColumns: number;
  readonly readLatencyTicks: number;
  readonly burstTicks: number;
  readonly refreshTicks: number;
  readonly dualCommands: boolean;
}

export function resolveDram(specification: DramSpecification, extensions: DramExtensions = NO_EXTENSIONS): ResolvedDram {
  const { organisation } = specification;
  const topology = new Topology({
    ranks: organisation.ranks,
    stacks: organisation.stacks ?? 1,
    bankGroups: organisation.bankGroups,
    banksPerGroup: organisation.banksPerGroup,
  });
  const resolve = specification.like === 'dramsim3' ? resolveBankQueues : resolveStandard;
  const resolved = resolve(specification, topology, extensions);
  if (specification.ideal?.includes('busTurnaround') !== true) return resolved;
  return { ...resolved, constraints: withoutTurnaround(resolved.constraints, resolved.burstTicks) };
}

function resolveStandard(specification: DramSpecification, topology: Topology, extensions: DramExtensions): ResolvedDram {
  const { timings, organisation, like } = specification;
  const declared = standardOf(specification.standard, extensions);
  const standard = like === 'ramulator2' ? asInRamulator2(declared) : declared;
  const ticksPerClock = standard.commandBus === 'half-cycle' ? 2 : 1;
  const readLatency = evaluateFormula(standard.readLatency, timings);
  const commands = commandTableOf(standard);
  return {
    specification,
    extensions,
    topology,
    commands,
    constraints: resolveConstraints(standard, timings, commands),
    ticksPerClock,
    refreshLevel: standard.refreshScope === 'channel' ? 0 : 1,
    lineBytes: (organisation.channelWidthBits / 8) * standard.prefetch,
    lineColumns: organisation.columns / standard.prefetch,
    readLatencyTicks: readLatency * ticksPerClock,
    burstTicks: (timings['nBL'] ?? timings['nBL_min'] ?? 1) * ticksPerClock,
    refreshTicks: (timings['nRFC'] ?? timings['nRFCab'] ?? 0) * ticksPerClock,
    dualCommands: standard.commandBus !== 'single',
  };
}

function resolveBankQueues(specification: DramSpecification, topology: Topology, extensions: DramExtensions): ResolvedDram {
  const { timings, organisation, standard } = specification;
  const beats = specification.burstLength ?? 8;
  const burst = timings['BURST'] ?? beats / beatsPerClock(standard);
  const kind = standard.startsWith('GDDR') ? 'gddr' : standard.startsWith('HBM') ? 'hbm' : standard === 'LPDDR4' ? 'lpddr4' : 'ddr';
  const al = timings['AL'] ?? 0;
  const complete = { AL: 0, ...timings, BURST: burst, RL: al + timing(timings, 'CL'), WL: al + timing(timings, 'CWL') };
  return {
    specification,
    extensions,
    topology,
    commands: COMMON_COMMANDS,
    constraints: resolvePlain(dramsim3Constraints(kind, organisation.bankGroups), complete, COMMON_COMMANDS),
    ticksPerClock: 1,
    refreshLevel: 1,
    lineBytes: (organisation.channelWidthBits / 8) * beats,
    lineColumns: organisation.columns / beats,
    readLatencyTicks: complete.RL + burst,
    burstTicks: burst,
    refreshTicks: timing(timings, 'tRFC'),
    dualCommands: kind === 'hbm',
  };
}

/** Beats that one tCK of DRAMsim3's configurations carries. */
function beatsPerClock(standard: string): number {
  if (standard === 'GDDR5') return 4;
  if (standard === 'GDDR5X') return 8;
  return standard === 'GDDR6' ? 16 : 2;
}

function timing(timings: Readonly<Record<string, number>>, name: string): number {
  const value = timings[name];
  if (value === undefined) throw new InputError([{ path: `timings.${name}`, message: 'is not given' }]);
  return value;
}

export function standardOf(name: string, extensions: DramExtensions = NO_EXTENSIONS): StandardForm {
  return named('standard', name, STANDARDS, extensions.standards);
}

/** Random streams by name: of a block, or of an experiment. */
export type RandomStreams = (name: string) => RandomStream;

const UNSEEDED: RandomStreams = (name) => new RandomStream(1, name);

/** One channel with its controller, ready to run from cycle 0. */
export function buildChannel(resolved: ResolvedDram, listener: ChannelListener, channel = 0, random: RandomStreams = UNSEEDED): DramChannel {
  const context = channelContext(resolved, channel, random);
  return resolved.specification.queues.structure === 'shared'
    ? sharedQueueChannel(sharedQueueOptions(resolved, listener, context))
    : bankQueueChannel(bankQueueOptions(resolved, listener));
}

function channelContext({ commands, topology, specification, ticksPerClock }: ResolvedDram, channel: number, random: RandomStreams): ChannelContext {
  const { organisation, timings } = specification;
  return { channel, commands, topology, rows: organisation.rows, timings, ticksPerClock, random: (name) => random(`channel${channel}.${name}`) };
}

function sharedQueueOptions(resolved: ResolvedDram, listener: ChannelListener, context: ChannelContext): SharedQueueOptions {
  const { specification } = resolved;
  const { queues } = specification;
  const standard = standardOf(specification.standard, resolved.extensions);
  const scheduler = named<SchedulerValue>('scheduler', specification.scheduler, SCHEDULERS, resolved.extensions.schedulers);
  return {
    device: new DramDevice(resolved.topology, resolved.constraints, unusedCommands(resolved), resolved.commands),
    scheduler: 'create' in scheduler ? scheduler.create(context) : scheduler,
    controllerPlugins: resolved.extensions.controllerPlugins.map(({ name, value }) => (abilities) => ({
      name,
      plugin: value.create({ ...context, ...abilities }),
    })),
    rowPolicy: rowPolicyOf(resolved),
    writeDrain: watermarkDrain(queues.lowWatermark * queues.writes, queues.highWatermark * queues.writes),
    refresh: sharedRefresh(resolved),
    refreshLevel: resolved.refreshLevel,
    commandBus: standard.commandBus,
    splitActivation: standard.splitActivation === true ? splitActivationTimings(specification) : undefined,
    readQueueSize: queues.reads,
    writeQueueSize: queues.writes,
    maintenanceQueueSize: queues.maintenance,
    readLatencyTicks: resolved.readLatencyTicks,
    burstTicks: resolved.burstTicks,
    refreshTicks: resolved.refreshTicks,
    forwardAndMerge: specification.forwardAndMerge,
    listener,
  };
}

function splitActivationTimings({ timings }: DramSpecification): SplitActivationTimings {
  const hold = timing(timings, 'nBL_min') + timing(timings, 'nWCKPST');
  return {
    activateDeadlineTicks: timing(timings, 'nAAD'),
    readSyncTicks: timing(timings, 'nCL') + hold,
    writeSyncTicks: timing(timings, 'nCWL') + hold,
  };
}

/** Commands that a controller of this kind never issues: nothing needs to be remembered for them. */
function unusedCommands({ specification: { rowPolicy, refresh }, extensions }: ResolvedDram): ReadonlySet<number> {
  const unused = new Set<number>();
  if (rowPolicy.name === 'open' || rowPolicy.name === 'timeout') unused.add(Command.readAuto).add(Command.writeAuto);
  // Controller plugins may issue the others.
  if (extensions.controllerPlugins.length > 0) return unused;
  if (refresh !== 'per-bank') unused.add(Command.refreshBank);
  if (refresh === 'none' || refresh === 'per-bank') unused.add(Command.refreshAll).add(Command.prechargeAll);
  return unused;
}

function rowPolicyOf({ specification, extensions, ticksPerClock }: ResolvedDram): RowPolicy {
  const { rowPolicy } = specification;
  const make = named('rowPolicy.name', rowPolicy.name, ROW_POLICIES, extensions.rowPolicies);
  return make({ ...rowPolicy, idleCycles: rowPolicy.idleCycles * ticksPerClock });
}

function sharedRefresh({ specification, ticksPerClock, refreshLevel, topology }: ResolvedDram): RefreshPolicy {
  const { timings, refresh } = specification;
  const { ranks } = topology.counts;
  const interval = (name: string) => timing(timings, name) * ticksPerClock;
  switch (refresh) {
    case 'none':
      return new NoRefresh();
    case 'per-bank':
      return new PerBankRefresh(
        interval('nREFIpb'),
        Array.from({ length: topology.banks }, (_, bank) => bank),
      );
    case 'staggered':
      if (refreshLevel === 1 && ranks > 1) return new StaggeredRefresh(interval('nREFI'), ranks);
      return new AllBankRefresh(interval('nREFI'), refreshLevel === 0 ? 0 : ranks);
    case 'all-bank':
    case 'simultaneous':
      return new AllBankRefresh(interval('nREFI'), refreshLevel === 0 ? 0 : ranks);
  }
}

function bankQueueOptions(resolved: ResolvedDram, listener: ChannelListener): BankQueueOptions {
  const { specification, topology } = resolved;
  const { queues } = specification;
  return {
    device: new DramDevice(topology, resolved.constraints, unusedCommands(resolved)),
    refresh: bankQueueRefresh(resolved),
    transactionQueueSize: queues.reads,
    commandQueueSize: queues.commands,
    banksPerQueue: queues.structure === 'per-rank' ? topology.banksPerRank : 1,
    unified: queues.unified,
    closePage: specification.rowPolicy.name === 'closed',
    dualCommands: resolved.dualCommands,
    readLatencyTicks: resolved.readLatencyTicks,
    burstTicks: resolved.burstTicks,
    refreshTicks: resolved.refreshTicks,
    listener,
  };
}

/** The first refresh of this controller comes at its interval, which is tick interval + 1. */
function bankQueueRefresh({ specification, topology }: ResolvedDram): RefreshPolicy {
  const { timings, refresh } = specification;
  const { ranks, bankGroups, banksPerGroup } = topology.counts;
  const policy = (): RefreshPolicy => {
    switch (refresh) {
      case 'none':
        return new NoRefresh();
      case 'per-bank':
        return new PerBankRefresh(timing(timings, 'tREFIb'), bankRefreshOrder(ranks, bankGroups, banksPerGroup));
      case 'simultaneous':
        // Only the first rank is ever refreshed, as in DRAMsim3.
        return new AllBankRefresh(timing(timings, 'tREFI'), 1);
      case 'all-bank':
      case 'staggered':
        return new StaggeredRefresh(timing(timings, 'tREFI'), ranks);
    }
  };
  const made = policy();
  made.nextTick += 1;
  return made;
}

/** Groups first, then the banks of a group, then ranks. */
function bankRefreshOrder(ranks: number, groups: number, banks: number): number[] {
  const order: number[] = [];
  for (let rank = 0; rank < ranks; rank++) {
    for (let bank = 0; bank < banks; bank++) {
      for (let group = 0; group < groups; group++) order.push((rank * groups + group) * banks + bank);
    }
  }
  return order;
}
