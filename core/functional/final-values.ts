import type { NumberFormat } from '../workload/number-format.js';
import type { Sizes } from '../workload/box.js';
import { toFormat } from './formats.js';
import type { LayerFunction } from './layer-function.js';
import { stridesOf, sizesOf, unflatten, volumeOfSizes } from './layout.js';
import { FAULT, isValue, type Scalar } from './scalar.js';
import type { PointValues } from './semantics.js';

/** An element-wise layer that is carried out when its input is read: it was folded into the layer before. */
export interface FoldedLayer {
  readonly layer: LayerFunction;
  /** Number, among the layer's inputs, of what flows through it. */
  readonly activation: number;
  readonly format: NumberFormat;
  /** Values of its other inputs (constants), by their number. */
  readonly parameters: ReadonlyMap<number, readonly Scalar[]>;
  /** Number of the point (row-major in the loops), and element of the activation, behind each element of the output. */
  readonly points: Int32Array;
  readonly sources: Int32Array;
}

/** What becomes of the accumulated values of one tensor when somebody reads them. */
export interface FinalStep {
  readonly layer: LayerFunction;
  /** Number among the layer's outputs. */
  readonly output: number;
  /** Of what the layer itself writes: that of the tensor, or of one that was folded away. */
  readonly format: NumberFormat;
  readonly folded: readonly FoldedLayer[];
  /** From an element of the tensor as the schedule lays it out to one as the workload does; undefined when they are the same. */
  readonly order: Int32Array | undefined;
}

/** Turns the sums that places hold into the values that readers see. */
export class FinalValues {
  constructor(private readonly steps: ReadonlyMap<string, FinalStep>) {}

  stepOf(tensor: string): FinalStep | undefined {
    return this.steps.get(tensor);
  }

  /** @param flat position in the tensor of the schedule */
  of(tensor: string, flat: number, raw: Scalar): Scalar {
    const step = this.steps.get(tensor);
    if (!isValue(raw) || flat < 0) return FAULT;
    if (step === undefined) return raw;
    const { layer, output, format, folded } = step;
    const facts = { pointsPerOutput: layer.pointsPerOutput, attributes: layer.attributes };
    const finished = layer.semantics.finish?.(raw, facts, output) ?? raw;
    let value = toFormat(finished, format, !layer.arithmetic.isInteger);
    if (folded.length === 0) return value;
    const elements = this.wayOf(step, flat);
    for (let i = 0; i < folded.length; i++) value = foldedValue(folded[i]!, elements[i + 1]!, value);
    return value;
  }

  /** The element that the layer itself wrote, before anything was folded into it. */
  originOf(tensor: string, flat: number): number {
    const step = this.steps.get(tensor);
    return step === undefined ? flat : this.wayOf(step, flat)[0]!;
  }

  /** The element of each tensor on the way, from what the layer wrote to the tensor itself. */
  private wayOf({ folded, order }: FinalStep, flat: number): number[] {
    const way = [order === undefined ? flat : order[flat]!];
    for (let i = folded.length - 1; i >= 0; i--) way.unshift(folded[i]!.sources[way[0]!]!);
    return way;
  }
}

function foldedValue(folded: FoldedLayer, element: number, value: Scalar): Scalar {
  const { layer, format } = folded;
  const term = layer.semantics.term(new FoldedPoint(folded, folded.points[element]!, value), 0);
  const facts = { pointsPerOutput: layer.pointsPerOutput, attributes: layer.attributes };
  return toFormat(layer.semantics.finish?.(term, facts, 0) ?? term, format, !layer.arithmetic.isInteger);
}

/** One point of a folded layer: its activation is at hand, its parameters are constants. */
class FoldedPoint implements PointValues {
  readonly names: readonly string[];
  readonly isFirst = true;
  private readonly point: number[];

  constructor(
    private readonly folded: FoldedLayer,
    point: number,
    private readonly activation: Scalar,
  ) {
    const { layer } = folded;
    this.names = layer.inputs.map(({ name }) => name);
    this.point = layer.loops.map(() => 0);
    unflatten(point, layer.sizes, this.point);
    for (const { access } of layer.inputs) access.moveTo(this.point);
    for (const { access } of layer.outputs) access.moveTo(this.point);
  }

  get arithmetic(): LayerFunction['arithmetic'] {
    return this.folded.layer.arithmetic;
  }

  get attributes(): LayerFunction['attributes'] {
    return this.folded.layer.attributes;
  }

  get loops(): readonly string[] {
    return this.folded.layer.loops;
  }

  value(operand: number): Scalar {
    return this.window(operand)[0] ?? 0;
  }

  isInside(operand: number): boolean {
    return this.folded.layer.inputs[operand]!.access.flat >= 0;
  }

  window(operand: number): readonly Scalar[] {
    if (operand === this.folded.activation) return [this.activation];
    const values: Scalar[] = [];
    this.folded.layer.inputs[operand]!.access.forEach((flat) => values.push(this.folded.parameters.get(operand)![flat]!));
    return values;
  }

  ownPlace(): number {
    return 0;
  }

  at(loop: number): number {
    return this.point[loop]!;
  }
}

/** Points and sources of a layer that treats each element alone, by element of its output. */
export function elementsOf(layer: LayerFunction, activation: number, elements: number): Pick<FoldedLayer, 'points' | 'sources'> {
  const points = new Int32Array(elements).fill(-1);
  const sources = new Int32Array(elements).fill(-1);
  const at = layer.loops.map(() => 0);
  const count = layer.sizes.reduce((product, size) => product * size, 1);
  for (let point = 0; point < count; point++) {
    unflatten(point, layer.sizes, at);
    const [output, input] = [layer.outputs[0]!.access, layer.inputs[activation]!.access];
    output.moveTo(at);
    input.moveTo(at);
    if (output.flat < 0) continue;
    points[output.flat] = point;
    sources[output.flat] = input.flat;
  }
  return { points, sources };
}

/** From the order of dimensions in the one to that in the other; undefined when they are laid out alike. */
export function orderOf(from: Sizes, to: Sizes): Int32Array | undefined {
  const names = Object.keys(from);
  if (Object.keys(to).every((name, d) => name === names[d])) return undefined;
  const sizes = sizesOf(from);
  const strides = stridesOf(to);
  const at = names.map(() => 0);
  return Int32Array.from({ length: volumeOfSizes(from) }, (_, flat) => {
    unflatten(flat, sizes, at);
    return names.reduce((sum, name, d) => sum + at[d]! * (strides[name] ?? 0), 0);
  });
}
