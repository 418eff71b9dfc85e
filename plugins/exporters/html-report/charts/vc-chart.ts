import { SIMULATION_COLOUR } from '../palette.js';
import { barsHeight, chart, type Spec } from './spec.js';

/** Mean utilisation of every virtual channel over the links of a network; `shares` are 0..1 of the run. */
export function vcChart(shares: readonly number[]): Spec {
  return chart({
    height: barsHeight(shares.length),
    data: { values: shares.map((share, vc) => ({ vc: `VC ${vc}`, percent: share * 100 })) },
    mark: { type: 'bar', color: SIMULATION_COLOUR, cornerRadiusEnd: 1 },
    encoding: {
      y: { field: 'vc', type: 'nominal', sort: null, title: null },
      x: { field: 'percent', type: 'quantitative', title: 'Utilisation, mean of the links (%)', axis: { tickCount: 5 } },
      tooltip: [
        { field: 'vc', title: 'virtual channel' },
        { field: 'percent', title: 'mean utilisation (%)', format: '.2f' },
      ],
    },
  });
}
