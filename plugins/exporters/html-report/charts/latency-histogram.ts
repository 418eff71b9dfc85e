import type { LatencyBin } from 'tessera-sim';
import { HUES, SIMULATION_COLOUR } from '../palette.js';
import { chart, COUNT_AXIS, type Spec } from './spec.js';

const MARKS = [
  ['median', 'latencyP50', HUES[2]],
  ['95th percentile', 'latencyP95', HUES[1]],
  ['99th percentile', 'latencyP99', HUES[4]],
] as const;

/** How many packets took how long, with the percentiles as rules. */
export function latencyHistogram(bins: readonly LatencyBin[], metrics: Readonly<Record<string, number>>): Spec {
  const rules = MARKS.map(([name, metric]) => ({ name, cycles: metrics[metric] ?? 0 })).filter(({ cycles }) => cycles > 0);
  const bars = {
    data: { values: bins },
    mark: { type: 'bar', color: SIMULATION_COLOUR, binSpacing: 0.5 },
    encoding: {
      x: { field: 'from', type: 'quantitative', bin: 'binned', title: 'Packet latency (cycles)', scale: { zero: true }, axis: { tickCount: 8 } },
      x2: { field: 'until' },
      y: { field: 'packets', type: 'quantitative', title: 'Packets', axis: COUNT_AXIS },
      tooltip: [
        { field: 'from', title: 'from (cycles)', format: ',.0f' },
        { field: 'until', title: 'below (cycles)', format: ',.0f' },
        { field: 'packets', title: 'packets', format: ',.0f' },
      ],
    },
  };
  const percentiles = {
    data: { values: rules },
    mark: { type: 'rule', strokeWidth: 1.8, strokeDash: [5, 3] },
    encoding: {
      x: { field: 'cycles', type: 'quantitative' },
      color: {
        field: 'name',
        type: 'nominal',
        title: null,
        scale: { domain: MARKS.map(([name]) => name), range: MARKS.map(([, , colour]) => colour) },
        legend: { symbolType: 'stroke' },
      },
      tooltip: [
        { field: 'name', title: 'packets' },
        { field: 'cycles', title: 'latency (cycles)', format: ',.0f' },
      ],
    },
  };
  return chart({ height: 220, layer: [bars, percentiles] });
}
