import type { Box, Sizes } from '../workload/box.js';
import { isConcerned } from './loop-classes.js';
import { mapTile, type OperandMap } from '../workload/operand-map.js';
import { smallInteger } from '../workload/small-integer.js';
import type { IndexExpression } from '../workload/region-map.js';

/** A box by bounds of numbered dimensions, half open. */
export interface Bounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

interface CompiledTerm {
  /** Number of the loop; -1 for one that the layer does not have, which stands at 0. */
  readonly loop: number;
  readonly coefficient: number;
  readonly shift: number;
  readonly divisor: number;
}

interface CompiledDimension {
  readonly size: number;
  /** Undefined when no map speaks of the dimension: it is covered whole. */
  readonly terms: readonly CompiledTerm[] | undefined;
  readonly offset: number;
  readonly window: number;
}

/** Where a tile of a layer lies in an operand's tensor: an operand's map, compiled for the layer's loops by number. */
export class OperandView {
  private readonly dimensions: readonly CompiledDimension[] | undefined;

  /** @param loops of the layer, in their order, @param dims of the tensor, in theirs */
  constructor(
    readonly name: string,
    readonly tensor: string,
    readonly role: 'weight' | 'activation' | 'output',
    private readonly map: OperandMap,
    private readonly loops: readonly string[],
    private readonly dims: Sizes,
    /** The region is as large as what is fetched, but where it lies is not known. */
    readonly indirect: boolean,
    readonly partialFormat: string | undefined,
  ) {
    this.dimensions = map.kind === 'index' ? compile(map.expressions, loops, dims) : undefined;
  }

  get dimensionNames(): readonly string[] {
    return Object.keys(this.dims);
  }

  /** The region that a tile touches, clipped to the tensor; empty when it needs nothing of it. */
  region(tile: Bounds): Bounds {
    return this.dimensions === undefined ? this.regionThroughNames(tile) : indexRegion(this.dimensions, tile);
  }

  /** Whether a step of the loop moves the region; @param sizes of the layer's loops */
  concerns(loop: string, sizes: Sizes): boolean {
    return isConcerned(sizes, this.map, loop, this.dims);
  }

  private regionThroughNames(tile: Bounds): Bounds {
    const box: Record<string, readonly [number, number]> = {};
    this.loops.forEach((loop, l) => (box[loop] = [tile.low[l]!, tile.high[l]!]));
    const region: Box = mapTile(this.map, box, this.dims);
    const names = Object.keys(this.dims);
    return { low: names.map((name) => region[name]![0]), high: names.map((name) => region[name]![1]) };
  }
}

function compile(expressions: readonly IndexExpression[], loops: readonly string[], dims: Sizes): CompiledDimension[] {
  return Object.entries(dims).map(([dim, size]) => {
    const expression = expressions.find((candidate) => candidate.dim === dim);
    if (expression === undefined) return { size, terms: undefined, offset: 0, window: size };
    const terms = expression.terms.map(({ loop, coefficient, shift = 0, divisor = 1 }) => ({ loop: loops.indexOf(loop), coefficient, shift, divisor }));
    return { size, terms, offset: expression.offset ?? 0, window: expression.window ?? 1 };
  });
}

function indexRegion(dimensions: readonly CompiledDimension[], tile: Bounds): Bounds {
  const low = new Array<number>(dimensions.length).fill(0);
  const high = new Array<number>(dimensions.length).fill(0);
  if (isEmpty(tile)) return { low, high };
  for (let d = 0; d < dimensions.length; d++) {
    const { size, terms, offset, window } = dimensions[d]!;
    let from = terms === undefined ? 0 : offset;
    let last = from;
    for (let t = 0; terms !== undefined && t < terms.length; t++) {
      const term = terms[t]!;
      const a = valueOf(term, term.loop < 0 ? 0 : tile.low[term.loop]!);
      const b = valueOf(term, term.loop < 0 ? 0 : tile.high[term.loop]! - 1);
      from += Math.min(a, b);
      last += Math.max(a, b);
    }
    low[d] = smallInteger(Math.min(Math.max(from, 0), size));
    high[d] = smallInteger(Math.max(low[d]!, Math.min(last + window, size)));
  }
  return { low, high };
}

function valueOf({ coefficient, shift, divisor }: CompiledTerm, value: number): number {
  return smallInteger(Math.floor((coefficient * value + shift) / divisor));
}

function isEmpty({ low, high }: Bounds): boolean {
  for (let d = 0; d < low.length; d++) if (high[d]! <= low[d]!) return true;
  return false;
}
