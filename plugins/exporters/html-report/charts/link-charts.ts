import { formatBytes, type LinkUse } from 'tessera-sim';
import { SIMULATION_COLOUR } from '../palette.js';
import { barsHeight, chart, type Spec } from './spec.js';

const MOST_LINKS = 30;

/** A bar of the chart of links. */
export interface LinkBar {
  readonly name: string;
  /** 0..1 of the run. */
  readonly utilisation: number;
  readonly carried: string;
}

/** The links of the machine that have a width and hence a utilisation, as bars. */
export function linkBars(uses: readonly LinkUse[]): LinkBar[] {
  return uses.filter((use) => use.utilisation > 0).map(({ name, utilisation, bytes }) => ({ name, utilisation, carried: formatBytes(bytes) }));
}

/** The busiest links. */
export function linkChart(bars: readonly LinkBar[], most = MOST_LINKS): Spec {
  const busiest = [...bars].sort((a, b) => b.utilisation - a.utilisation).slice(0, most);
  return chart({
    height: barsHeight(busiest.length),
    data: { values: busiest.map(({ name, utilisation, carried }) => ({ name, percent: utilisation * 100, carried })) },
    mark: { type: 'bar', color: SIMULATION_COLOUR, cornerRadiusEnd: 1 },
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 230 } },
      x: { field: 'percent', type: 'quantitative', title: 'Utilisation (% of the run)', scale: { domain: [0, 100] }, axis: { tickCount: 6 } },
      tooltip: [
        { field: 'name', title: 'link' },
        { field: 'percent', title: 'utilisation (%)', format: '.1f' },
        { field: 'carried', title: 'carried' },
      ],
    },
  });
}
