import {
  blockEnergyPj,
  compareEstimate,
  computeUtilisations,
  estimateError,
  formatBytes,
  formatCount,
  formatEnergy,
  formatPercent,
  formatSeconds,
  formatSignedPercent,
  shortDigest,
  withoutText,
  type Estimate,
  type ExperimentResult,
  type RunResult,
  type ScheduleResult,
} from 'tessera-sim';
import { html, type Markup } from '../markup.js';
import type { Tile } from './tile.js';
import { isTraffic, trafficTiles } from './traffic-tiles.js';

/** The numbers that one looks for first. */
export function summaryTiles(result: RunResult): Markup {
  const tiles = [...ownTiles(result), ...checkTiles(result)];
  return html`<div class="tiles">${tiles.map(
    ({ title, value, detail = '', bad = false }) =>
      html`<div class="tile ${bad ? 'bad' : 'plain'}"><div class="tile-title">${title}</div><div class="tile-value">${value}</div><div class="tile-detail">${detail}</div></div>`,
  )}</div>`;
}

function ownTiles(result: RunResult): Tile[] {
  if (result.kind === 'schedule') return [...timeTiles(result), ...workTiles(result)];
  return isTraffic(result) ? trafficTiles(result) : experimentTiles(result);
}

function experimentTiles({ simulatedSeconds, metrics, outcome }: ExperimentResult): Tile[] {
  const cycles = metrics['cycles'];
  return [
    {
      title: 'Simulated',
      value: cycles === undefined ? formatSeconds(simulatedSeconds) : `${formatCount(cycles)} cycles`,
      detail: formatSeconds(simulatedSeconds),
    },
    { title: 'Outcome', value: outcome, bad: outcome !== 'finished' },
  ];
}

function timeTiles(result: ScheduleResult): Tile[] {
  const { simulation, estimate, outcome, operations } = result;
  const { cycles, seconds } = simulation;
  const done = operations.total === undefined ? '' : ` of ${formatCount(operations.total)}`;
  const tiles: Tile[] = [
    { title: 'Simulated', value: `${formatCount(cycles)} cycles`, detail: formatSeconds(seconds) },
    { title: 'Outcome', value: outcome, detail: `${formatCount(operations.finished)}${done} operations`, bad: outcome !== 'finished' },
  ];
  if (estimate === undefined) return tiles;
  const error = estimateError(result);
  const estimated = {
    title: `Estimate (${estimate.estimator})`,
    value: `${formatCount(estimate.cycles)} cycles`,
    detail: error === undefined ? 'of the whole run' : `${formatSignedPercent(error)} against the simulation`,
  };
  return [...tiles, estimated];
}

const BUSY_TITLES = { array: 'Arrays busy', vector: 'Vector units busy', pim: 'Computing memories busy' } as const;

function workTiles(result: ScheduleResult): Tile[] {
  const { simulation, estimate, memories } = result;
  const tiles: Tile[] = [];
  if (simulation.energyPj !== undefined && simulation.energyPj > 0) {
    tiles.push({ title: 'Energy', value: formatEnergy(simulation.energyPj), detail: energyDetail(result) });
    if (estimate?.energyPj !== undefined) tiles.push(estimatedEnergy(result, estimate));
  }
  for (const { unit, blocks, utilisation } of computeUtilisations(result)) {
    tiles.push({ title: BUSY_TITLES[unit], value: formatPercent(utilisation), detail: `average of ${blocks}` });
  }
  const busiest = [...memories].sort((a, b) => b.bytesRead + b.bytesWritten - a.bytesRead - a.bytesWritten)[0];
  if (busiest !== undefined) {
    tiles.push({ title: 'Most traffic', value: formatBytes(busiest.bytesRead + busiest.bytesWritten), detail: `read and written in ${busiest.path}` });
  }
  return tiles;
}

function energyDetail(result: ScheduleResult): string {
  return [largestEnergy(result), withoutText(result.simulation.energyMissing)].filter((part) => part !== '').join('; ');
}

function estimatedEnergy(result: ScheduleResult, { estimator }: Estimate): Tile {
  const { value, relativeError } = compareEstimate(result).energyPj;
  return { title: `Energy (${estimator})`, value: formatEnergy(value), detail: `${formatSignedPercent(relativeError)} against the simulation` };
}

function largestEnergy({ blocks }: ScheduleResult): string {
  const parts = blocks.map((block) => ({ path: block.path, energy: blockEnergyPj(block) }));
  const largest = parts.reduce((most, part) => (part.energy > most.energy ? part : most), { path: '', energy: 0 });
  return largest.path === '' ? '' : `${largest.path}: ${formatEnergy(largest.energy)}`;
}

function checkTiles(result: RunResult): Tile[] {
  const { expectations, events, engineCpuSeconds, digest, seed } = result;
  const tiles: Tile[] = [];
  if (expectations.length > 0) {
    const held = expectations.filter((expectation) => expectation.holds).length;
    tiles.push({ title: 'Expectations', value: `${held} of ${expectations.length} hold`, bad: held < expectations.length });
  }
  if (result.kind === 'schedule' && result.violationCount > 0)
    tiles.push({ title: 'Schedule', value: `${formatCount(result.violationCount)} violations`, bad: true });
  return [
    ...tiles,
    { title: 'Engine', value: `${formatCount(events)} events`, detail: `${formatSeconds(engineCpuSeconds)} of CPU time` },
    { title: 'Digest', value: shortDigest(digest, 10), detail: `seed ${seed}` },
  ];
}
