import type { DataSpace } from './problem.js';
import { shiftOf, sizeOf, type Level, type Step } from './steps.js';

/** Words that come anew at one step: a box, from the corner of the tile. */
export interface Box {
  readonly low: readonly number[];
  readonly widths: readonly number[];
  readonly words: number;
}

/** A kind of step of a tile: how far it moves, how often it does, and what is new then. */
export interface Move {
  readonly by: readonly number[];
  readonly times: number;
  readonly box: Box;
}

/**
 * The steps of the tile below level `l`. The walk is Timeloop's: of each loop the first iteration, and the second one for all the others; so
 * between two rounds of an inner loop the tile moves back by one step of it, not by all. A tile keeps what it has if it moves as it moved last;
 * as the innermost loop moves at every second step, that is the way of this loop.
 */
export function movesOf(space: DataSpace, widths: readonly number[], levels: readonly Level[], l: number): Move[] {
  const loops: Step[] = [];
  for (let k = l; k < levels.length; k++) loops.push(...levels[k]!.temporal);
  const full = sizeOf(widths);
  let outer = loops.reduce((all, { mean }) => all * mean, 1);
  const still = widths.map(() => 0);
  const whole: Box = { low: still, widths, words: full };
  const moves: Move[] = [{ by: still, times: 1, box: whole }];
  const back = widths.map(() => 0);
  for (const loop of loops) {
    outer /= loop.mean;
    const shift = shiftOf(space, loop);
    const by = shift.map((step, axis) => step - back[axis]!);
    // Level 0 hands out points: each operation asks for all of its operands.
    const remembers = l > 0 && (moves.length === 1 || by.every((step, axis) => step === moves[1]!.by[axis]));
    moves.push({ by, times: (loop.mean - 1) * outer, box: remembers ? newBox(whole, by) : whole });
    for (let axis = 0; axis < back.length; axis++) back[axis]! += shift[axis]!;
  }
  return moves;
}

/** What a tile does not share with its predecessor, when it moved by `by`. */
function newBox(whole: Box, by: readonly number[]): Box {
  const { widths, words, low } = whole;
  let moved = -1;
  for (let axis = 0; axis < widths.length; axis++) {
    if (by[axis] === 0) continue;
    if (moved >= 0 || Math.abs(by[axis]!) >= widths[axis]!) return whole;
    moved = axis;
  }
  if (moved < 0) return { low, widths: low, words: 0 };
  const step = by[moved]!;
  return {
    low: widths.map((width, axis) => (axis === moved && step > 0 ? width - step : 0)),
    widths: widths.map((width, axis) => (axis === moved ? Math.abs(step) : width)),
    words: (words / widths[moved]!) * Math.abs(step),
  };
}
