import type { AxisPosition, NestLowering } from './lowering.js';
import type { NestOperand } from './nest-operand.js';
import { isInside, type FlatLoop, type NestSpace } from './space.js';
import { added, axesAt, type Place, type Storage } from './storages.js';
import { lastPosition, positionsOf } from './walk.js';

/** One instance that computes tiles. */
export interface Core {
  readonly queue: string;
  readonly position: AxisPosition;
  readonly offsets: readonly number[];
  /** Where its last tile begins. */
  readonly last: readonly number[];
  /** Innermost storage, group and member of each operand. */
  readonly sources: readonly Source[];
}

export interface Source extends Place {
  readonly operand: NestOperand;
}

/** The cores of a nest, in the order of the spatial loops; those that an imperfect factor leaves idle are none. */
export function coresOf(lowering: NestLowering, space: NestSpace, storages: readonly Storage[], outside: readonly FlatLoop[]): Core[] {
  const [spatial, temporal] = [outside.filter((loop) => loop.spatial), outside.filter((loop) => !loop.spatial)];
  const innermost = lowering.operands.map((operand) => storages.findLast((storage) => storage.operand === operand)!);
  return positionsOf(space, spatial).flatMap(({ digits, offsets }): Core[] => {
    const base = added(space.low, offsets);
    if (!isInside(space, base)) return [];
    const sources = innermost.map((storage) => ({ operand: storage.operand, ...storage.placeAt(spatial, digits) }));
    for (const { group, member } of sources) {
      group.users++;
      if (member !== undefined) member.users++;
    }
    const position = axesAt(spatial, digits);
    return [{ queue: lowering.placement.core(position), position, offsets, last: lastPosition(space, temporal, base), sources }];
  });
}
