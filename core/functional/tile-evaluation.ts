import { wrap } from './formats.js';
import type { FunctionOperand, LayerFunction } from './layer-function.js';
import { unflatten, type Range } from './layout.js';
import { ABSENT, FAULT, isValue, type Scalar } from './scalar.js';
import { combined, type PointValues } from './semantics.js';

/** A region as an operation has read it. */
export interface ReadRegion {
  readonly tensor: string;
  readonly range: Range;
  /** Dense over the range. */
  readonly values: Scalar[];
}

/** What a tile gives to one output: values by position in the tensor, and the corner that they begin at. */
export interface TileOutput {
  readonly values: ReadonlyMap<number, Scalar>;
  /** The smallest box around them. */
  readonly range: Range;
}

/** Where an operand's values come from while a tile is computed. */
class OperandValues {
  /** From the place that the tile needs to the place that is read; undefined: they are the same. */
  shift: number[] | undefined;
  missed = false;
  private readonly at: number[];

  constructor(
    readonly operand: FunctionOperand,
    private readonly regions: readonly ReadRegion[],
    /** Dimensions of the operand's own tensor. */
    private readonly sizes: readonly number[],
  ) {
    this.at = sizes.map(() => 0);
  }

  get(flat: number): Scalar {
    const { regions, at, shift } = this;
    unflatten(flat, this.sizes, at);
    if (shift !== undefined) for (let d = 0; d < at.length; d++) at[d]! += shift[d]!;
    for (let r = 0; r < regions.length; r++) {
      const { range, values } = regions[r]!;
      const index = range.low.length === at.length ? placeIn(range, at) : -1;
      if (index >= 0) return values[index] === ABSENT ? FAULT : values[index]!;
    }
    this.missed = true;
    return FAULT;
  }

  /** A region that does not hold what is needed, or is of another tensor, is read from its first element on. */
  align(corner: readonly number[]): void {
    const low = this.regions[0]?.range.low ?? [];
    this.shift = corner.map((needed, d) => (low[d] ?? 0) - needed);
  }

  get isForeign(): boolean {
    return this.regions.some(({ tensor }) => tensor !== this.operand.tensor);
  }
}

/** Number of an element in a dense range; -1 outside. */
function placeIn({ low, high }: Range, at: readonly number[]): number {
  let index = 0;
  for (let d = 0; d < at.length; d++) {
    if (at[d]! < low[d]! || at[d]! >= high[d]!) return -1;
    index = index * (high[d]! - low[d]!) + at[d]! - low[d]!;
  }
  return index;
}

class TilePoint implements PointValues {
  readonly names: readonly string[];
  readonly point: number[];
  isFirst = false;
  hasFault = false;

  constructor(
    private readonly layer: LayerFunction,
    private readonly operands: readonly OperandValues[],
  ) {
    this.names = layer.inputs.map(({ name }) => name);
    this.point = layer.loops.map(() => 0);
  }

  get arithmetic(): LayerFunction['arithmetic'] {
    return this.layer.arithmetic;
  }

  get attributes(): LayerFunction['attributes'] {
    return this.layer.attributes;
  }

  get loops(): readonly string[] {
    return this.layer.loops;
  }

  move(): void {
    const { inputs, outputs, summed } = this.layer;
    for (let i = 0; i < inputs.length; i++) inputs[i]!.access.moveTo(this.point);
    for (let i = 0; i < outputs.length; i++) outputs[i]!.access.moveTo(this.point);
    this.isFirst = true;
    for (let i = 0; i < summed.length; i++) if (this.point[summed[i]!] !== 0) this.isFirst = false;
    this.hasFault = false;
  }

  value(operand: number): Scalar {
    const { access } = this.layer.inputs[operand]!;
    if (access.isWindowed) return this.window(operand)[0] ?? 0;
    return access.flat < 0 ? 0 : this.checked(this.operands[operand]!.get(access.flat));
  }

  isInside(operand: number): boolean {
    const { access } = this.layer.inputs[operand]!;
    return access.isWindowed ? this.window(operand).length > 0 : access.flat >= 0;
  }

  window(operand: number): readonly Scalar[] {
    const values: Scalar[] = [];
    this.layer.inputs[operand]!.access.forEach((flat) => values.push(this.checked(this.operands[operand]!.get(flat))));
    return values;
  }

  ownPlace(operand: number): number {
    return this.layer.inputs[operand]!.access.placeOf(this.layer.outputs[0]!.access);
  }

  at(loop: number): number {
    return this.point[loop]!;
  }

