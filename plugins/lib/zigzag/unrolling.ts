import { product, roundEven, type LevelLoops, type ZigzagLayer, type ZigzagOperand, type ZigzagRules } from './form.js';
import { splitLoops } from './relevancy.js';

/** The unrolled loops of one operand: how many units are at work at each level, and how many of them hold different data. Level 0 is the array. */
export interface Unrolling {
  readonly levels: LevelLoops;
  readonly units: readonly number[];
  readonly distinctUnits: readonly number[];
  /** Replicas with different data below that one access at a level serves. */
  readonly boost: readonly number[];
}

export function unrollingOf(layer: ZigzagLayer, operand: ZigzagOperand, levels: LevelLoops, rules: ZigzagRules): Unrolling {
  const split = splitLoops(layer, operand, levels);
  const data = split.map((loops) => product(loops.map((loop) => loop.data)));
  const all = split.map((loops) => product(loops.map((loop) => loop.data * loop.reuse)));
  const above = (sizes: readonly number[]): number[] => sizes.map((_, level) => product(sizes.slice(level)));
  const distinctUnits = above(data);
  return {
    levels,
    units: above(all).map((units) => roundEven(Math.round(units * 1000) / 1000)),
    distinctUnits,
    boost: distinctUnits.slice(0, -1).map((units, level) => whole(units / distinctUnits[level + 1]!, rules)),
  };
}

const whole = (value: number, { boost }: ZigzagRules): number => (boost === 'round' ? roundEven(value) : Math.trunc(value + 1e-9));
