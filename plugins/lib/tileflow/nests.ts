import type { Loop, LoopNest, NestLevel } from 'tessera-sim';
import type { TileflowCase, TileflowNode, TileflowTile } from './form.js';
import { operandNames } from './workload.js';

/** Places of our machine for the two outermost memories of the tool. */
const PLACES = ['dram', 'core0.l1'] as const;

/**
 * The loops above each operation as a nest: the outermost memory is `dram`, the next one, all its instances together, `core0.l1`; further in is
 * the core's own business. Loops over instances of the second memory lie inside of `core0.l1`, which stands for all of them.
 */
export function tileflowNests({ machine, problem, tree }: TileflowCase): Record<string, LoopNest> {
  const nests: Record<string, LoopNest> = {};
  walk(tree, []);
  return nests;

  function walk(node: TileflowNode, above: readonly TileflowTile[]): void {
    if (node.type === 'scope') for (const child of node.children) walk(child, above);
    else if (node.type === 'tile') walk(node.child, [...above, node]);
    else nests[node.name] = nestOf(node.name, above);
  }

  function nestOf(name: string, tiles: readonly TileflowTile[]): LoopNest {
    const operation = problem.operations.find((one) => one.name === name)!;
    const operands = Object.values(operandNames(operation));
    const depth = (tile: TileflowTile): number => machine.levels.findIndex((level) => level.name === tile.level) + (tile.spatial ? 1 : 0);
    const loopsAt = (tile: TileflowTile): Loop[] =>
      tile.loops
        .filter(({ dimension, size }) => size > 1 && operation.dimensions.includes(dimension))
        .map(({ dimension, size, axis }) => ({ loop: dimension, size, kind: tile.spatial ? 'spatial' : 'temporal', ...(axis === undefined ? {} : { axis: axis.toLowerCase() }) }));
    const levels = PLACES.map((place, level): NestLevel => {
      const loops = tiles.filter((tile) => depth(tile) === level).flatMap(loopsAt);
      return { storage: Object.fromEntries(operands.map((operand) => [operand, place])), loops };
    });
    const inside = tiles.filter((tile) => depth(tile) >= PLACES.length).map((tile): NestLevel => ({ storage: {}, loops: loopsAt(tile) }));
    return { levels: [...levels, ...inside.filter(({ loops }) => loops.length > 0)] };
  }
}

/** Whether data are handed on between operations inside of the outermost memory's tiles: our nests, one a layer, send them through it. */
export function isFused(node: TileflowNode): boolean {
  if (node.type === 'op') return false;
  if (node.type === 'tile') return node.child.type === 'scope' ? node.child.children.length > 1 : isFused(node.child);
  return node.children.some(isFused);
}
