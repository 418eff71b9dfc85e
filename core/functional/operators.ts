import { isMatrixOperator } from '../workload/loop-class.js';
import { operatorName } from '../workload/operator-name.js';
import { fingerprintOf } from './fingerprint.js';
import { NORMALISED } from './normalised.js';
import { type Scalar } from './scalar.js';
import { EXACT_FUNCTIONS, PAIR_FUNCTIONS, REAL_FUNCTIONS } from './scalar-functions.js';
import type { OperatorSemantics, PointValues } from './semantics.js';

/** What an operator means, and whether that is only a stand-in. */
export interface Meaning {
  readonly semantics: OperatorSemantics;
  readonly isFingerprint: boolean;
}

/** Meanings by operator: those of plugins before those that come along. */
export class Meanings {
  private readonly known = new Map<string, Meaning>();

  constructor(private readonly registered: ReadonlyMap<string, OperatorSemantics> = new Map()) {}

  of(operator: string | undefined): Meaning {
    const name = operatorName(operator);
    let meaning = this.known.get(name);
    if (meaning === undefined) {
      const semantics = this.registered.get(name) ?? builtIn(name);
      meaning = semantics === undefined ? { semantics: fingerprintOf(name), isFingerprint: true } : { semantics, isFingerprint: false };
      this.known.set(name, meaning);
    }
    return meaning;
  }
}

const RECURRENT = new Set(['lstm', 'gru', 'rnn']);

function builtIn(name: string): OperatorSemantics | undefined {
  if (name === 'convtranspose') return TRANSPOSED;
  if (isMatrixOperator(name) && !RECURRENT.has(name)) return PRODUCT;
  const real = REAL_FUNCTIONS.get(name);
  if (real !== undefined) return { arithmetic: 'real', term: (point) => real(Number(sumOf(point))) };
  const exact = EXACT_FUNCTIONS.get(name);
  if (exact !== undefined) return { term: (point) => exact(point.value(0)) };
  const pair = PAIR_FUNCTIONS.get(name);
  if (pair !== undefined) return { term: (point) => foldOf(point, pair) };
  return OTHERS.get(name) ?? NORMALISED.get(name);
}

/** The product of all operands but the bias, which is added once. */
const PRODUCT: OperatorSemantics = { term: (point) => productOf(point, (operand) => point.value(operand)) };

function productOf(point: PointValues, valueOf: (operand: number) => Scalar): Scalar {
  const { names, arithmetic } = point;
  let product: Scalar = 1;
  let bias: Scalar = 0;
  for (let operand = 0; operand < names.length; operand++) {
    if (names[operand] !== 'bias') product = arithmetic.multiply(product, valueOf(operand));
    else if (point.isFirst) bias = point.value(operand);
  }
  return arithmetic.add(product, bias);
}

/**
 * As a product. Where a point of a transposed convolution may meet one of several kernel taps, it is the one whose distance from the output
 * position the stride divides: see `padsBegin` and `strides` of the layer.
 */
const TRANSPOSED: OperatorSemantics = {
  term: (point) => {
    if (!point.isInside(0)) return productOf(point, (operand) => (operand === 0 ? 0 : point.value(operand)));
    return productOf(point, (operand) => (operand === 1 ? tapOf(point) : point.value(operand)));
  },
};

function tapOf(point: PointValues): Scalar {
  const taps = point.window(1);
  const { strides = [], padsBegin = [], kernel = [] } = point.attributes as Record<string, readonly number[]>;
  const places = ['OZ', 'OY', 'OX'].flatMap((name) => point.loops.indexOf(name)).filter((loop) => loop >= 0);
  const kernels = ['FZ', 'FY', 'FX'].flatMap((name) => point.loops.indexOf(name)).filter((loop) => loop >= 0);
  let index = 0;
  for (let d = 0; d < strides.length; d++) {
    const stride = strides[d]!;
    const tap = (((point.at(places[d] ?? 0) + (padsBegin[d] ?? 0)) % stride) + stride) % stride;
    const loop = kernels[d];
    const first = loop === undefined ? 0 : stride * point.at(loop);
    // The window ends where the kernel does.
    const size = Math.min(stride, (kernel[d] ?? stride) - first);
    if (tap >= size) return 0;
    index = index * size + tap;
  }
  return taps[index] ?? 0;
}

function foldOf(point: PointValues, pair: (a: Scalar, b: Scalar) => Scalar): Scalar {
  let result = point.value(0);
  for (let operand = 1; operand < point.names.length; operand++) result = pair(result, point.value(operand));
  return result;
}

function sumOf(point: PointValues): Scalar {
  return foldOf(point, (a, b) => point.arithmetic.add(a, b));
}

