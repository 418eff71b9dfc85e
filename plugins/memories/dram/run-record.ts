import { InputError } from 'tessera-sim';
import type { RandomStreams } from './build.js';
import type { DramSpecification } from './config.js';
import { BankQueueChannel } from './controller/bank-queues/channel.js';
import type { ChannelCounters } from './controller/counters.js';
import type { DramExtensions } from './extensions.js';
import { energyOf, incrementsOf, type EnergyBreakdown } from './energy/energy.js';
import { specificationOfRecord } from './records.js';
import { DramSystem } from './system.js';
import { driveTrace, type DriverOptions, type DriverResult } from './trace/driver.js';
import { traceOf, type LineTrace } from './trace/formulas.js';

type Json = Readonly<Record<string, unknown>>;

export interface TraceRun {
  readonly specification: DramSpecification;
  readonly system: DramSystem;
  readonly driver: DriverResult;
  /** Cycle of the last read return or write command. */
  readonly totalCycles: number;
  /** Ticks that were simulated, for background energy. */
  readonly ticks: number;
}

const LONGEST_RUN_CYCLES = 1e10;
const SILENT = { completed() {} };

/** Runs a trace to its end on a fresh DRAM. `prepare` sees the system before the first cycle. */
export function runTrace(
  specification: DramSpecification,
  trace: LineTrace,
  options: Partial<DriverOptions> = {},
  prepare?: (system: DramSystem) => void,
  extensions?: DramExtensions,
  random?: RandomStreams,
): TraceRun {
  const system = new DramSystem(specification, SILENT, extensions, random);
  prepare?.(system);
  const driver = driveTrace(system, trace, { perCycle: 1, burst: 1, gapCycles: 0, maxCycles: LONGEST_RUN_CYCLES, ...options });
  const totalCycles = Math.max(...system.channels.map(({ counters }) => Math.max(counters.lastReadReturnCycle, counters.lastWriteCommandCycle)));
  // The bank-queue controller's clock starts at 0, so that its last cycle is one tick later.
  const ticks = specification.queues.structure === 'shared' ? totalCycles : totalCycles + 1;
  system.advance(ticks);
  for (const channel of system.channels) channel.finish(ticks);
  return { specification, system, driver, totalCycles, ticks };
}

/** Runs the trace of a reference record. Throws InputError for a record that cannot be run. */
export function runRecord(config: Json, workload: Json, prepare?: (system: DramSystem) => void, options: Pick<DriverOptions, 'shouldStop'> = {}): TraceRun {
  const kind = String(workload['kind']);
  const trace = traceOf(kind, workload, 'workload');
  if (trace === undefined) throw new InputError([{ path: 'workload.kind', message: `there is no trace formula '${kind}'` }]);
  const paced = { perCycle: Number(workload['ipc'] ?? 1), burst: Number(workload['burst'] ?? 1), gapCycles: Number(workload['gap'] ?? 0) };
  return runTrace(specificationOfRecord(config), trace, { ...paced, ...options }, prepare);
}

/** Sum of a counter over the channels. */
export function sumOf(run: TraceRun, counter: (counters: ChannelCounters) => number): number {
  return run.system.channels.reduce((total, channel) => total + counter(channel.counters), 0);
}

/** A run's numbers under the names that the reference simulators use. */
export function referenceMetrics(run: TraceRun): Record<string, number> {
  const { system, driver, totalCycles, specification } = run;
  const { resolved } = system;
  const shared = specification.queues.structure === 'shared';
  const reads = sumOf(run, (c) => c.reads);
  const writes = sumOf(run, (c) => c.writes);
  const clockPs = Number(specification.timings['tCK_ps'] ?? Number(specification.timings['tCK']) * 1000);
  const tickPs = Math.floor(clockPs / resolved.ticksPerClock + 1e-6);
  const metrics: Record<string, number> = {
    total_cycles: totalCycles,
    last_accept_cycle: driver.lastAcceptCycle,
    last_read_return_cycle: Math.max(...system.channels.map(({ counters }) => counters.lastReadReturnCycle)),
    stall_cycles: driver.stallCycles,
    reads,
    writes,
    row_hits: sumOf(run, (c) => c.rowHits),
    row_misses: sumOf(run, (c) => c.rowMisses),
    row_conflicts: sumOf(run, (c) => c.rowConflicts),
    avg_read_latency_cycles:
      sumOf(run, (c) => c.readLatencySum) /
      Math.max(
        1,
        sumOf(run, (c) => c.readsCompleted),
      ),
    max_read_latency_cycles: Math.max(...system.channels.map(({ counters }) => counters.readLatencyMax)),
    bandwidth_GBps: ((reads + writes) * resolved.lineBytes * 1000) / (totalCycles * tickPs),
    tx_bytes: resolved.lineBytes,
    tick_ps: tickPs,
    sim_cycles: run.ticks,
  };
  if (shared) {
    metrics['reads_forwarded'] = sumOf(run, (c) => c.readsForwarded);
    metrics['writes_coalesced'] = sumOf(run, (c) => c.writesMerged);
    metrics['maintenance'] = sumOf(run, (c) => c.maintenance);
  } else {
    Object.assign(metrics, bankQueueMetrics(run));
  }
  return metrics;
}

function bankQueueMetrics(run: TraceRun): Record<string, number> {
  const { channels } = run.system;
  return {
    last_write_cmd_cycle: Math.max(...channels.map(({ counters }) => counters.lastWriteCommandCycle)),
    writes_left_in_buffer: channels.reduce((left, channel) => left + (channel instanceof BankQueueChannel ? channel.writesLeft : 0), 0),
    writes_merged: sumOf(run, (c) => c.writesMerged),
    ondemand_pres_decisions: sumOf(run, (c) => c.onDemandPrecharges),
    hbm_dual_cmds: sumOf(run, (c) => c.dualCommands),
  };
}

/** Energy in V * mA * cycles under the reference's names; undefined for a part whose currents are not known. */
export function referenceEnergy(run: TraceRun): Record<string, number> | undefined {
  const energy = energyOfRun(run);
  if (energy === undefined) return undefined;
  return {
    total: energy.total,
    act: energy.activate,
    read: energy.read,
    write: energy.write,
    refresh: energy.refresh,
    act_standby: energy.activeStandby,
    pre_standby: energy.prechargeStandby,
  };
}

/** In V * mA * clock cycles; times tCK in ns it is pJ. */
export function energyOfRun(run: TraceRun): EnergyBreakdown | undefined {
  const { resolved, channels } = run.system;
  const increments = incrementsOf(resolved);
  if (increments === undefined) return undefined;
  return energyOf(channels, resolved, increments, run.ticks / resolved.ticksPerClock);
}

/** Command counts under the reference simulators' names, only those that occurred. */
export function referenceCommands(run: TraceRun): Record<string, number> {
  const shared = run.specification.queues.structure === 'shared';
  const split = run.specification.standard === 'LPDDR5';
  const commands: Record<string, number> = {};
  run.system.resolved.commands.names.forEach((name, code) => {
    const count = sumOf(run, (c) => c.commandCount(code));
    if (count === 0) return;
    const label = shared ? (name === 'ACT' && split ? 'ACT1' : name) : (BANK_QUEUE_NAMES[name] ?? name);
    commands[label] = count;
  });
  return commands;
}

const BANK_QUEUE_NAMES: Readonly<Record<string, string>> = { PREpb: 'PRE', REFab: 'REF', REFpb: 'REFb' };
