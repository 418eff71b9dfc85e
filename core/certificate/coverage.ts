import { shared, volume, type Range } from './grid.js';

/** Cells of one layer's grid; a finer one is refused. */
const MOST_CELLS = 50_000_000;

export interface CoveredTile {
  readonly operation: number;
  readonly range: Range;
  /** May compute points again. */
  readonly recompute: boolean;
}

export interface LayerCoverage {
  readonly tiles: number;
  readonly points: number;
  /** Points that were computed before. */
  readonly again: number;
}

/**
 * Holds the tiles of a layer against its iteration space, on the grid that all their bounds make: a cell is inside of a tile or outside,
 * never between. Returns what it found; faults are told.
 */
export function coverageOf(whole: Range, tiles: readonly CoveredTile[], fault: (message: string, operations: readonly number[]) => void): LayerCoverage {
  const cuts = whole.low.map((low, d) => cutsOf(low, whole.high[d]!, d, tiles));
  const cells = cuts.reduce((product, { length }) => product * (length - 1), 1);
  if (cells > MOST_CELLS) throw new RangeError(`a grid of ${cells} cells is needed, more than ${MOST_CELLS}`);
  const owners = new Int32Array(cells).fill(-1);
  const sizes = new Float64Array(cells);
  forCells(cuts, whole, (cell, size) => (sizes[cell] = size));
  let again = 0;
  tiles.forEach(({ range, recompute, operation }, index) => {
    const inside = shared(range, whole);
    let clash = -1;
    if (inside !== undefined)
      forCells(cuts, inside, (cell, size) => {
        if (owners[cell]! < 0) owners[cell] = index;
        else {
          again += size;
          clash = owners[cell]!;
        }
      });
    if (clash >= 0 && !recompute) fault(`computes points that operation ${tiles[clash]!.operation} has computed`, [tiles[clash]!.operation, operation]);
  });
  let missing = 0;
  for (let cell = 0; cell < cells; cell++) if (owners[cell]! < 0) missing += sizes[cell]!;
  if (missing > 0) fault(`${missing} of ${volume(whole)} points are never computed`, []);
  return { tiles: tiles.length, points: volume(whole) - missing, again };
}

function cutsOf(low: number, high: number, d: number, tiles: readonly CoveredTile[]): Float64Array {
  const cuts = new Set([low, high]);
  for (const { range } of tiles) for (const at of [range.low[d]!, range.high[d]!]) if (at > low && at < high) cuts.add(at);
  return Float64Array.from([...cuts].sort((a, b) => a - b));
}

/** Cells of a box whose bounds are cuts, with their sizes in points. */
function forCells(cuts: readonly Float64Array[], range: Range, visit: (cell: number, size: number) => void): void {
  const from = cuts.map((list, d) => place(list, range.low[d]!));
  const to = cuts.map((list, d) => place(list, range.high[d]!));
  const walk = (d: number, cell: number, size: number): void => {
    if (d === cuts.length) visit(cell, size);
    else for (let i = from[d]!; i < to[d]!; i++) walk(d + 1, cell * (cuts[d]!.length - 1) + i, size * (cuts[d]![i + 1]! - cuts[d]![i]!));
  };
  walk(0, 0, 1);
}

function place(cuts: Float64Array, value: number): number {
  let [low, high] = [0, cuts.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
