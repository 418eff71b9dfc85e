import { narrowed, type Scalar } from './scalar.js';

/** Functions of one real number, by operator. Parameters that files do not hand on have the defaults of ONNX. */
const REAL: Readonly<Record<string, (x: number) => number>> = {
  leakyrelu: (x) => (x < 0 ? 0.01 * x : x),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  celu: (x) => Math.max(0, x) + Math.min(0, Math.expm1(x)),
  thresholdedrelu: (x) => (x > 1 ? x : 0),
  sigmoid: (x) => sigmoid(x),
  hardsigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  hardswish: (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
  tanh: Math.tanh,
  softplus: (x) => (x > 30 ? x : Math.log1p(Math.exp(x))),
  softsign: (x) => x / (1 + Math.abs(x)),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  gelu: (x) => gelu(x),
  fastgelu: (x) => gelu(x),
  quickgelu: (x) => x * sigmoid(1.702 * x),
  silu: (x) => x * sigmoid(x),
  swish: (x) => x * sigmoid(x),
  erf: (x) => errorFunction(x),
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  reciprocal: (x) => 1 / x,
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => (x % 1 === 0.5 || x % 1 === -0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  shrink: (x) => (Math.abs(x) <= 0.5 ? 0 : x),
};

/** Functions that leave integers what they are. */
const EXACT: Readonly<Record<string, (x: Scalar) => Scalar>> = {
  relu: (x) => (x > 0 ? x : 0),
  relu6: (x) => (x > 0 ? (x > 6 ? 6 : x) : 0),
  clip: (x) => (x > 0 ? (x > 6 ? 6 : x) : 0),
  abs: (x) => (x < 0 ? negated(x) : x),
  neg: negated,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  not: (x) => (x ? 0 : 1),
  isnan: (x) => (Number.isNaN(Number(x)) ? 1 : 0),
  isinf: (x) => (Math.abs(Number(x)) === Infinity ? 1 : 0),
  cast: (x) => x,
  castlike: (x) => x,
  identity: (x) => x,
  bitwisenot: (x) => narrowed(~BigInt(x)),
};

export const REAL_FUNCTIONS: ReadonlyMap<string, (x: number) => number> = new Map(Object.entries(REAL));
export const EXACT_FUNCTIONS: ReadonlyMap<string, (x: Scalar) => Scalar> = new Map(Object.entries(EXACT));

function negated(x: Scalar): Scalar {
  return typeof x === 'bigint' ? narrowed(-x) : x === 0 ? 0 : -x;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The approximation with tanh (Hendrycks and Gimpel, 2016). */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** Abramowitz and Stegun 7.1.26, to 1.5e-7. */
function errorFunction(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

type Pair = (a: Scalar, b: Scalar) => Scalar;

const asInteger =
  (f: (a: bigint, b: bigint) => bigint): Pair =>
  (a, b) =>
    narrowed(f(BigInt(Math.trunc(Number(a))), BigInt(Math.trunc(Number(b)))));
const truth = (holds: boolean): number => (holds ? 1 : 0);

/** Functions of two numbers besides sum and product; from left to right where there are more operands. */
export const PAIR_FUNCTIONS: ReadonlyMap<string, Pair> = new Map<string, Pair>([
  ['min', (a, b) => (b < a ? b : a)],
  ['max', (a, b) => (b > a ? b : a)],
  ['pow', (a, b) => Number(a) ** Number(b)],
  ['mod', (a, b) => (Number(b) === 0 ? 0 : Number(a) - Math.floor(Number(a) / Number(b)) * Number(b))],
  ['bitwiseand', asInteger((a, b) => a & b)],
  ['bitwiseor', asInteger((a, b) => a | b)],
  ['bitwisexor', asInteger((a, b) => a ^ b)],
  ['equal', (a, b) => truth(a === b)],
  ['greater', (a, b) => truth(a > b)],
  ['greaterorequal', (a, b) => truth(a >= b)],
  ['less', (a, b) => truth(a < b)],
  ['lessorequal', (a, b) => truth(a <= b)],
  ['and', (a, b) => truth(Boolean(a) && Boolean(b))],
  ['or', (a, b) => truth(Boolean(a) || Boolean(b))],
  ['xor', (a, b) => truth(Boolean(a) !== Boolean(b))],
]);
