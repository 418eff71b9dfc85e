import { blockEnergyPj, compareEstimate, estimateError, networkMaps, utilisation, type RunResult } from 'tessera-sim';
import type { Cell } from './rfc4180.js';

/** A table over all results; every row starts with the scenario's name. */
export interface CsvTable {
  readonly name: string;
  readonly header: readonly string[];
  rows(result: RunResult): readonly (readonly Cell[])[];
}

const runs: CsvTable = {
  name: 'runs',
  header: ['scenario', 'outcome', 'cycles', 'seconds', 'energy_pJ', 'estimated_cycles', 'estimate_error', 'events', 'seed', 'digest'],
  rows: (result) => {
    const { scenario, outcome, simulation, estimate, events, seed, digest } = result;
    return [[scenario, outcome, simulation.cycles, simulation.seconds, simulation.energyPj, estimate?.cycles, estimateError(result), events, seed, digest]];
  },
};

const layers: CsvTable = {
  name: 'layers',
  header: ['scenario', 'layer', 'operator', 'macs', 'estimated_cycles', 'simulated_cycles', 'error', 'compute_cycles', 'start_cycle', 'end_cycle'],
  rows: (result) =>
    compareEstimate(result).layers.map(({ layer, operator, macs, cycles, reference }) => [
      result.scenario,
      layer,
      operator,
      macs,
      cycles.value,
      cycles.reference,
      cycles.relativeError,
      reference?.computeCycles,
      reference?.startCycle,
      reference?.endCycle,
    ]),
};

const blocks: CsvTable = {
  name: 'blocks',
  header: ['scenario', 'block', 'plugin', 'kind', 'clock_Hz', 'voltage_V', 'utilisation', 'energy_pJ'],
  rows: (result) =>
    result.blocks.map((block) => [
      result.scenario,
      block.path,
      block.plugin,
      block.kind,
      block.clockHz,
      block.supply?.voltage,
      utilisation(result, block.path),
      blockEnergyPj(block),
    ]),
};

/** Long form: one row a class or statistic, since blocks of different plugins have different ones. */
const stalls: CsvTable = {
  name: 'stalls',
  header: ['scenario', 'block', 'class', 'cycles'],
  rows: ({ scenario, blocks: all }) => all.flatMap((block) => Object.entries(block.stallCycles).map(([name, cycles]) => [scenario, block.path, name, cycles])),
};

const statistics: CsvTable = {
  name: 'statistics',
  header: ['scenario', 'block', 'statistic', 'value', 'unit'],
  rows: ({ scenario, blocks: all }) =>
    all.flatMap((block) => Object.entries(block.statistics).map(([name, { value, unit }]) => [scenario, block.path, name, value, unit])),
};

const memories: CsvTable = {
  name: 'memories',
  header: ['scenario', 'memory', 'capacity_bytes', 'peak_bytes', 'read_bytes', 'written_bytes'],
  rows: ({ scenario, memories: all }) => all.map((memory) => [scenario, memory.path, memory.capacityBytes, memory.peakBytes, memory.bytesRead, memory.bytesWritten]),
};

const links: CsvTable = {
  name: 'links',
  header: ['scenario', 'link', 'bytes', 'messages', 'utilisation', 'energy_pJ'],
  rows: ({ scenario, links: all }) => all.map((link) => [scenario, link.path, link.bytes, link.messages, link.utilisation, link.energyPj]),
};

/** Links inside networks that tell theirs; a network that was simulated alone has its own file (`runner-links`). */
const networkLinks: CsvTable = {
  name: 'network-links',
  header: ['scenario', 'network', 'link', 'from_router', 'to_router', 'bytes', 'packets', 'flits', 'flits_by_vc', 'utilisation'],
  rows: (result) =>
    networkMaps(result).flatMap(({ path, links: all }) =>
      path === '' ? [] : all.map((link) => [result.scenario, path, link.label, link.from, link.to, link.bytes, link.packets, link.flits, link.vcFlits?.join(' '), link.utilisation]),
    ),
};

const metrics: CsvTable = {
  name: 'metrics',
  header: ['scenario', 'metric', 'value', 'unit'],
  rows: ({ scenario, metrics: all, units }) => Object.entries(all ?? {}).map(([name, value]) => [scenario, name, value, units?.[name]]),
};

export const CSV_TABLES: readonly CsvTable[] = [runs, layers, blocks, stalls, statistics, memories, links, networkLinks, metrics];
