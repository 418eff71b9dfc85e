import type { Layer, Plan, Tensor } from '../schedule-text.js';
import { add, hash, multiply } from './arithmetic.js';
import { elementsOf, sizesOf } from './boxes.js';
import { isProduct, pointFunction, type PointFunction } from './operators.js';

/** A dimension's position as a sum of loops; `isWhole` covers all of it at every point. */
interface Position {
  readonly isWhole: boolean;
  readonly offset: number;
  /** Coefficient by number of the loop. */
  readonly coefficients: readonly number[];
}

export interface OperandMath {
  readonly name: string;
  readonly tensor: string;
  readonly isOutput: boolean;
  readonly sizes: readonly number[];
  readonly positions: readonly Position[];
}

/** A layer as sums over the points of its loops. */
export interface LayerMath {
  readonly name: string;
  readonly operator: string;
  readonly loops: readonly string[];
  readonly sizes: readonly number[];
  readonly inputs: readonly OperandMath[];
  readonly output: OperandMath;
  readonly point: PointFunction;
}

/** Loops of the standard map of a product, in the order in which they lie in rows, columns and sum. */
const ROWS = ['G', 'B', 'OZ', 'OY', 'OX'];
const SUMMED = ['C', 'FZ', 'FY', 'FX'];

export function layerMath(name: string, plan: Plan, operatorName?: string): LayerMath {
  const layer = plan.layers[name]!;
  const operator = operatorName ?? layer.operator;
  const loops = Object.keys(layer.loops);
  const operands = layer.operands === undefined ? standardOperands(name, layer, plan) : statedOperands(layer, plan.tensors, loops);
  const output = operands.find(({ isOutput }) => isOutput);
  if (output === undefined) throw new Error(`layer ${name} has no output`);
  return {
    name,
    operator,
    loops,
    sizes: Object.values(layer.loops),
    inputs: operands.filter(({ isOutput }) => !isOutput),
    output,
    point: pointFunction(operator),
  };
}

function statedOperands(layer: Layer, tensors: Record<string, Tensor>, loops: readonly string[]): OperandMath[] {
  return Object.entries(layer.operands!).map(([name, { tensor, role, index }]) => {
    const dims = tensors[tensor]!.dims;
    const positions = Object.keys(dims).map((dim) => positionOf(index[dim] ?? '*', loops));
    return { name, tensor, isOutput: role === 'output', sizes: Object.values(dims), positions };
  });
}

/** Without stated operands the generator remembers which tensors it meant; they have two dimensions each. */
function standardOperands(name: string, layer: Layer, plan: Plan): OperandMath[] {
  const loops = Object.keys(layer.loops);
  const [row] = loops.filter((loop) => ROWS.includes(loop));
  const [summed] = loops.filter((loop) => SUMMED.includes(loop));
  const at = (loop: string | undefined): Position => positionOf(loop ?? '0', loops);
  const make = (operand: string, first: string | undefined, second: string | undefined): OperandMath => {
    const tensor = plan.standard[name]![operand]!;
    return { name: operand, tensor, isOutput: operand === 'O', sizes: sizesOf(plan.tensors[tensor]!), positions: [at(first), at(second)] };
  };
  return [make('I', row, summed), make('W', 'K', summed), make('O', row, 'K')];
}

function positionOf(text: string, loops: readonly string[]): Position {
  if (text === '*') return { isWhole: true, offset: 0, coefficients: loops.map(() => 0) };
  const coefficients = loops.map(() => 0);
  let offset = 0;
  for (const [, sign, factor, word] of text.matchAll(/([+-])?\s*(?:(\d+)\s*\*\s*)?([A-Za-z]\w*|\d+)/g)) {
    const value = (sign === '-' ? -1 : 1) * Number(factor ?? 1);
    if (/^\d/.test(word!)) offset += value * Number(word);
    else coefficients[loops.indexOf(word!)]! += value;
  }
  return { isWhole: false, offset, coefficients };
}

