import { operandElements, product, relatedSize, type ZigzagLayer, type ZigzagOperand } from 'tessera-sim/zigzag';
import type { ChainLayer, DefinesPoint } from './point.js';

/** One layer of the chain for one tile: its loops cut to the tile, and how its input windows overlap with those of the next tile. */
export interface TileLayer {
  readonly id: number;
  /** Undefined of the input of the stack, which is only fetched. */
  readonly source: ChainLayer | undefined;
  readonly layer: ZigzagLayer | undefined;
  readonly loops: Readonly<Record<string, number>>;
  /** Columns and rows that the input shares with the neighbour's; 0 where windows do not slide. */
  readonly overlapX: number;
  readonly overlapY: number;
  readonly inputBits: number;
  readonly outputBits: number;
}

export const inputOperand = (layer: ZigzagLayer): ZigzagOperand => layer.operands.find(({ name }) => name !== layer.operands[0]!.name && name !== 'W')!;
const has = (operand: ZigzagOperand, dim: string): boolean => operand.dims.includes(dim);

/** Size of the input in x or y that a layer with these loops reads, and whether it slides. */
export function inputSize(layer: ZigzagLayer, axis: 'X' | 'Y'): { readonly size: number; readonly slides: boolean } {
  const operand = inputOperand(layer);
  const output = `O${axis}`;
  if (has(operand, output)) return { size: layer.loops[output] ?? 1, slides: false };
  const relation = layer.relations.find(({ dim, terms }) => has(operand, dim) && terms.some(({ loop }) => loop === output));
  if (relation === undefined) return { size: layer.loops[output] ?? 1, slides: false };
  return { size: relatedSize(layer, relation.dim, (loop) => layer.loops[loop] ?? 1), slides: true };
}

const strideOf = (layer: ZigzagLayer, axis: 'X' | 'Y'): number =>
  layer.relations.flatMap(({ dim, terms }) => (has(inputOperand(layer), dim) ? terms : [])).find(({ loop }) => loop === `O${axis}`)?.factor ?? 1;

export interface Reuse {
  /** What lies to the left was kept. */
  readonly horizontal: boolean;
  /** What lies above was kept. */
  readonly vertical: boolean;
}

/** Layers of the stack, the input first, for a tile of the last output: what each has to compute for it. */
export function tileChain(point: DefinesPoint, stack: readonly ChainLayer[], input: TileInput, tileX: number, tileY: number, reuse: Reuse): TileLayer[] {
  const result: TileLayer[] = [];
  let [x, y] = [tileX, tileY];
  for (const source of stack.toReversed()) {
    const layer: ZigzagLayer = { ...source.layer, loops: { ...source.layer.loops, OX: x, OY: y } };
    const operand = inputOperand(layer);
    const [sizeX, sizeY] = [inputSize(layer, 'X').size, inputSize(layer, 'Y').size];
    const overlapX = Math.max(0, sizeX - x * strideOf(layer, 'X'));
    const overlapY = Math.max(0, sizeY - y * strideOf(layer, 'Y'));
    result.unshift({
      id: source.id,
      source,
      layer,
      loops: layer.loops,
      overlapX,
      overlapY,
      inputBits: operandElements(layer, operand) * layer.precision[operand.name]!,
      outputBits: operandElements(layer, layer.operands[0]!) * layer.precision['O_final']!,
    });
    x = sizeX - (reuse.horizontal ? overlapX : 0);
    y = sizeY - (reuse.vertical ? overlapY : 0);
  }
  const loops = { ...input.loops, OX: x, OY: y };
  const outputBits = product(Object.values(loops)) * input.bits;
  return [{ id: input.id, source: undefined, layer: undefined, loops, overlapX: 0, overlapY: 0, inputBits: 0, outputBits }, ...result];
}

export interface TileInput {
  readonly id: number;
  readonly loops: Readonly<Record<string, number>>;
  readonly bits: number;
}

/** The most bits of feature maps that are alive at once. */
export function largestAlive(chain: readonly TileLayer[]): number {
  let alive = 0;
  let most = 0;
  const add = (bits: number): void => {
    alive += bits;
    most = Math.max(most, alive);
  };
  let before = 0;
  for (const { inputBits, outputBits } of chain) {
    // The input may be more than the layer before has written: what was cached comes on top.
    add(-before);
    add(inputBits);
    add(outputBits);
    add(-inputBits);
    add(before);
    add(-before);
    before = outputBits;
  }
  return most;
}
