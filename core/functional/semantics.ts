import { extensionPoint } from '../model/extension-point.js';
import type { Arithmetic, Scalar } from './scalar.js';

/**
 * One point of a layer's loops, as an operator's meaning sees it. Operands are those that are read, by number in the layer's order. Where an
 * operand lies in several elements at one point (a softmax's whole axis), they come in the order of its map's dimensions, the last fastest.
 */
export interface PointValues {
  readonly names: readonly string[];
  readonly arithmetic: Arithmetic;
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
  /** The operand's element (the first, of several); 0 in the padding outside of the tensor. */
  value(operand: number): Scalar;
  /** Whether the operand's (first) element lies in its tensor. */
  isInside(operand: number): boolean;
  /** All elements of the operand at this point, those outside of the tensor left out. */
  window(operand: number): readonly Scalar[];
  /** Which of the elements in `window` lies where the first output does (its own element in a normalised axis). */
  ownPlace(operand: number): number;
  /** Position in a loop, by number. */
  at(loop: number): number;
  readonly loops: readonly string[];
  /** True at the first of the points that are summed into one output. */
  readonly isFirst: boolean;
}

/** What is known of a whole layer when its sums are complete. */
export interface LayerFacts {
  /** Points that come together in one output. */
  readonly pointsPerOutput: number;
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

/**
 * What an operator computes: what each point of its loops contributes to an output, how contributions come together (in any order and any
 * tiles), and what becomes of them when all are there. Plugins of kind `extension` register more at `functional.operator`, by the
 * operator's name in lower-case letters and digits.
 */
export interface OperatorSemantics {
  /** @param output number among the layer's outputs */
  term(point: PointValues, output: number): Scalar;
  /** `sum` when absent. */
  readonly combine?: 'sum' | 'max' | 'min' | 'product';
  /** Applied once, when the value is read. */
  finish?(accumulated: Scalar, layer: LayerFacts, output: number): Scalar;
  /** Means something only where each operand is one element at each point: a copy, but not of unknown rows. */
  readonly needsOneElement?: boolean;
  /** An output needs more than one element of an input, along axes that only the operands' maps tell. */
  readonly needsMaps?: boolean;
  /** What it computes with, whatever the formats of its operands are; absent: integers when all of them are. */
  readonly arithmetic?: 'integer' | 'real';
}

export const operatorSemantics = extensionPoint<OperatorSemantics>('functional.operator');

export function combined(how: OperatorSemantics['combine'], a: Scalar, b: Scalar, arithmetic: Arithmetic): Scalar {
  switch (how) {
    case 'max':
      return b > a ? b : a;
    case 'min':
      return b < a ? b : a;
    case 'product':
      return arithmetic.multiply(a, b);
    default:
      return arithmetic.add(a, b);
  }
}
