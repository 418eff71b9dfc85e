import { blockEnergyPj, compareEstimate, estimateError, networkMaps, utilisation, type RunResult, type ScheduleResult } from 'tessera-sim';
import type { CsvCell as Cell } from 'tessera-sim';

/** A table over all results; every row starts with the name of the run. */
export interface CsvTable {
  readonly name: string;
  readonly header: readonly string[];
  rows(result: RunResult): readonly (readonly Cell[])[];
}

const runs: CsvTable = {
  name: 'runs',
  header: [
    'run',
    'scenario',
    'outcome',
    'cycles',
    'seconds',
    'energy_pJ',
    'estimated_cycles',
    'estimate_error',
    'estimated_energy_pJ',
    'energy_without',
    'events',
    'seed',
    'digest',
  ],
  rows: (result) => {
    const { name, scenario, outcome, events, seed, digest } = result;
    return [[name, scenario, outcome, ...measured(result), events, seed, digest]];
  },
};

function measured(result: RunResult): Cell[] {
  if (result.kind === 'experiment') return [result.metrics['cycles'], result.simulatedSeconds, undefined, undefined, undefined, undefined, undefined];
  const { simulation, estimate } = result;
  return [
    simulation.cycles,
    simulation.seconds,
    simulation.energyPj,
    estimate?.cycles,
    estimateError(result),
    estimate?.energyPj,
    simulation.energyMissing?.join(' '),
  ];
}

/** A table of results of schedules; experiments have no rows in it. */
function ofSchedules(name: string, header: readonly string[], rows: (result: ScheduleResult) => readonly (readonly Cell[])[]): CsvTable {
  return { name, header, rows: (result) => (result.kind === 'schedule' ? rows(result) : []) };
}

const layers = ofSchedules(
  'layers',
  ['run', 'layer', 'operator', 'macs', 'estimated_cycles', 'simulated_cycles', 'error', 'compute_cycles', 'start_cycle', 'end_cycle'],
  (result) =>
    compareEstimate(result).layers.map(({ layer, operator, macs, cycles, reference }) => [
      result.name,
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
);

const blocks = ofSchedules('blocks', ['run', 'block', 'plugin', 'kind', 'clock_Hz', 'voltage_V', 'utilisation', 'energy_pJ'], (result) =>
  result.blocks.map((block) => [
    result.name,
    block.path,
    block.plugin,
    block.kind,
    block.clockHz,
    block.supply?.voltage,
    utilisation(result, block.path),
    blockEnergyPj(block),
  ]),
);

/** Long form: one row a class or statistic, since blocks of different plugins have different ones. */
const stalls = ofSchedules('stalls', ['run', 'block', 'class', 'role', 'waits_on', 'cycles'], ({ name: run, blocks: all }) =>
  all.flatMap((block) => block.stalls.map(({ class: name, role, on, cycles }) => [run, block.path, name, role, on, cycles])),
);

const statistics = ofSchedules('statistics', ['run', 'block', 'statistic', 'value', 'unit'], ({ name: run, blocks: all }) =>
  all.flatMap((block) => Object.entries(block.statistics).map(([name, { value, unit }]) => [run, block.path, name, value, unit])),
);

const memories = ofSchedules('memories', ['run', 'memory', 'capacity_bytes', 'peak_bytes', 'read_bytes', 'written_bytes'], ({ name, memories: all }) =>
  all.map((memory) => [name, memory.path, memory.capacityBytes, memory.peakBytes, memory.bytesRead, memory.bytesWritten]),
);

const links = ofSchedules('links', ['run', 'link', 'bytes', 'messages', 'utilisation', 'energy_pJ'], ({ name, links: all }) =>
  all.map((link) => [name, link.path, link.bytes, link.messages, link.utilisation, link.energyPj]),
);

/** Links inside networks that tell theirs; a network that was simulated alone has its own file (`experiment-links`). */
const networkLinks = ofSchedules(
  'network-links',
  ['run', 'network', 'link', 'from_router', 'to_router', 'bytes', 'packets', 'flits', 'flits_by_vc', 'utilisation'],
  (result) =>
    networkMaps(result).flatMap(({ path, links: all }) =>
      path === ''
        ? []
        : all.map((link) => [
            result.name,
            path,
            link.label,
            link.from,
            link.to,
            link.bytes,
            link.packets,
            link.flits,
            link.vcFlits?.join(' '),
            link.utilisation,
          ]),
    ),
);

const metrics: CsvTable = {
  name: 'metrics',
  header: ['run', 'metric', 'value', 'unit'],
  rows: (result) => (result.kind === 'schedule' ? [] : Object.entries(result.metrics).map(([name, value]) => [result.name, name, value, result.units?.[name]])),
};

export const CSV_TABLES: readonly CsvTable[] = [runs, layers, blocks, stalls, statistics, memories, links, networkLinks, metrics];
