import { boxVolume, type Box, type LoopNest, type NestOperand, type Sizes } from '../../../../core/index.js';

/** One turn of all loops outside a level, one spatial position at a time: what a nest means, spelt out. */
export interface Step {
  readonly spatial: readonly number[];
  readonly temporal: readonly number[];
  readonly tile: Box;
}

interface Placed {
  readonly loop: string;
  readonly size: number;
  readonly stride: number;
  readonly spatial: boolean;
  readonly level: number;
}

export function placedLoops(nest: LoopNest): Placed[] {
  const flat = nest.levels.flatMap(({ loops }, level) => loops.map((loop) => ({ ...loop, level })));
  return flat.map(({ loop, size, kind, level }, index) => ({
    loop,
    size,
    level,
    spatial: kind === 'spatial',
    stride: flat.slice(index + 1).reduce((product, other) => (other.loop === loop ? product * other.size : product), 1),
  }));
}

/** All steps outside `level`, in order for each spatial position. */
export function stepsOutside(nest: LoopNest, sizes: Sizes, level: number): Step[][] {
  const loops = placedLoops(nest);
  const outer = loops.filter((loop) => loop.level < level);
  const extent = (name: string): number => loops.reduce((product, each) => (each.loop === name && each.level >= level ? product * each.size : product), 1);
  const counter = (chosen: readonly Placed[]): number[][] =>
    chosen.reduce<number[][]>((all, { size }) => all.flatMap((digits) => Array.from({ length: size }, (_, digit) => [...digits, digit])), [[]]);
  const spatials = outer.filter((loop) => loop.spatial);
  const temporals = outer.filter((loop) => !loop.spatial);
  return counter(spatials).map((spatial) =>
    counter(temporals).flatMap((temporal) => {
      const tile: Record<string, readonly [number, number]> = {};
      for (const [name, size] of Object.entries(sizes)) {
        const along = (chosen: readonly Placed[], digits: readonly number[]): number =>
          chosen.reduce((sum, each, i) => (each.loop === name ? sum + each.stride * digits[i]! : sum), 0);
        const low = along(spatials, spatial) + along(temporals, temporal);
        if (low >= size) return [];
        tile[name] = [low, Math.min(size, low + extent(name))];
      }
      return [{ spatial, temporal, tile }];
    }),
  );
}

export interface Counts {
  residencies: number;
  elements: number;
  shared: number;
  sharedElements: number;
  resumed: number;
  resumedElements: number;
}

/** Residencies of an operand at a level by walking every step of every position. */
export function countByWalking(nest: LoopNest, sizes: Sizes, operand: NestOperand, level: number, parent: number | undefined): Counts {
  const counts: Counts = { residencies: 0, elements: 0, shared: 0, sharedElements: 0, resumed: 0, resumedElements: 0 };
  const concerned = operand.groups.flatMap(({ loops }) => loops);
  const outer = placedLoops(nest).filter((loop) => loop.level < level);
  const spatials = outer.filter((loop) => loop.spatial);
  const temporals = outer.filter((loop) => !loop.spatial);
  for (const steps of stepsOutside(nest, sizes, level)) {
    let before = '';
    for (const { spatial, temporal, tile } of steps) {
      const region = operand.region(tile);
      const volume = boxVolume(region);
      const now = volume === 0 ? '' : JSON.stringify(region);
      if (volume > 0 && now !== before) {
        counts.residencies++;
        counts.elements += volume;
        const isSharer = spatials.some((loop, i) => !concerned.includes(loop.loop) && loop.level >= (parent ?? 0) && spatial[i]! > 0);
        if (!isSharer) {
          counts.shared++;
          counts.sharedElements += volume;
          if (temporals.some((loop, i) => !concerned.includes(loop.loop) && temporal[i]! > 0)) {
            counts.resumed++;
            counts.resumedElements += volume;
          }
        }
      }
      before = now;
    }
  }
  return counts;
}