  private checked(value: Scalar): Scalar {
    if (value !== FAULT) return value;
    this.hasFault = true;
    return 0;
  }
}

/**
 * Computes a tile from the regions that it reads.
 *
 * @param tile of the layer's loops
 * @param sizes dimensions of a tensor, by its name
 */
export function evaluateTile(
  layer: LayerFunction,
  tile: Range,
  reads: ReadonlyMap<string, readonly ReadRegion[]>,
  sizes: (tensor: string) => readonly number[],
): TileOutput[] {
  const operands = layer.inputs.map((operand) => new OperandValues(operand, reads.get(operand.name) ?? [], sizes(operand.tensor)));
  for (const operand of operands) if (operand.isForeign) operand.align(cornerOf(layer, tile, operand.operand, sizes));
  const outputs = computed(layer, tile, operands, sizes);
  const missing = operands.filter(({ missed, shift }) => missed && shift === undefined);
  if (missing.length === 0) return outputs;
  for (const operand of missing) operand.align(cornerOf(layer, tile, operand.operand, sizes));
  return computed(layer, tile, operands, sizes);
}

interface GrowingOutput {
  readonly values: Map<number, Scalar>;
  readonly range: { readonly low: number[]; readonly high: number[] };
  readonly sizes: readonly number[];
}

function computed(layer: LayerFunction, tile: Range, operands: readonly OperandValues[], sizes: (tensor: string) => readonly number[]): TileOutput[] {
  const sums = layer.outputs.map(({ tensor }) => ({
    values: new Map<number, Scalar>(),
    range: { low: sizes(tensor).map(() => Infinity), high: sizes(tensor).map(() => 0) },
    sizes: sizes(tensor),
  }));
  const at = new TilePoint(layer, operands);
  forEachPoint(tile, at.point, () => {
    at.move();
    for (let output = 0; output < sums.length; output++) {
      const term = layer.semantics.term(at, output);
      layer.outputs[output]!.access.forEach((flat) => add(layer, output, sums[output]!, flat, at.hasFault ? FAULT : term));
    }
  });
  return sums;
}

function add(layer: LayerFunction, output: number, sum: GrowingOutput, flat: number, term: Scalar): void {
  const before = sum.values.get(flat);
  sum.values.set(flat, before === undefined ? wrapped(layer, output, term) : joined(layer, output, before, term));
  if (before !== undefined) return;
  const { range, sizes } = sum;
  let rest = flat;
  for (let d = sizes.length - 1; d >= 0; d--) {
    range.low[d] = Math.min(range.low[d]!, rest % sizes[d]!);
    range.high[d] = Math.max(range.high[d]!, (rest % sizes[d]!) + 1);
    rest = Math.floor(rest / sizes[d]!);
  }
}

/** Two parts of one sum; what is no value stays none. */
export function joined(layer: LayerFunction, output: number, a: Scalar, b: Scalar): Scalar {
  if (!isValue(a) || !isValue(b)) return FAULT;
  return wrapped(layer, output, combined(layer.semantics.combine, a, b, layer.arithmetic));
}

function wrapped({ arithmetic, outputs }: LayerFunction, output: number, value: Scalar): Scalar {
  const partial = outputs[output]!.partial;
  if (value === FAULT || !arithmetic.isInteger || partial === undefined || (partial.kind !== 'int' && partial.kind !== 'uint')) return value;
  return wrap(value, partial);
}

/** Smallest coordinate, in each dimension, of what a tile needs of an operand. */
function cornerOf(layer: LayerFunction, tile: Range, { access, tensor }: FunctionOperand, sizes: (tensor: string) => readonly number[]): number[] {
  const dims = sizes(tensor);
  const low = dims.map(() => Infinity);
  const at = dims.map(() => 0);
  const point = layer.loops.map(() => 0);
  forEachPoint(tile, point, () => {
    access.moveTo(point);
    access.forEach((flat) => {
      unflatten(flat, dims, at);
      for (let d = 0; d < low.length; d++) low[d] = Math.min(low[d]!, at[d]!);
    });
  });
  return low.map((value) => (value === Infinity ? 0 : value));
}

function forEachPoint({ low, high }: Range, point: number[], visit: () => void): void {
  for (let l = 0; l < low.length; l++) {
    if (high[l]! <= low[l]!) return;
    point[l] = low[l]!;
  }
  for (;;) {
    visit();
    let l = low.length - 1;
    for (; l >= 0; l--) {
      if (++point[l]! < high[l]!) break;
      point[l] = low[l]!;
    }
    if (l < 0) return;
  }
}
