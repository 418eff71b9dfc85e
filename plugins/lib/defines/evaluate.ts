import { memoriesOf, type ZigzagMemory } from 'tessera-sim/zigzag';
import type { ChainLayer, DefinesPoint } from './point.js';
import { cachePlan, type CachePlan, type StackShape } from './plan.js';
import { runTile, type LayerCost, type LayerCosts, type TileRun } from './run-tile.js';
import { inputSize } from './tile-chain.js';

/** Sums over all tiles. `latency1`: computation, stalls, first loads and copies, one after another. */
export interface DefinesEvaluation {
  readonly latency1Cycles: number;
  readonly energyPj: number;
  readonly idealCycles: number;
  readonly stallCycles: number;
  readonly onloadCycles: number;
  readonly copyCycles: number;
  readonly layers: readonly LayerCost[];
}

export function evaluateDefines(point: DefinesPoint): DefinesEvaluation {
  const known: LayerCosts = new Map();
  const layers = stacksOf(point).flatMap((shape) => runStack(point, shape, known));
  const sum = (pick: (cost: LayerCost) => number): number => layers.reduce((all, cost) => all + pick(cost), 0);
  const idealCycles = sum((cost) => cost.idealCycles);
  const stallCycles = sum((cost) => cost.stallCycles);
  const onloadCycles = sum((cost) => cost.onloadCycles);
  const copyCycles = sum((cost) => cost.copyCycles);
  return {
    latency1Cycles: idealCycles + stallCycles + onloadCycles + copyCycles,
    energyPj: sum((cost) => cost.energyPj),
    idealCycles,
    stallCycles,
    onloadCycles,
    copyCycles,
    layers,
  };
}

/** Layers fuse as long as their weights fit together below the outermost memory of weights. */
export function stacksOf(point: DefinesPoint): StackShape[] {
  const room = memoriesOf(point.core, 'I2').at(-2)?.sizeBits ?? Infinity;
  const stacks: ChainLayer[][] = [[]];
  let used = 0;
  for (const source of point.layers) {
    const bits = weightBits(source);
    const open = stacks.at(-1)!;
    if (open.length > 0 && (bits > room || used > room || used + bits > room)) {
      stacks.push([source]);
      used = bits;
    } else {
      open.push(source);
      used += bits;
    }
  }
  return stacks.map((stack, index) => ({ stack, input: index === 0 ? { id: -1, ...point.input } : inputOf(stack[0]!, index) }));
}

function weightBits({ layer }: ChainLayer): number {
  const weights = layer.operands.find(({ name }) => name === 'W')!;
  return weights.dims.reduce((all, dim) => all * (layer.loops[dim] ?? 1), 1) * layer.precision['W']!;
}

/** What a stack reads of the one before, in the outermost memory. */
function inputOf({ layer }: ChainLayer, index: number): StackShape['input'] {
  return {
    id: -1 - index,
    bits: layer.precision['I']!,
    loops: { B: layer.loops['B'] ?? 1, K: layer.loops['C'] ?? 1, OY: inputSize(layer, 'Y').size, OX: inputSize(layer, 'X').size },
  };
}

interface Place {
  readonly at: number;
  readonly size: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Tiles along one axis: what does not divide comes first. */
export function tilesAlong(total: number, tile: number): Place[] {
  const places: Place[] = [];
  const first = total % tile === 0 ? tile : total % tile;
  for (let at = 0; at < total; at += at === 0 ? Math.min(first, total) : tile)
    places.push({ at, size: at === 0 ? Math.min(first, total) : tile, isFirst: at === 0, isLast: at + tile >= total });
  return places;
}

function runStack(point: DefinesPoint, shape: StackShape, known: LayerCosts): LayerCost[] {
  const { loops } = shape.stack.at(-1)!.layer;
  const columns = tilesAlong(loops['OX'] ?? 1, point.tileX);
  const rows = tilesAlong(loops['OY'] ?? 1, point.tileY);
  const plans = gridPlans(point, shape, columns, rows);
  const totals = new Map<number, LayerCost>();
  const tiles = new Map<string, readonly LayerCost[]>();
  let weightsFromTop = true;
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const run = tileRun(plans, columns, rows, column, row, weightsFromTop);
      const key = runKey(run);
      let costs = tiles.get(key);
      if (costs === undefined) tiles.set(key, (costs = runTile(point, shape, run, known)));
      for (const cost of costs) totals.set(cost.id, plus(totals.get(cost.id), cost));
      weightsFromTop = false;
    }
  return [...totals.values()];
}

