import type { Scalar } from './scalar.js';
import type { OperatorSemantics, PointValues } from './semantics.js';

/** Keeps a division by the spread of equal numbers finite, as the operators' own epsilon does. */
const EPSILON = 1e-5;

/** Of numbers that are needed whole: what becomes of one of them. */
type Normalisation = (values: readonly number[], own: number) => number;

const NORMALISATIONS: Readonly<Record<string, Normalisation>> = {
  softmax: (values, own) => Math.exp(values[own]! - most(values)) / exponentials(values),
  logsoftmax: (values, own) => values[own]! - most(values) - Math.log(exponentials(values)),
  hardmax: (values, own) => (values.indexOf(most(values)) === own ? 1 : 0),
  layernorm: standardised,
  instancenorm: standardised,
  groupnorm: standardised,
  meanvariancenormalization: standardised,
  rmsnorm: (values, own) => values[own]! / Math.sqrt(meanOf(values.map((value) => value * value)) + EPSILON),
  lpnormalization: (values, own) => values[own]! / Math.sqrt(values.reduce((sum, value) => sum + value * value, EPSILON)),
};

function standardised(values: readonly number[], own: number): number {
  const mean = meanOf(values);
  return (values[own]! - mean) / Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) + EPSILON);
}

const most = (values: readonly number[]): number => values.reduce((a, b) => (b > a ? b : a), -Infinity);
const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function exponentials(values: readonly number[]): number {
  const highest = most(values);
  return values.reduce((sum, value) => sum + Math.exp(value - highest), 0);
}

/** The element normalised, then times the first parameter and plus the second, where there are any. */
function semanticsOf(normalisation: Normalisation): OperatorSemantics {
  return {
    arithmetic: 'real',
    needsMaps: true,
    term: (point) => {
      const values = point.window(0).map(Number);
      const [scale, shift] = [parameter(point, 1, 1), parameter(point, 2, 0)];
      return normalisation(values, point.ownPlace(0)) * scale + shift;
    },
  };
}

function parameter(point: PointValues, operand: number, otherwise: number): number {
  return operand < point.names.length ? Number(point.value(operand)) : otherwise;
}

/** Largest first; of equal ones the first. */
function ranked(values: readonly Scalar[]): number[] {
  return values.map((_, index) => index).sort((a, b) => (values[a]! > values[b]! ? -1 : values[a]! < values[b]! ? 1 : a - b));
}

export const NORMALISED: ReadonlyMap<string, OperatorSemantics> = new Map<string, OperatorSemantics>([
  ...Object.entries(NORMALISATIONS).map(([name, normalisation]): [string, OperatorSemantics] => [name, semanticsOf(normalisation)]),
  [
    'cumsum',
    {
      needsMaps: true,
      term: (point) =>
        point
          .window(0)
          .slice(0, point.ownPlace(0) + 1)
          .reduce((a, b) => point.arithmetic.add(a, b), 0),
    },
  ],
  [
    'topk',
    {
      needsMaps: true,
      term: (point, output) => {
        const place = ranked(point.window(0))[point.ownPlace(0)] ?? 0;
        return output === 0 ? (point.window(0)[place] ?? 0) : place;
      },
    },
  ],
]);
