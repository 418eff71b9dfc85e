import type { LayerClass, RegionMap, Sizes } from 'tessera-sim';
import type { Value } from './value.js';

/** One operand of a layer under construction; roles and formats follow when the whole graph is known. */
export interface OperandDraft {
  /** Given by the operator (`bias`, `O`); absent: `I`, `I2`, ... or `W`, `W2`, ... by whether the value is constant. */
  readonly name?: string;
  readonly value: Value;
  readonly output?: boolean;
  readonly map: RegionMap;
  readonly indirect?: boolean;
}

export interface LayerDraft {
  readonly operator: string;
  readonly class: LayerClass;
  readonly loops: Sizes;
  readonly operands: readonly OperandDraft[];
  readonly opsPerPoint: number;
  readonly activeFraction?: number;
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
  /** Distinguishes the layers of one node. */
  readonly suffix?: string;
}
