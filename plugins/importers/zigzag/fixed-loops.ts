import { fittedSpatial, loopFactors, temporalSizes, type SizedLoop, type UserSpatial, type ZigzagCore, type ZigzagLayer } from 'tessera-sim/zigzag';

/** The loops that a `temporal_ordering` fixes, innermost first; `*` is what is left of its loop, in prime factors so that memories can be cut anywhere. */
export function fixedLoops(core: ZigzagCore, layer: ZigzagLayer, spatial: UserSpatial, ordering: readonly (readonly [string, number | '*'])[]): SizedLoop[] {
  const left = temporalSizes(layer, fittedSpatial(core, layer, spatial));
  return ordering.flatMap(([loop, size]): SizedLoop[] => {
    const rest = left.get(loop) ?? 1;
    const taken = size === '*' ? rest : Math.min(size, rest);
    left.set(loop, Math.ceil(rest / taken));
    return size === '*' ? loopFactors(new Map([[loop, taken]]), Infinity) : taken > 1 ? [[loop, taken]] : [];
  });
}