/** The element of an operand that one point touches; -1 where it lies in the padding. Of whole dimensions: the first. */
export function elementAt({ positions, sizes }: OperandMath, point: readonly number[]): number {
  let found = 0;
  for (let d = 0; d < sizes.length; d++) {
    const { isWhole, offset, coefficients } = positions[d]!;
    const size = sizes[d]!;
    let at = offset;
    if (!isWhole) for (let l = 0; l < coefficients.length; l++) at += coefficients[l]! * point[l]!;
    if (at < 0 || at >= size) return -1;
    found = found * size + at;
  }
  return found;
}

/** All elements that one point touches, row-major. */
function elementsAt({ positions, sizes }: OperandMath, point: readonly number[]): number[] {
  let found = [0];
  for (let d = 0; d < sizes.length; d++) {
    const { isWhole, offset, coefficients } = positions[d]!;
    const size = sizes[d]!;
    if (isWhole) {
      found = found.flatMap((base) => Array.from({ length: size }, (_, i) => base * size + i));
      continue;
    }
    let at = offset;
    for (let l = 0; l < coefficients.length; l++) at += coefficients[l]! * point[l]!;
    if (at < 0 || at >= size) return [];
    for (let i = 0; i < found.length; i++) found[i] = found[i]! * size + at;
  }
  return found;
}

/**
 * Sums of a tile by element of the output.
 * @param fetch value of an element of an input
 */
export function computeTile(
  math: LayerMath,
  low: readonly number[],
  high: readonly number[],
  fetch: (operand: OperandMath, element: number) => number,
): Map<number, number> {
  const sums = new Map<number, number>();
  const values = math.inputs.map(() => 0);
  const isSum = isProduct(math.operator);
  const isWhole = math.inputs.map(({ positions }) => positions.some((position) => position.isWhole));
  forEachPoint(low, high, (point) => {
    const target = elementAt(math.output, point);
    if (target < 0) return;
    let inPadding = 0;
    for (let place = 0; place < math.inputs.length; place++) {
      const input = math.inputs[place]!;
      const element = elementAt(input, point);
      if (element < 0) {
        inPadding++;
        values[place] = 0;
      } else if (isWhole[place] === true) {
        values[place] = elementsAt(input, point).reduce((sum, each) => add(sum, multiply(fetch(input, each), hash(each))), 0);
      } else values[place] = fetch(input, element);
    }
    // A product with padding is nothing, and so is a point of a window that lies outside.
    const isNothing = inPadding > 0 && (isSum || inPadding === values.length);
    sums.set(target, add(sums.get(target) ?? 0, isNothing ? 0 : math.point(values)));
  });
  return sums;
}

function forEachPoint(low: readonly number[], high: readonly number[], visit: (point: readonly number[]) => void): void {
  const point = [...low];
  if (low.some((from, l) => from >= high[l]!)) return;
  for (;;) {
    visit(point);
    let l = point.length - 1;
    for (; l >= 0; l--) {
      if (++point[l]! < high[l]!) break;
      point[l] = low[l]!;
    }
    if (l < 0) return;
  }
}

/** Data of a tensor that is there from the start. */
export function initialValue(tensorNumber: number, element: number): number {
  return hash(17, tensorNumber, element);
}

/** What every tensor holds when each layer has been computed whole, one after the other; absent: no layer writes it. */
export function reference(plan: Plan): Map<string, Float64Array> {
  const values = new Map<string, Float64Array>();
  Object.entries(plan.tensors).forEach(([name, tensor], number) => {
    if (tensor.role === 'input' || tensor.role === 'constant')
      values.set(
        name,
        Float64Array.from({ length: elementsOf(sizesOf(tensor)) }, (_, element) => initialValue(number, element)),
      );
  });
  for (const name of Object.keys(plan.layers)) {
    const math = layerMath(name, plan);
    const sums = computeTile(
      math,
      math.sizes.map(() => 0),
      math.sizes,
      (operand, element) => values.get(operand.tensor)![element]!,
    );
    const out = values.get(math.output.tensor) ?? new Float64Array(elementsOf(math.output.sizes));
    for (const [element, value] of sums) out[element] = value;
    values.set(math.output.tensor, out);
  }
  return values;
}
