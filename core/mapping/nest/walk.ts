import type { FlatLoop, NestSpace } from './space.js';

/** Turns loops like an odometer, outermost first; steps that leave the space (of imperfect factors) do not take place. */
export class Walk {
  readonly digits: number[];
  /** Position along each loop of the layer. */
  readonly at: number[];

  constructor(
    private readonly space: NestSpace,
    private readonly loops: readonly FlatLoop[],
    base: readonly number[],
  ) {
    this.digits = loops.map(() => 0);
    this.at = base.slice();
  }

  /** Takes the next step. The loop that moved, or -1 at the end (all loops are then at their beginning again). */
  next(): number {
    for (let i = this.loops.length - 1; i >= 0; i--) {
      const { dim, size, stride } = this.loops[i]!;
      if (this.digits[i]! + 1 < size && this.at[dim]! + stride < this.space.high[dim]!) {
        this.digits[i]!++;
        this.at[dim]! += stride;
        return i;
      }
      this.at[dim]! -= this.digits[i]! * stride;
      this.digits[i] = 0;
    }
    return -1;
  }
}

/** Where a walk from `base` ends. */
export function lastPosition(space: NestSpace, loops: readonly FlatLoop[], base: readonly number[]): number[] {
  const at = base.slice();
  for (const { dim, size, stride } of loops) {
    const steps = Math.min(size - 1, Math.floor((space.high[dim]! - 1 - at[dim]!) / stride));
    at[dim]! += Math.max(0, steps) * stride;
  }
  return at;
}

/** All positions of some loops: their digits and how far each moves along the loops of the layer. */
export function positionsOf(space: NestSpace, loops: readonly FlatLoop[]): { digits: number[]; offsets: number[] }[] {
  let positions = [{ digits: [] as number[], offsets: space.names.map(() => 0) }];
  for (const { dim, size, stride } of loops) {
    positions = positions.flatMap(({ digits, offsets }) =>
      Array.from({ length: size }, (_, digit) => ({
        digits: [...digits, digit],
        offsets: offsets.map((offset, d) => (d === dim ? offset + digit * stride : offset)),
      })),
    );
  }
  return positions;
}

/** Whether `a` comes before `b` or is the same, by the first `count` digits; digits that are missing are 0. */
export function notAfter(a: readonly number[], b: readonly number[], count: number): boolean {
  for (let i = 0; i < count; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