function plus(a: LayerCost | undefined, b: LayerCost): LayerCost {
  if (a === undefined) return b;
  return {
    id: a.id,
    idealCycles: a.idealCycles + b.idealCycles,
    stallCycles: a.stallCycles + b.stallCycles,
    onloadCycles: a.onloadCycles + b.onloadCycles,
    copyCycles: a.copyCycles + b.copyCycles,
    energyPj: a.energyPj + b.energyPj,
  };
}

interface GridPlans {
  /** By row and column. */
  readonly plans: readonly (readonly CachePlan[])[];
  /** Where columns are kept for the next tile; undefined in the last column. */
  readonly horizontal: readonly (readonly (ZigzagMemory | undefined)[])[];
  readonly vertical: ZigzagMemory | undefined;
  readonly weights: ZigzagMemory;
  readonly rowsMemory: ZigzagMemory | undefined;
}

/** What has to agree between tiles: a tile writes columns where the next one wants them, rows and weights lie in one memory for all. */
function gridPlans(point: DefinesPoint, shape: StackShape, columns: readonly Place[], rows: readonly Place[]): GridPlans {
  const made = new Map<string, CachePlan>();
  const planAt = (column: Place, row: Place): CachePlan => {
    const key = `${column.size} ${row.size} ${column.isFirst} ${row.isFirst}`;
    const plan = made.get(key) ?? cachePlan(point, shape, column.size, row.size, column.isFirst, row.isFirst);
    made.set(key, plan);
    return plan;
  };
  const plans = rows.map((row) => columns.map((column) => planAt(column, row)));
  // The tool takes the level of the tile that it looked at last where tiles differ, for columns the right neighbour's.
  const horizontal = plans.map((line) => line.map((plan, index) => (index === line.length - 1 ? undefined : (line[index + 1]!.horizontal ?? plan.horizontal))));
  const last = plans.at(-1)!.at(-1)!;
  const weightMemories = memoriesOf(point.core, 'I2');
  const highest = Math.max(...plans.flat().map(({ weights }) => weightMemories.indexOf(weights)));
  return { plans, horizontal, vertical: last.vertical, weights: weightMemories[highest]!, rowsMemory: last.vertical };
}

function tileRun(
  { plans, horizontal, vertical, weights, rowsMemory }: GridPlans,
  columns: readonly Place[],
  rows: readonly Place[],
  column: number,
  row: number,
  weightsFromTop: boolean,
): TileRun {
  const plan = plans[row]![column]!;
  const { isLast: isLastColumn } = columns[column]!;
  const { isLast: isLastRow } = rows[row]!;
  const none: ReadonlyMap<number, number> = new Map();
  const keepsColumns = plan.horizontal !== undefined;
  const keepsRows = plan.vertical !== undefined;
  return {
    tileX: columns[column]!.size,
    tileY: rows[row]!.size,
    weightsFromTop,
    weights,
    makeHorizontal: horizontal[row]![column],
    useHorizontal: column === 0 ? undefined : horizontal[row]![column - 1],
    makeVertical: isLastRow ? undefined : vertical,
    useVertical: row === 0 ? undefined : vertical,
    writeColumns: keepsColumns && !isLastColumn ? plan.writeColumns : none,
    readColumns: keepsColumns ? plan.readColumns : none,
    writeRows: keepsRows && !isLastRow ? plan.writeRows : none,
    readRows: keepsRows ? plan.readRows : none,
    rowsMemory,
  };
}

function runKey(run: TileRun): string {
  const map = (values: ReadonlyMap<number, number>): string => [...values].join(';');
  const memories = [run.makeHorizontal, run.useHorizontal, run.makeVertical, run.useVertical].map((memory) => memory?.name ?? '-');
  return [run.tileX, run.tileY, run.weightsFromTop, ...memories, map(run.writeColumns), map(run.readColumns), map(run.writeRows), map(run.readRows)].join(' ');
}
