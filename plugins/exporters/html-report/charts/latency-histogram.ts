import type { RunResult } from 'tessera-sim';
import { HUES, SIMULATION_COLOUR } from '../palette.js';
import { chart, COUNT_AXIS, type Spec } from './spec.js';

/** Packets whose latency is from `from` up to, not including, `until` cycles. */
export interface LatencyBin {
  readonly from: number;
  readonly until: number;
  readonly packets: number;
}

/** The latency histogram of a run of `kind: traffic`; empty bins are not in the table, so its width is the smallest step. */
export function latencyBins({ tables }: RunResult): LatencyBin[] {
  const rows = (tables?.['latencyHistogram'] ?? []).flatMap(({ latencyCycles, packets }) =>
    typeof latencyCycles === 'number' && typeof packets === 'number' ? [{ from: latencyCycles, packets }] : [],
  );
  const steps = rows.slice(1).map(({ from }, i) => from - rows[i]!.from);
  const width = Math.max(1, Math.min(...steps, Math.max(1, rows[0]?.from ?? 1)));
  return rows.map(({ from, packets }) => ({ from, until: from + width, packets }));
}

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
      color: { field: 'name', type: 'nominal', title: null, scale: { domain: MARKS.map(([name]) => name), range: MARKS.map(([, , colour]) => colour) }, legend: { symbolType: 'stroke' } },
      tooltip: [{ field: 'name', title: 'packets' }, { field: 'cycles', title: 'latency (cycles)', format: ',.0f' }],
    },
  };
  return chart({ height: 220, layer: [bars, percentiles] });
}
