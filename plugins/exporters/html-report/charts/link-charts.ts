import { formatBytes, type LinkUse, type NetworkMap } from '../../table/api.js';
import { SIMULATION_COLOUR } from '../palette.js';
import { barsHeight, chart, type Spec } from './spec.js';

/** A link of a mesh, by the coordinates of the routers at its ends. */
export interface MeshLink extends LinkUse {
  readonly network: string;
  readonly x: number;
  readonly y: number;
  readonly toX: number;
  readonly toY: number;
}

const MOST_LINKS = 30;
const COORDINATES = /^(.*?)\.?(\d+),(\d+)\s*-+>?\s*(\d+),(\d+)$/;

/** Links whose names end in two coordinates, e.g. `noc.link.0,0-1,0`. */
export function meshLinks(uses: readonly LinkUse[]): MeshLink[] {
  return uses.flatMap((use) => {
    const match = COORDINATES.exec(use.name);
    if (match === null) return [];
    const [, network = '', x, y, toX, toY] = match;
    return [{ ...use, network: network.replace(/\.link$/, ''), x: Number(x), y: Number(y), toX: Number(toX), toY: Number(toY) }];
  });
}

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

/** Networks that name their links by coordinates and tell nothing else. */
export function namedMeshes(uses: readonly LinkUse[]): NetworkMap[] {
  const links = meshLinks(uses);
  return [...new Set(links.map(({ network }) => network))].map((network) => meshOf(network, links.filter((link) => link.network === network)));
}

function meshOf(path: string, links: readonly MeshLink[]): NetworkMap {
  const places = new Map(links.flatMap(({ x, y, toX, toY }) => [[`${x},${y}`, { x, y }], [`${toX},${toY}`, { x: toX, y: toY }]] as const));
  const names = [...places.keys()];
  return {
    path,
    topology: '',
    routers: [...places].map(([name, place]) => ({ ...place, name, nodes: [] })),
    links: links.map(({ name, x, y, toX, toY, utilisation, bytes }) => ({ from: names.indexOf(`${x},${y}`), to: names.indexOf(`${toX},${toY}`), label: name, utilisation, bytes })),
  };
}
