import type { Sizes } from '../workload/box.js';
import type { LayerClass } from '../workload/layer.js';
import type { NumberFormat } from '../workload/number-format.js';
import type { OperandMap } from '../workload/operand-map.js';
import { fingerprintOf } from './fingerprint.js';
import { isIntegerFormat, toFormat, wrap } from './formats.js';
import type { Meanings } from './operators.js';
import { Located, type ReferenceOperand } from './reference-operand.js';
import { INTEGERS, REALS, type Arithmetic, type Scalar } from './scalar.js';
import { combined, type OperatorSemantics, type PointValues } from './semantics.js';
import { seededValues } from './seeds.js';

export interface ReferenceLayer {
  readonly name: string;
  readonly operator: string;
  readonly class?: LayerClass;
  readonly loops: Sizes;
  readonly operands: readonly ReferenceOperand[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

export interface ReferenceTensor {
  readonly dims: Sizes;
  readonly format: NumberFormat;
}

/** A tensor's contents: what readers see, and the sums behind that. */
export interface Contents {
  readonly values: Scalar[];
  readonly sums: Scalar[];
}

/**
 * The layers computed plainly, one after the other, each as a whole: no tiles, no places, no addresses. Of the tiles' way it shares what
 * operators do to single values, and nothing that finds them.
 */
export class Reference {
  private readonly contents = new Map<string, Contents>();
  private readonly computed = new Set<string>();

  constructor(
    private readonly tensors: Readonly<Record<string, ReferenceTensor>>,
    private readonly meanings: Meanings,
  ) {}

  /** What a tensor holds: what was computed, else the values that every input and constant has. */
  of(tensor: string): Contents {
    let contents = this.contents.get(tensor);
    if (contents === undefined) {
      const { dims, format } = this.tensors[tensor]!;
      const values = seededValues(tensor, volume(dims), format);
      this.contents.set(tensor, (contents = { values, sums: values }));
    }
    return contents;
  }

  /** Whether a layer has computed the tensor. */
  isComputed(tensor: string): boolean {
    return this.computed.has(tensor);
  }

  compute(layer: ReferenceLayer): void {
    const inputs = layer.operands.filter(({ role }) => role !== 'output').map((operand) => this.operand(layer, operand));
    const outputs = layer.operands.filter(({ role }) => role === 'output').map((operand) => this.operand(layer, operand));
    const semantics = this.semanticsOf(layer, inputs);
    const isInteger = inputs.every(({ operand }) => isIntegerFormat(this.tensors[operand.tensor]!.format));
    const arithmetic = semantics.arithmetic === 'integer' || (semantics.arithmetic === undefined && isInteger) ? INTEGERS : REALS;
    const point = new WholePoint(layer, inputs, outputs, arithmetic);
    const sums = outputs.map(() => new Map<number, Scalar>());
    point.forAll(() => {
      outputs.forEach((output, index) => {
        const term = semantics.term(point, index);
        const sum = (element: number): void => accumulate(sums[index]!, element, term, semantics, arithmetic, output.operand);
        if (output.hasWindow) output.elements(point.position).forEach(sum);
        else if (output.element(point.position) >= 0) sum(output.element(point.position));
      });
    });
    outputs.forEach(({ operand }, index) => this.keep(layer, operand, index, sums[index]!, semantics, arithmetic, point.pointsPerOutput));
  }

  private semanticsOf(layer: ReferenceLayer, inputs: readonly Located[]): OperatorSemantics {
    const { semantics } = this.meanings.of(layer.class === 'view' ? 'copy' : layer.operator);
    return semantics.needsOneElement === true && inputs.some(({ hasWindow }) => hasWindow) ? fingerprintOf(layer.operator) : semantics;
  }

  private operand(layer: ReferenceLayer, operand: ReferenceOperand): Located {
    return new Located(layer.loops, operand, this.tensors[operand.tensor]!.dims, operand.role === 'output' ? [] : this.of(operand.tensor).values);
  }

  private keep(
    layer: ReferenceLayer,
    { tensor }: ReferenceOperand,
    output: number,
    found: ReadonlyMap<number, Scalar>,
    semantics: OperatorSemantics,
    arithmetic: Arithmetic,
    pointsPerOutput: number,
  ): void {
    const { dims, format } = this.tensors[tensor]!;
    const sums = Array.from({ length: volume(dims) }, (_, element) => found.get(element) ?? 0);
    const facts = { pointsPerOutput, attributes: layer.attributes };
    const values = sums.map((sum) => toFormat(semantics.finish?.(sum, facts, output) ?? sum, format, !arithmetic.isInteger));
    this.contents.set(tensor, { sums, values });
    this.computed.add(tensor);
  }
}

function accumulate(
  sums: Map<number, Scalar>,
  element: number,
  term: Scalar,
  semantics: OperatorSemantics,
  arithmetic: Arithmetic,
  operand: ReferenceOperand,
): void {
  const before = sums.get(element);
  const sum = before === undefined ? term : combined(semantics.combine, before, term, arithmetic);
  const partial = operand.partialFormat;
  sums.set(element, arithmetic.isInteger && (partial?.kind === 'int' || partial?.kind === 'uint') ? wrap(sum, partial) : sum);
}

function volume(dims: Sizes): number {
  return Object.values(dims).reduce((product, size) => product * size, 1);
}

class WholePoint implements PointValues {
  readonly names: readonly string[];
  readonly loops: readonly string[];
  readonly attributes: ReferenceLayer['attributes'];
  readonly pointsPerOutput: number;
  position: number[];
  isFirst = false;
  private readonly summed: readonly number[];
  private readonly sizes: readonly number[];
  private readonly found: (readonly Scalar[] | undefined)[];

  constructor(
    layer: ReferenceLayer,
    private readonly inputs: readonly Located[],
    private readonly outputs: readonly Located[],
    readonly arithmetic: Arithmetic,
  ) {
    this.names = inputs.map(({ operand }) => operand.name);
    this.loops = Object.keys(layer.loops);
    this.sizes = Object.values(layer.loops);
    this.attributes = layer.attributes;
    this.position = this.loops.map(() => 0);
    this.found = inputs.map(() => undefined);
    this.summed = this.loops.flatMap((loop, l) => (layer.operands.some(({ role, map }) => role === 'output' && speaksOf(map, loop)) ? [] : [l]));
    this.pointsPerOutput = this.summed.reduce((product, l) => product * this.sizes[l]!, 1);
  }

  forAll(visit: () => void): void {
    const walk = (l: number): void => {
      if (l === this.sizes.length) {
        this.found.fill(undefined);
        this.isFirst = this.summed.every((loop) => this.position[loop] === 0);
        visit();
        return;
      }
      for (let at = 0; at < this.sizes[l]!; at++) {
        this.position[l] = at;
        walk(l + 1);
      }
    };
    walk(0);
  }

  value(operand: number): Scalar {
    const input = this.inputs[operand]!;
    if (input.hasWindow) return this.window(operand)[0] ?? 0;
    const element = input.element(this.position);
    return element < 0 ? 0 : input.values[element]!;
  }

  isInside(operand: number): boolean {
    const input = this.inputs[operand]!;
    return input.hasWindow ? this.window(operand).length > 0 : input.element(this.position) >= 0;
  }

  window(operand: number): readonly Scalar[] {
    const input = this.inputs[operand]!;
    return (this.found[operand] ??= input.elements(this.position).map((element) => input.values[element]!));
  }

  ownPlace(operand: number): number {
    const own = new Map(this.outputs[0]!.intervals(this.position).map(({ dim, from }) => [dim, from]));
    const input = this.inputs[operand]!;
    let place = 0;
    for (const { dim, from, size } of input.intervals(this.position)) {
      const [low, high] = [Math.max(0, from), Math.min(input.sizeOf(dim), from + size)];
      place = place * (high - low) + (size === 1 ? 0 : (own.get(dim) ?? low) - low);
    }
    return place;
  }

  at(loop: number): number {
    return this.position[loop]!;
  }
}

function speaksOf(map: OperandMap, loop: string): boolean {
  const first = map.kind === 'chain' ? map.steps[0]!.map : map;
  return first.kind === 'index' ? first.expressions.some(({ terms }) => terms.some((term) => term.loop === loop)) : true;
}
