import { cyclesPerHop, STALL_CAUSES, type NetworkStalls } from 'tessera-sim';
import { HUES } from '../palette.js';
import { barsHeight, chart, type Spec } from './spec.js';

/** A bar: the waiting of one run or load. */
export interface StallBar extends NetworkStalls {
  readonly name: string;
}

/** Cycles waited per flit and router, by cause: runs of other length or load stay comparable. */
export function stallCauseChart(bars: readonly StallBar[], title: string): Spec {
  const values = bars.flatMap(({ name, causes, flitHops }) =>
    causes.map(({ cause, cycles }) => ({ name, cause, cycles, perHop: cyclesPerHop(cycles, flitHops), order: STALL_CAUSES.indexOf(cause) })),
  );
  return chart({
    height: barsHeight(bars.length),
    data: { values },
    mark: 'bar',
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title },
      x: { field: 'perHop', type: 'quantitative', stack: 'zero', title: 'Cycles waited per flit and router', axis: { tickCount: 6 } },
      color: { field: 'cause', type: 'nominal', title: null, scale: { domain: STALL_CAUSES, range: [HUES[1], HUES[4], HUES[0]] } },
      order: { field: 'order', type: 'quantitative' },
      tooltip: [
        { field: 'name', title: title.toLowerCase() },
        { field: 'cause', title: 'cause' },
        { field: 'perHop', title: 'cycles per flit and router', format: ',.3f' },
        { field: 'cycles', title: 'cycles in all', format: ',.0f' },
      ],
    },
  });
}
