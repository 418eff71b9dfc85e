import { ZIGZAG_3, type SizedLoop, type ZigzagCore, type ZigzagLayer, type ZigzagMapping, type ZigzagRules } from './form.js';
import { allocateLoops } from './allocate.js';
import { energyOfMapping, evaluateZigzag } from './evaluate.js';
import { loopFactors, orderings } from './orders.js';
import { fittedSpatial, spatialLevels, temporalSizes, wholeSpatial, type UserSpatial } from './spatial.js';

export interface SearchOptions {
  /** Most factors of loops that are ordered; their orders are looked at one by one. */
  readonly factorLimit: number;
  readonly objective: 'energy' | 'latency';
  readonly rules?: ZigzagRules;
  /** Loops that are given already, innermost first. */
  readonly fixed?: readonly SizedLoop[];
}

/** The best order of the loops in time, all others given. Undefined when no order fits into the memories. */
export function searchMapping(core: ZigzagCore, layer: ZigzagLayer, user: UserSpatial, options: SearchOptions): ZigzagMapping | undefined {
  const { factorLimit, objective, rules = ZIGZAG_3, fixed = [] } = options;
  const fitted = fittedSpatial(core, layer, user);
  const spatial = spatialLevels(core, layer, fitted);
  const spatialWhole = wholeSpatial(spatial, rules === ZIGZAG_3 ? Math.trunc : Math.ceil);
  const sizes = temporalSizes(layer, fitted);
  for (const [loop, size] of fixed) sizes.set(loop, Math.ceil((sizes.get(loop) ?? 1) / size));
  let best: ZigzagMapping | undefined;
  let least = Infinity;
  for (const order of orderings(loopFactors(sizes, Math.max(1, factorLimit - fixed.length)))) {
    const temporal = allocateLoops(core, layer, spatial, [...fixed, ...order], rules);
    if (temporal === undefined) continue;
    const mapping = { spatial, spatialWhole, temporal };
    const cost = objective === 'energy' ? energyOfMapping(core, layer, mapping, rules) : evaluateZigzag(core, layer, mapping, rules).latency.total2;
    if (cost < least) {
      least = cost;
      best = mapping;
    }
  }
  return best;
}
