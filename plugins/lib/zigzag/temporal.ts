import { product, type LevelLoops, type SizedLoop, type ZigzagLayer, type ZigzagOperand } from './form.js';
import { relevance } from './relevancy.js';

/** The temporal loops of one operand, after irrelevant loops at the bottom of a level were pushed down: the data just stays. */
export interface TemporalLevels {
  readonly levels: LevelLoops;
  /** Cycles for which the array holds the same data: the irrelevant loops at the very bottom. */
  readonly heldCycles: number;
  /** Cycles of one pass over the loops of a level and all below. */
  readonly periods: readonly number[];
  /** Product of the relevant loops at the top of the level; index 0 is the array. */
  readonly topRelevant: readonly number[];
  readonly topIrrelevant: readonly number[];
  readonly totalCycles: number;
}

export function temporalLevels(layer: ZigzagLayer, operand: ZigzagOperand, given: LevelLoops): TemporalLevels {
  const irrelevant = ([loop]: SizedLoop): boolean => relevance(layer, operand, loop) === 'irrelevant';
  const relevant = ([loop]: SizedLoop): boolean => relevance(layer, operand, loop) === 'relevant';
  const levels = pushDown(given, irrelevant);
  const periods: number[] = [];
  for (const loops of levels) periods.push((periods.at(-1) ?? 1) * product(loops.map(([, size]) => size)));
  return {
    levels,
    heldCycles: product(leading(levels[0] ?? [], irrelevant).map(([, size]) => size)),
    periods,
    topRelevant: [1, ...levels.map((loops) => product(leading(loops.toReversed(), relevant).map(([, size]) => size)))],
    topIrrelevant: [1, ...levels.map((loops) => product(leading(loops.toReversed(), irrelevant).map(([, size]) => size)))],
    totalCycles: periods.at(-1) ?? 1,
  };
}

/** From the outermost level in, once: a level that gives all it has lets loops above fall further. */
function pushDown(given: LevelLoops, irrelevant: (loop: SizedLoop) => boolean): SizedLoop[][] {
  const levels = given.map((loops) => [...loops]);
  for (let moved = true; moved;) {
    moved = false;
    for (let level = 1; level < levels.length; level++) {
      const falling = [...leading(levels[level]!, irrelevant)];
      if (falling.length === 0) continue;
      levels[level]!.splice(0, falling.length);
      levels[level - 1]!.push(...falling);
      moved = true;
    }
  }
  return levels;
}

function leading(loops: readonly SizedLoop[], wanted: (loop: SizedLoop) => boolean): readonly SizedLoop[] {
  const end = loops.findIndex((loop) => !wanted(loop));
  return end < 0 ? loops : loops.slice(0, end);
}
