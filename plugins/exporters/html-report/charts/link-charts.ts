import { busiestFirst, type LinkUse } from '../../table/api.js';
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
/** Legible on light and on dark ground, and told apart by lightness too. */
const UTILISATION_COLOURS = ['#8fb3cf', '#e69f00', '#b3260b'];
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

/** The busiest of the links that have a width and hence a utilisation. */
export function linkChart(uses: readonly LinkUse[]): Spec {
  const busiest = busiestFirst(uses.filter((use) => use.utilisation > 0)).slice(0, MOST_LINKS);
  const values = busiest.map(({ name, bytes, utilisation }) => ({ name, percent: utilisation * 100, mebibytes: bytes / 2 ** 20 }));
  return chart({
    height: barsHeight(values.length),
    data: { values },
    mark: { type: 'bar', color: SIMULATION_COLOUR, cornerRadiusEnd: 1 },
    encoding: {
      y: { field: 'name', type: 'nominal', sort: null, title: null, axis: { labelLimit: 230 } },
      x: { field: 'percent', type: 'quantitative', title: 'Utilisation (% of the run)', scale: { domain: [0, 100] }, axis: { tickCount: 6 } },
      tooltip: [
        { field: 'name', title: 'link' },
        { field: 'percent', title: 'utilisation (%)', format: '.1f' },
        { field: 'mebibytes', title: 'moved (MiB)', format: ',.3f' },
      ],
    },
  });
}

/** Routers as dots, links as lines beside each other for the two directions, coloured by utilisation. */
export function meshChart(links: readonly MeshLink[]): Spec {
  const values = links.map(drawnLink);
  const routers = [...new Map(links.flatMap(({ x, y, toX, toY }) => [[`${x},${y}`, { x, y }], [`${toX},${toY}`, { x: toX, y: toY }]] as const))];
  const rows = Math.max(...routers.map(([, { y }]) => y)) + 1;
  const axisOf = (places: readonly number[]): Spec => ({ grid: false, ticks: false, domain: false, format: 'd', values: [...new Set(places)] });
  return chart({
    height: Math.min(560, Math.max(180, rows * 110)),
    layer: [
      {
        data: { values },
        mark: { type: 'rule', strokeCap: 'round' },
        encoding: {
          x: { field: 'x', type: 'quantitative', title: 'Column of the mesh', axis: axisOf(routers.map(([, { x }]) => x)), scale: { padding: 30, nice: false, zero: false } },
          y: { field: 'y', type: 'quantitative', title: 'Row of the mesh', axis: axisOf(routers.map(([, { y }]) => y)), scale: { padding: 30, reverse: true, nice: false, zero: false } },
          x2: { field: 'toX' },
          y2: { field: 'toY' },
          color: { field: 'percent', type: 'quantitative', title: 'Utilisation (%)', scale: { domain: [0, 50, 100], range: UTILISATION_COLOURS, interpolate: 'rgb' }, legend: { orient: 'right', gradientLength: 120, type: 'gradient' } },
          strokeWidth: { field: 'percent', type: 'quantitative', scale: { domain: [0, 100], range: [3, 12] }, legend: null },
          tooltip: [
            { field: 'name', title: 'link' },
            { field: 'percent', title: 'utilisation (%)', format: '.1f' },
            { field: 'mebibytes', title: 'moved (MiB)', format: ',.3f' },
          ],
        },
      },
      {
        data: { values: routers.map(([name, place]) => ({ name, ...place })) },
        mark: { type: 'point', shape: 'square', size: 900, filled: true, color: '#8a929c', opacity: 1 },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' }, tooltip: [{ field: 'name', title: 'router' }] },
      },
      {
        data: { values: routers.map(([name, place]) => ({ name, ...place })) },
        mark: { type: 'text', fontSize: 11, color: '#ffffff', fontWeight: 'bold' },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' }, text: { field: 'name' } },
      },
    ],
  });
}

/** Shifted to the right of its direction, so that both directions are seen. */
function drawnLink({ name, x, y, toX, toY, utilisation, bytes }: MeshLink): Readonly<Record<string, number | string>> {
  const [dx, dy] = [Math.sign(toX - x), Math.sign(toY - y)];
  const [shiftX, shiftY] = [-dy * 0.07, dx * 0.07];
  return { name, x: x + shiftX, y: y + shiftY, toX: toX + shiftX, toY: toY + shiftY, percent: utilisation * 100, mebibytes: bytes / 2 ** 20 };
}
