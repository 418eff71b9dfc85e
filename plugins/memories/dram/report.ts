import type { EnergyMeter } from 'tessera-sim';
import { ChannelCounters } from './controller/counters.js';
import { ENERGY_PARTS, energyOf, incrementsOf } from './energy/energy.js';
import type { DramStatistic } from './statistics.js';
import type { DramSystem } from './system.js';

type Row = Readonly<Record<string, number>>;

/** Sums the channels' counters into the block's statistics. */
export function copyStatistics(system: DramSystem, ticks: number, ticksPerSecond: number, into: Record<DramStatistic, number>): void {
  const sum = (of: (counters: ChannelCounters) => number) => system.channels.reduce((total, channel) => total + of(channel.counters), 0);
  const commands = (...codes: number[]) => sum((c) => codes.reduce((n, code) => n + c.commandCount(code), 0));
  into.linesRead = sum((c) => c.reads);
  into.linesWritten = sum((c) => c.writes);
  into.rowHits = sum((c) => c.rowHits);
  into.rowMisses = sum((c) => c.rowMisses);
  into.rowConflicts = sum((c) => c.rowConflicts);
  into.readsForwarded = sum((c) => c.readsForwarded);
  into.linesMerged = sum((c) => c.readsMerged + c.writesMerged);
  const table = system.resolved.commands;
  into.activates = commands(...table.with('open'));
  into.precharges = commands(...table.with('close').filter((code) => !table.isOnColumnBus(code)));
  into.refreshes = commands(...table.with('refresh'));
  into.turnaroundCycles = sum((c) => c.turnaroundCycles);
  into.refreshCycles = sum((c) => c.refreshCycles);
  into.ticks = ticks;
  into.seconds = ticks / ticksPerSecond;
  into.occupancy = sum((c) => c.occupancyCycles);
  into.lineReadsCompleted = sum((c) => c.readsCompleted);
  into.lineLatencyTicks = sum((c) => c.readLatencySum);
  into.lineBytes = (into.linesRead + into.linesWritten) * system.resolved.lineBytes;
}

/** Charges the energy of finished channels, where the currents of the dies are known. */
export function chargeEnergy(system: DramSystem, ticks: number, meter: EnergyMeter): void {
  const { resolved, channels } = system;
  const increments = incrementsOf(resolved);
  if (increments === undefined) return;
  const energy = energyOf(channels, resolved, increments, ticks / resolved.ticksPerClock);
  for (const name of ENERGY_PARTS) meter.count(meter.action(name), energy[name]);
  if (energy.own !== undefined) meter.count(meter.action('own'), energy.own);
}

/** Percentiles of the latency of line reads, over all channels. */
export function latencyTable(system: DramSystem): Row {
  const all = allLatencies(system);
  return {
    reads: all.readsCompleted,
    mean: all.readLatencySum / Math.max(1, all.readsCompleted),
    p50: all.latencyPercentile(0.5),
    p90: all.latencyPercentile(0.9),
    p99: all.latencyPercentile(0.99),
    max: all.readLatencyMax,
  };
}

/** The latencies of line reads over all channels, in one set of counters. */
export function allLatencies(system: DramSystem): ChannelCounters {
  const all = new ChannelCounters(0);
  for (const channel of system.channels) all.absorbLatencies(channel.counters);
  return all;
}

export function channelTable(system: DramSystem): readonly Row[] {
  return system.channels.map(({ counters: c }, channel) => ({
    channel,
    reads: c.reads,
    writes: c.writes,
    rowHits: c.rowHits,
    rowMisses: c.rowMisses,
    rowConflicts: c.rowConflicts,
    turnaroundCycles: c.turnaroundCycles,
    refreshCycles: c.refreshCycles,
  }));
}

/** Commands of every bank that had any. */
export function bankTable(system: DramSystem): readonly Row[] {
  const rows: Row[] = [];
  const { names } = system.resolved.commands;
  system.channels.forEach(({ counters: { commandsOfBank } }, channel) => {
    for (let bank = 0; bank < commandsOfBank.length / names.length; bank++) {
      const counts = commandsOfBank.subarray(bank * names.length, (bank + 1) * names.length);
      if (counts.every((count) => count === 0)) continue;
      rows.push({ channel, bank, ...Object.fromEntries(names.map((name, code) => [name, counts[code]!]).filter(([, count]) => count !== 0)) });
    }
  });
  return rows;
}

/** What the controller plugins report, by channel and plugin; nothing where there are none. */
export function pluginTables(system: DramSystem): { readonly controllerPlugins?: readonly Readonly<Record<string, unknown>>[] } {
  const rows = system.channels.flatMap(({ plugins = [] }, channel) => plugins.map(({ name, plugin }) => ({ channel, plugin: name, ...plugin.report?.() })));
  return rows.length === 0 ? {} : { controllerPlugins: rows };
}
