import { product, type LevelLoops, type SizedLoop, type ZigzagCore, type ZigzagLayer } from './form.js';
import { memoriesOf } from './buffers.js';

/** Unrolled loops by dimension of the array, as a mapping file or a layer gives them. */
export type UserSpatial = Readonly<Record<string, readonly SizedLoop[]>>;

/** Clips what is asked for to the array and the layer; a loop that it does not divide gets a fraction, so that the steps come out whole. */
export function fittedSpatial(core: ZigzagCore, layer: ZigzagLayer, user: UserSpatial): UserSpatial {
  return Object.fromEntries(
    Object.entries(user).map(([dimension, loops]) => [
      dimension,
      loops.map(([loop, wanted]): SizedLoop => {
        const size = layer.loops[loop] ?? 1;
        const unrolled = Math.max(1, Math.min(core.array[dimension] ?? 1, wanted, size));
        return [loop, size / Math.ceil(size / unrolled)];
      }),
    ]),
  );
}

/** At which level each unrolled loop is: below the innermost memory that serves its dimension of the array. */
export function spatialLevels(core: ZigzagCore, layer: ZigzagLayer, fitted: UserSpatial): Record<string, LevelLoops> {
  return Object.fromEntries(
    layer.operands.map(({ name, memoryOperand }) => {
      const left = new Map(Object.entries(fitted));
      const levels = memoriesOf(core, memoryOperand).map(({ servedDimensions }) =>
        servedDimensions.flatMap((dimension) => {
          const loops = left.get(dimension) ?? [];
          left.delete(dimension);
          return loops;
        }),
      );
      return [name, [...levels, [...left.values()].flat()]];
    }),
  );
}

/** Whole unrollings for latency: 3.x cuts fractions off, 2.x rounds them up. */
export function wholeSpatial(levels: Readonly<Record<string, LevelLoops>>, round: (factor: number) => number): Record<string, LevelLoops> {
  return Object.fromEntries(
    Object.entries(levels).map(([operand, all]) => [operand, all.map((loops) => loops.map(([loop, size]): SizedLoop => [loop, round(size)]))]),
  );
}

/** Steps in time that each loop still takes. */
export function temporalSizes(layer: ZigzagLayer, fitted: UserSpatial): Map<string, number> {
  const unrolled = new Map<string, number>();
  for (const [loop, size] of Object.values(fitted).flat()) unrolled.set(loop, (unrolled.get(loop) ?? 1) * size);
  return new Map(Object.entries(layer.loops).map(([loop, size]) => [loop, Math.ceil(size / (unrolled.get(loop) ?? 1) - 1e-9)]));
}

export const stepsOf = (loops: readonly SizedLoop[]): number => product(loops.map(([, size]) => size));
