import type { Box, Plan } from '../schedule-text.js';
import { boxOf } from '../interpreter/boxes.js';
import { layerMath, type LayerMath, type OperandMath } from '../interpreter/layer-math.js';
import type { Random } from '../random.js';

/** A tile of a layer, by loop. */
export interface Tile {
  readonly at: Record<string, number>;
  readonly size: Record<string, number>;
}

/** A layer cut into tiles of its output, each a list of parts of the sum. */
export interface Tiling {
  readonly math: LayerMath;
  readonly outputs: readonly Tile[];
  /** Ranges of the loops that are summed; one when nothing is cut. */
  readonly parts: readonly Tile[];
}

export function mathOf(plan: Plan, layer: string): LayerMath {
  return layerMath(layer, plan);
}

/** Loops that say where a point lies in an operand. */
export function concerns(math: LayerMath, operand: OperandMath, loop: string): boolean {
  const l = math.loops.indexOf(loop);
  return operand.positions.some(({ coefficients }) => coefficients[l] !== 0);
}

export function makeTiling(plan: Plan, layer: string, random: Random, cutsSums: boolean): Tiling {
  const math = mathOf(plan, layer);
  const isOutput = (loop: string): boolean => concerns(math, math.output, loop);
  const cuts = (loops: readonly string[], most: number): Tile[] => {
    let tiles: Tile[] = [{ at: {}, size: {} }];
    for (const loop of loops) {
      const size = math.sizes[math.loops.indexOf(loop)]!;
      const pieces = tiles.length >= most ? 1 : Math.min(size, random.pick([1, 1, 2, 2, 3]));
      const bounds = boundsOf(size, pieces, random);
      tiles = tiles.flatMap(({ at, size: sizes }) => bounds.map(([low, high]) => ({ at: { ...at, [loop]: low }, size: { ...sizes, [loop]: high - low } })));
    }
    return tiles;
  };
  const outputs = cuts(random.shuffled(math.loops.filter(isOutput)), 4);
  const summed = math.loops.filter((loop) => !isOutput(loop));
  // A tile of padding alone would have nothing to read.
  const isPadded = math.inputs.some(({ positions }) => positions.some(({ offset }) => offset !== 0));
  const cuttable = cutsSums ? summed.filter((loop) => loop === 'C' || !isPadded) : [];
  const rest = wholeTile(
    math,
    summed.filter((loop) => !cuttable.includes(loop)),
  );
  const parts = cuts(cuttable, 3).map((part) => joined(rest, part));
  return { math, outputs, parts };
}

function wholeTile(math: LayerMath, loops: readonly string[]): Tile {
  const size = Object.fromEntries(loops.map((loop) => [loop, math.sizes[math.loops.indexOf(loop)]!]));
  return { at: Object.fromEntries(loops.map((loop) => [loop, 0])), size };
}

function boundsOf(size: number, pieces: number, random: Random): [number, number][] {
  const cuts = new Set<number>();
  while (cuts.size < pieces - 1) cuts.add(random.between(1, size - 1));
  const sorted = [0, ...[...cuts].sort((a, b) => a - b), size];
  return sorted.slice(1).map((high, i) => [sorted[i]!, high]);
}

export function joined(a: Tile, b: Tile): Tile {
  return { at: { ...a.at, ...b.at }, size: { ...a.size, ...b.size } };
}

/** The box of an operand that a tile touches, inside of the tensor; undefined when it needs nothing of it. */
export function operandBox(plan: Plan, math: LayerMath, operand: OperandMath, tile: Tile): Box | undefined {
  const low: number[] = [];
  const high: number[] = [];
  for (const [d, { isWhole, offset, coefficients }] of operand.positions.entries()) {
    const size = operand.sizes[d]!;
    let from = offset;
    let last = offset;
    coefficients.forEach((coefficient, l) => {
      const loop = math.loops[l]!;
      const start = tile.at[loop] ?? 0;
      const end = start + (tile.size[loop] ?? math.sizes[l]!) - 1;
      from += Math.min(coefficient * start, coefficient * end);
      last += Math.max(coefficient * start, coefficient * end);
    });
    low.push(isWhole ? 0 : Math.max(0, from));
    high.push(isWhole ? size : Math.min(size, last + 1));
    if (low[d]! >= high[d]!) return undefined;
  }
  return boxOf(plan.tensors[operand.tensor]!, { low, high });
}

export function volumeOf(box: Box): number {
  return Object.values(box).reduce((product, [low, high]) => product * (high - low), 1);
}
