import type { RunResult } from 'tessera-sim';
import { layerRows, type LayerRow } from '../../table/api.js';
import { ESTIMATE_COLOUR, SIMULATION_COLOUR } from '../palette.js';
import { barsHeight, chart, COUNT_AXIS, type Spec } from './spec.js';

/** More bars than this are no picture any more; the table has them all. */
const MOST_LAYERS = 60;

/** Layers to draw: all, or those whose estimate is furthest off, in the order of the run. */
export function drawnLayers(result: RunResult): LayerRow[] {
  const rows = layerRows(result);
  if (rows.length <= MOST_LAYERS) return rows;
  const weight = (row: LayerRow): number => Math.abs((row.simulatedCycles ?? 0) - (row.estimatedCycles ?? 0)) + (row.simulatedCycles ?? 0) * 1e-6;
  const kept = new Set([...rows].sort((a, b) => weight(b) - weight(a)).slice(0, MOST_LAYERS));
  return rows.filter((row) => kept.has(row));
}

/** Cycles of every layer, estimated above simulated. */
export function layerCyclesChart(rows: readonly LayerRow[]): Spec {
  const values = rows.flatMap(({ layer, operator, estimatedCycles, simulatedCycles }) => [
    ...(estimatedCycles === undefined ? [] : [{ layer, operator, source: 'estimate', cycles: estimatedCycles }]),
    ...(simulatedCycles === undefined ? [] : [{ layer, operator, source: 'simulation', cycles: simulatedCycles }]),
  ]);
  return chart({
    height: barsHeight(rows.length),
    data: { values },
    mark: { type: 'bar', cornerRadiusEnd: 1 },
    encoding: {
      y: { field: 'layer', type: 'nominal', sort: null, title: null },
      yOffset: { field: 'source', sort: ['estimate', 'simulation'] },
      x: { field: 'cycles', type: 'quantitative', title: 'Cycles of the reference clock', axis: COUNT_AXIS },
      color: {
        field: 'source',
        title: null,
        scale: { domain: ['estimate', 'simulation'], range: [ESTIMATE_COLOUR, SIMULATION_COLOUR] },
        ...(values.some(({ source }) => source === 'estimate') ? {} : { legend: null }),
      },
      tooltip: [
        { field: 'layer', title: 'layer' },
        { field: 'operator', title: 'operator' },
        { field: 'source', title: 'source' },
        { field: 'cycles', title: 'cycles', format: ',.0f' },
      ],
    },
  });
}

/** Relative error of the estimate of every layer; left of zero the estimate is too fast. */
export function layerErrorChart(rows: readonly LayerRow[]): Spec {
  const values = rows.flatMap(({ layer, error }) => (error === undefined ? [] : [{ layer, percent: error * 100, direction: error < 0 ? TOO_FAST : TOO_SLOW }]));
  return chart({
    height: barsHeight(values.length),
    data: { values },
    mark: { type: 'bar', cornerRadiusEnd: 1 },
    encoding: {
      y: { field: 'layer', type: 'nominal', sort: null, title: null },
      x: { field: 'percent', type: 'quantitative', title: 'Error (% of the simulated cycles)', axis: { tickCount: 6 } },
      color: { field: 'direction', title: null, scale: { domain: [TOO_FAST, TOO_SLOW], range: ['#d55e00', '#56b4e9'] } },
      tooltip: [
        { field: 'layer', title: 'layer' },
        { field: 'percent', title: 'error (%)', format: '+.1f' },
      ],
    },
  });
}

const TOO_FAST = 'estimate too fast';
const TOO_SLOW = 'estimate too slow';
