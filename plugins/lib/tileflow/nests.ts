import type { Loop, LoopNest } from 'tessera-sim';
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
        .map(({ dimension, size, axis }) => ({
          loop: dimension,
          size,
          kind: tile.spatial ? 'spatial' : 'temporal',
          ...(axis === undefined ? {} : { axis: axis.toLowerCase() }),
        }));
    const levels: { storage: Record<string, string>; loops: Loop[] }[] = [];
    const held = PLACES.map(() => new Set<string>());
    let chips: Loop[] = [];
    for (const tile of tiles) {
      const at = depth(tile);
      if (tile.spatial && at < PLACES.length) chips.push(...loopsAt(tile));
      else if (at < PLACES.length) {
        const names = Object.entries(operandNames(operation)).filter(([tensor]) => at === 0 || !tile.bypass.includes(tensor));
        const more = names.filter(([, operand]) => !held[at]!.has(operand)).map(([, operand]) => operand);
        // A tile that holds nothing new splits the one above it.
        if ((tile.profile && more.length > 0) || held[at]!.size === 0) {
          for (const operand of more) held[at]!.add(operand);
          levels.push({ storage: Object.fromEntries(more.map((operand) => [operand, PLACES[at]!])), loops: [] });
        }
        levels.at(-1)!.loops.push(...chips, ...loopsAt(tile));
        chips = [];
      } else {
        if (held[1]!.size === 0) {
          levels.push({ storage: Object.fromEntries(operands.map((operand) => [operand, PLACES[1]])), loops: chips });
          for (const operand of operands) held[1]!.add(operand);
          chips = [];
        }
        const loops = loopsAt(tile);
        if (loops.length > 0) levels.push({ storage: {}, loops });
      }
    }
    if (levels[0] === undefined || !Object.values(levels[0].storage).includes(PLACES[0]))
      levels.unshift({ storage: Object.fromEntries(operands.map((operand) => [operand, PLACES[0]])), loops: [] });
    if (chips.length > 0) levels.push({ storage: {}, loops: chips });
    return { levels };
  }
}

/** Whether data are handed on between operations inside of the outermost memory's tiles: our nests, one a layer, send them through it. */
export function isFused(node: TileflowNode): boolean {
  if (node.type === 'op') return false;
  if (node.type === 'tile') return node.child.type === 'scope' ? node.child.children.length > 1 : isFused(node.child);
  return node.children.some(isFused);
}