const SUM: OperatorSemantics = { term: sumOf };
const MULTIPLICATION: OperatorSemantics = { term: (point) => foldOf(point, (a, b) => point.arithmetic.multiply(a, b)) };
/** What lies at the point; of several inputs the one that reaches there, 0 where none does (padding). */
const COPY: OperatorSemantics = {
  needsOneElement: true,
  term: (point) => {
    for (let operand = 0; operand < point.names.length; operand++) if (point.isInside(operand)) return point.value(operand);
    return 0;
  },
};
const PLAIN: OperatorSemantics = { term: (point) => point.value(0) };
const MEAN: OperatorSemantics = { ...PLAIN, arithmetic: 'real', finish: (sum, { pointsPerOutput }) => Number(sum) / pointsPerOutput };
/** Padding is no candidate. */
const LARGEST: OperatorSemantics = { combine: 'max', term: (point) => (point.isInside(0) ? point.value(0) : -Infinity) };
const SMALLEST: OperatorSemantics = { combine: 'min', term: (point) => (point.isInside(0) ? point.value(0) : Infinity) };
const real = (term: (value: number) => number, finish?: (sum: number) => number): OperatorSemantics => ({
  arithmetic: 'real',
  term: (point) => term(Number(point.value(0))),
  ...(finish === undefined ? {} : { finish: (sum) => finish(Number(sum)) }),
});

/** Places of arguments are found by the largest of value and place in one integer: the bits of a double in their order, then the place. */
const PLACES = 2n ** 32n;
const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** An integer that is larger for a larger number. */
function rankOf(value: number): bigint {
  double[0] = value + 0;
  return bits[0]! < 0n ? BigInt.asIntN(64, ~bits[0]! ^ (1n << 63n)) : bits[0]!;
}

const argument = (sign: 1 | -1): OperatorSemantics => ({
  arithmetic: 'integer',
  combine: 'max',
  term: (point) => rankOf(sign * Number(point.value(0))) * PLACES + (PLACES - 1n - BigInt(placeInSum(point))),
  finish: (found) => Number(PLACES - 1n - BigInt.asUintN(32, BigInt(found))),
});

/** Number of the point among those of its sum, by the loops that a reduction is over. */
function placeInSum(point: PointValues): number {
  let place = 0;
  for (let loop = 0; loop < point.loops.length; loop++) if (/^(F[XYZ]|R.*|C)$/.test(point.loops[loop]!)) place += point.at(loop);
  return place;
}

function scaledAndShifted(point: PointValues): number {
  const [x = 0, scale = 1, shift = 0, mean = 0, variance = 1] = point.names.map((_, operand) => Number(point.value(operand)));
  return ((x - mean) / Math.sqrt(Math.abs(variance) + 1e-5)) * scale + shift;
}

const COPYING = 'copy transpose concat qlinearconcat slice split pad expand gather reshape flatten squeeze unsqueeze resize upsample';

const OTHERS: ReadonlyMap<string, OperatorSemantics> = new Map<string, OperatorSemantics>([
  ...['add', 'sum', 'bias'].map((name): [string, OperatorSemantics] => [name, SUM]),
  ['sub', { term: (point) => foldOf(point, (a, b) => point.arithmetic.add(a, point.arithmetic.multiply(-1, b))) }],
  ['mul', MULTIPLICATION],
  ['scale', MULTIPLICATION],
  ['div', { arithmetic: 'real', term: (point) => foldOf(point, (a, b) => Number(a) / Number(b)) }],
  ['mean', { arithmetic: 'real', term: (point) => Number(sumOf(point)) / point.names.length }],
  ['where', { term: (point) => (point.value(0) ? point.value(1) : point.value(2)) }],
  ['prelu', { arithmetic: 'real', term: (point) => (point.value(0) < 0 ? Number(point.value(0)) * Number(point.value(1)) : point.value(0)) }],
  ['biasgelu', { arithmetic: 'real', term: (point) => REAL_FUNCTIONS.get('gelu')!(Number(sumOf(point))) }],
  ['batchnorm', { arithmetic: 'real', term: scaledAndShifted }],
  ['batchnormalization', { arithmetic: 'real', term: scaledAndShifted }],
  ...['quantize', 'quantizelinear', 'requantize', 'dequantize', 'dequantizelinear'].map((name): [string, OperatorSemantics] => [
    name,
    { ...PLAIN, arithmetic: 'real' },
  ]),
  ...COPYING.split(' ').map((name): [string, OperatorSemantics] => [name, COPY]),
  ...['maxpool', 'globalmaxpool', 'reducemax'].map((name): [string, OperatorSemantics] => [name, LARGEST]),
  ['reducemin', SMALLEST],
  ...['averagepool', 'avgpool', 'globalaveragepool', 'qlinearaveragepool', 'reducemean'].map((name): [string, OperatorSemantics] => [name, MEAN]),
  ['reducesum', PLAIN],
  ['reduceprod', { ...PLAIN, combine: 'product' }],
  ['reducesumsquare', { term: (point) => point.arithmetic.multiply(point.value(0), point.value(0)) }],
  ['reducel1', real(Math.abs)],
  ['reducel2', real((x) => x * x, Math.sqrt)],
  ['reducelogsum', real((x) => x, Math.log)],
  ['reducelogsumexp', real(Math.exp, Math.log)],
  ['lppool', real((x) => x * x, Math.sqrt)],
  ['argmax', argument(1)],
  ['argmin', argument(-1)],
]);
