import type { RunResult } from '../../../../core/index.js';
import { SIMULATION_COLOUR } from '../palette.js';
import { barsHeight, chart, type Spec } from './spec.js';

/** A link between blocks, or one inside a network as the network's own report tells. */
export interface LinkUse {
  readonly name: string;
  readonly bytes: number;
  /** 0..1 of the run. */
  readonly utilisation: number;
}

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

/** All links that carried something: the machine's, then those inside its networks. */
export function linkUses(result: RunResult): LinkUse[] {
  const outside = result.links.map(({ path, bytes, utilisation }) => ({ name: path, bytes, utilisation }));
  const inside = result.blocks.flatMap(({ path, report }) => reportedLinks(path, report?.['links']));
  return [...outside, ...inside].filter((link) => link.bytes > 0);
}

/** A network's report may list links as `{ label, bytes, utilisation }`. */
function reportedLinks(block: string, links: unknown): LinkUse[] {
  if (!Array.isArray(links)) return [];
  return (links as readonly Readonly<Record<string, unknown>>[]).flatMap(({ label, bytes, utilisation }) =>
    typeof label === 'string' && typeof bytes === 'number' && typeof utilisation === 'number' ? [{ name: `${block}.link.${label}`, bytes, utilisation }] : [],
  );
}

/** Links whose names end in two coordinates, e.g. `noc.link.0,0-1,0`. */
export function meshLinks(uses: readonly LinkUse[]): MeshLink[] {
  return uses.flatMap((use) => {
    const match = COORDINATES.exec(use.name);
    if (match === null) return [];
    const [, network = '', x, y, toX, toY] = match;
    return [{ ...use, network: network.replace(/\.link$/, ''), x: Number(x), y: Number(y), toX: Number(toX), toY: Number(toY) }];
  });
}

/** The busiest links. */
export function linkChart(uses: readonly LinkUse[]): Spec {
  const busiest = [...uses].sort((a, b) => b.utilisation - a.utilisation || b.bytes - a.bytes || (a.name < b.name ? -1 : 1)).slice(0, MOST_LINKS);
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
        mark: { type: 'rule', strokeWidth: 7, strokeCap: 'round' },
        encoding: {
          x: { field: 'x', type: 'quantitative', title: 'Column of the mesh', axis: axisOf(routers.map(([, { x }]) => x)), scale: { padding: 30, nice: false, zero: false } },
          y: { field: 'y', type: 'quantitative', title: 'Row of the mesh', axis: axisOf(routers.map(([, { y }]) => y)), scale: { padding: 30, reverse: true, nice: false, zero: false } },
          x2: { field: 'toX' },
          y2: { field: 'toY' },
          color: { field: 'percent', type: 'quantitative', title: 'Utilisation (%)', scale: { scheme: 'viridis', domain: [0, 100] }, legend: { orient: 'right', gradientLength: 120 } },
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
