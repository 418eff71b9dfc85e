import { inputAddress, type ScaleSimArray, type ScaleSimLayer } from './layer.js';
import type { ScaleSimFolds } from './folds.js';

/** Words that are wanted, or given out, in the cycles of a run: their addresses, -1 for none, cycle by cycle in the order of the array. */
export interface Demand {
  /** Addresses of one operand in a cycle of a fold; `out` is filled from its start, and their number comes back. */
  x(rowFold: number, columnFold: number, cycle: number, out: number[]): number;
  w(rowFold: number, columnFold: number, cycle: number, out: number[]): number;
  /** Words that leave; their addresses do not matter. */
  y(rowFold: number, columnFold: number, cycle: number): number;
}

/** Which word each row and column of the array asks for, as SCALE-Sim skews them. */
export function demandOf({ dataflow, rows, columns }: ScaleSimArray, layer: ScaleSimLayer, { streamed }: ScaleSimFolds): Demand {
  const { m, n, k } = layer;
  const x = (row: number, tap: number): number => (row < m && tap >= 0 && tap < k && row >= 0 ? inputAddress(layer, row, tap) : -1);
  const w = (tap: number, filter: number): number => (tap >= 0 && tap < k && filter >= 0 && filter < n ? filter * k + tap : -1);
  const gather = (count: number, at: (index: number) => number, out: number[]): number => {
    let found = 0;
    for (let index = 0; index < count; index++) {
      const address = at(index);
      if (address >= 0) out[found++] = address;
    }
    return found;
  };
  const leaving = (onColumn: (column: number) => boolean, low: number, high: number, last: (column: number) => number): number => {
    let count = 0;
    for (let column = 0; column < columns; column++) {
      const u = last(column);
      if (u >= low && u < high && onColumn(column)) count++;
    }
    return count;
  };
  if (dataflow === 'os')
    return {
      x: (a, _, t, out) => gather(rows, (r) => (t - r < 0 || t - r >= streamed ? -1 : x(a * rows + r, t - r)), out),
      w: (_, b, t, out) => gather(columns, (c) => (t - c < 0 || t - c >= streamed ? -1 : w(t - c, b * columns + c)), out),
      y: (a, b, t) => {
        let count = 0;
        for (let c = 0; c < columns; c++) {
          const u = t - c - (streamed - 1);
          if (u >= 0 && u < rows && a * rows + (rows - 1 - u) < m && b * columns + c < n) count++;
        }
        return count;
      },
    };
  const stationary = dataflow === 'ws' ? (tap: number, column: number): number => w(tap, column) : (tap: number, column: number): number => x(column, tap);
  const moving = dataflow === 'ws' ? (step: number, tap: number): number => x(step, tap) : (step: number, tap: number): number => w(tap, step);
  const preload = (a: number, b: number, t: number, out: number[]): number =>
    t < rows ? gather(columns, (c) => stationary(a * rows + (rows - 1 - t), b * columns + c), out) : 0;
  const stream = (a: number, t: number, out: number[]): number =>
    gather(rows, (r) => (t - rows - r < 0 || t - rows - r >= streamed ? -1 : moving(t - rows - r, a * rows + r)), out);
  const width = dataflow === 'ws' ? n : m;
  return {
    x: dataflow === 'ws' ? (a, _, t, out) => stream(a, t, out) : preload,
    w: dataflow === 'ws' ? preload : (a, _, t, out) => stream(a, t, out),
    y: (_, b, t) =>
      leaving(
        (c) => b * columns + c < width,
        0,
        streamed,
        (c) => t - c - (2 * rows - 1),
      ),
  };
}

/** The order in which a read buffer fetches an operand, for ever: along the skew of a streamed one, row by row of a stationary one. */
export function prefetchOrder(
  { dataflow, rows, columns }: ScaleSimArray,
  layer: ScaleSimLayer,
  { streamed, rowFolds, columnFolds }: ScaleSimFolds,
  operand: 'x' | 'w',
): number[] {
  const { m, n, k } = layer;
  const x = (row: number, tap: number): number => (row < m && tap < k ? inputAddress(layer, row, tap) : -1);
  const w = (tap: number, filter: number): number => (tap < k && filter < n ? filter * k + tap : -1);
  const isStationary = (dataflow === 'ws' && operand === 'w') || (dataflow === 'is' && operand === 'x');
  if (isStationary) return rowMajor(columnFolds, k, columns, (b, tap, c) => (operand === 'w' ? w(tap, b * columns + c) : x(b * columns + c, tap)));
  if (operand === 'w' && dataflow === 'os')
    return diagonals(columnFolds * streamed, columns, (row, c) => w(row % streamed, Math.floor(row / streamed) * columns + c));
  const at = (row: number, r: number): number => {
    const [step, lane] = [row % streamed, Math.floor(row / streamed) * rows + r];
    return operand === 'w' ? w(lane, step) : dataflow === 'os' ? x(lane, step) : x(step, lane);
  };
  return diagonals(rowFolds * streamed, rows, at);
}

function rowMajor(folds: number, height: number, width: number, at: (fold: number, row: number, column: number) => number): number[] {
  const order: number[] = [];
  for (let fold = 0; fold < folds; fold++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const address = at(fold, row, column);
        if (address >= 0) order.push(address);
      }
  return order;
}

/** Anti-diagonals of a tall matrix, each from its lowest element upwards. */
function diagonals(height: number, width: number, at: (row: number, column: number) => number): number[] {
  const order: number[] = [];
  for (let sum = 0; sum < height + width - 1; sum++)
    for (let row = Math.min(sum, height - 1); row >= 0 && sum - row < width; row--) {
      const address = at(row, sum - row);
      if (address >= 0) order.push(address);
    }
  return order;
}
