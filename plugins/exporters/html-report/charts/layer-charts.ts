import { compareEstimate, type ComparedLayer, type ScheduleResult } from 'tessera-sim';
import { ESTIMATE_COLOUR, SIMULATION_COLOUR } from '../palette.js';
import { barsHeight, chart, COUNT_AXIS, type Spec } from './spec.js';

/** More bars than this are no picture any more; the table has them all. */
const MOST_LAYERS = 60;

/** Layers to draw: all, or those whose estimate is furthest off, in the order of the run. */
export function drawnLayers(result: ScheduleResult): readonly ComparedLayer[] {
  const rows = compareEstimate(result).layers;
  if (rows.length <= MOST_LAYERS) return rows;
  const weight = ({ cycles: { value = 0, reference = 0 } }: ComparedLayer): number => Math.abs(reference - value) + reference * 1e-6;
  const kept = new Set([...rows].sort((a, b) => weight(b) - weight(a)).slice(0, MOST_LAYERS));
  return rows.filter((row) => kept.has(row));
}

/** Cycles of every layer, estimated above simulated. */
export function layerCyclesChart(rows: readonly ComparedLayer[]): Spec {
  const values = rows.flatMap(({ layer, operator, cycles: { value, reference } }) => [
    ...(value === undefined ? [] : [{ layer, operator, source: 'estimate', cycles: value }]),
    ...(reference === undefined ? [] : [{ layer, operator, source: 'simulation', cycles: reference }]),
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

/** Layers whose error can be drawn: those on both sides that took some time. */
export function layersWithError(rows: readonly ComparedLayer[]): ComparedLayer[] {
  return rows.filter(({ cycles }) => Number.isFinite(cycles.relativeError));
}

/** Relative error of the estimate of every layer of `layersWithError`; left of zero the estimate is too fast. */
export function layerErrorChart(rows: readonly ComparedLayer[]): Spec {
  const values = rows.map(({ layer, cycles: { relativeError = 0 } }) => ({
    layer,
    percent: relativeError * 100,
    direction: relativeError < 0 ? TOO_FAST : TOO_SLOW,
  }));
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
