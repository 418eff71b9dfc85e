import type { NetworkMap } from 'tessera-sim';
import { chart, type Spec } from '../spec.js';
import { utilisationColour } from './colours.js';

/** Cells along the longer side of the drawing. */
const CELLS = 32;
const LONGEST_SIDE = 640;

/** Routers that are drawn as one. */
export interface MapCell {
  readonly column: number;
  readonly row: number;
  readonly routers: number;
  /** Of the busiest link that leaves one of the routers, and of all that do; percent. */
  readonly percent: number;
  readonly meanPercent: number;
  readonly busiest: string;
}

/** How many places of the topology a cell is wide and high. */
export function cellSize({ routers }: NetworkMap): { readonly x: number; readonly y: number } {
  const size = (values: readonly number[]): number => {
    const [least, most] = values.reduce(([low, high], value) => [Math.min(low!, value), Math.max(high!, value)], [Infinity, -Infinity]);
    return Math.max(1, Math.ceil((most! - least! + 1) / CELLS));
  };
  return { x: size(routers.map(({ x }) => x)), y: size(routers.map(({ y }) => y)) };
}

/** Neighbouring routers of a network too large to draw, with the links that leave them. */
export function mapCells(map: NetworkMap): MapCell[] {
  const size = cellSize(map);
  const cells = new Map<string, { column: number; row: number; routers: number; links: number; sum: number; percent: number; busiest: string }>();
  const cellOfRouter = map.routers.map(({ x, y }) => {
    const [column, row] = [Math.floor(x / size.x), Math.floor(y / size.y)];
    const key = `${column} ${row}`;
    const cell = cells.get(key) ?? { column, row, routers: 0, links: 0, sum: 0, percent: 0, busiest: '-' };
    cell.routers++;
    cells.set(key, cell);
    return cell;
  });
  for (const { from, label, utilisation } of map.links) {
    const cell = cellOfRouter[from]!;
    cell.links++;
    cell.sum += utilisation * 100;
    if (utilisation * 100 > cell.percent) Object.assign(cell, { percent: utilisation * 100, busiest: label });
  }
  return [...cells.values()].map(({ column, row, routers, links, sum, percent, busiest }) => ({
    column,
    row,
    routers,
    percent,
    meanPercent: links === 0 ? 0 : sum / links,
    busiest,
  }));
}

/** A coarse heat map: cells of routers, coloured by the busiest link that leaves them. */
export function cellMap(map: NetworkMap): Spec {
  const cells = mapCells(map);
  const most = (key: 'column' | 'row' | 'percent'): number => cells.reduce((largest, cell) => Math.max(largest, cell[key]), 0);
  const [columns, rows] = [most('column') + 1, most('row') + 1];
  const side = LONGEST_SIDE / Math.max(columns, rows);
  const axis = { axis: null, type: 'ordinal' };
  return chart({
    width: Math.round(columns * side),
    height: Math.round(rows * side),
    data: { values: cells },
    mark: { type: 'rect' },
    encoding: {
      x: { field: 'column', ...axis },
      y: { field: 'row', ...axis },
      color: utilisationColour(most('percent')),
      tooltip: [
        { field: 'routers', title: 'routers' },
        { field: 'busiest', title: 'busiest link out of them' },
        { field: 'percent', title: 'its utilisation (%)', format: '.1f' },
        { field: 'meanPercent', title: 'mean of the links out of them (%)', format: '.1f' },
      ],
    },
  });
}
