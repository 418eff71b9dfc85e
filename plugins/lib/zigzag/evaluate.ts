import { product, ZIGZAG_3, type ZigzagCore, type ZigzagLayer, type ZigzagMapping, type ZigzagRules } from './form.js';
import { doubleBuffering } from './buffers.js';
import { energyOf, wordAccesses, type WordAccesses, type ZigzagEnergy } from './energy.js';
import { loadingCycles } from './loading.js';
import { movementOf, type OperandMovement } from './movement.js';
import { portLoads, type PortLoad } from './ports.js';
import { temporalLevels } from './temporal.js';

export interface ZigzagLatency {
  /** All of the array busy all the time. */
  readonly idealFullArray: number;
  readonly idealGivenSpatialMapping: number;
  readonly stall: number;
  readonly computation: number;
  readonly onloading: number;
  readonly total1: number;
  readonly offloading: number;
  readonly total2: number;
}

export interface ZigzagEvaluation {
  readonly core: ZigzagCore;
  readonly layer: ZigzagLayer;
  readonly latency: ZigzagLatency;
  readonly energy: ZigzagEnergy;
  readonly words: WordAccesses;
  /** With whole unrollings: what latency is counted from. */
  readonly movements: readonly OperandMovement[];
  /** With the unrollings as they are, fractions and all: what words and energy are counted from. */
  readonly fractional: readonly OperandMovement[];
  readonly doubleBuffered: Readonly<Record<string, readonly boolean[]>>;
  readonly ports: readonly PortLoad[];
}

/** Energy alone, in pJ: what a search looks at. */
export function energyOfMapping(core: ZigzagCore, layer: ZigzagLayer, mapping: ZigzagMapping, rules: ZigzagRules): number {
  const moved = layer.operands.map((operand) =>
    movementOf(layer, operand, temporalLevels(layer, operand, mapping.temporal[operand.name]!), mapping.spatial[operand.name]!, rules),
  );
  return energyOf(core, moved, wordAccesses(core, moved, rules), product(Object.values(layer.loops))).totalPj;
}

/** ZigZag's cost model: latency from whole unrollings, energy and occupancy from fractional ones. */
export function evaluateZigzag(core: ZigzagCore, layer: ZigzagLayer, mapping: ZigzagMapping, rules: ZigzagRules = ZIGZAG_3): ZigzagEvaluation {
  const temporal = layer.operands.map((operand) => temporalLevels(layer, operand, mapping.temporal[operand.name]!));
  const moved = (spatial: ZigzagMapping['spatial']): OperandMovement[] =>
    layer.operands.map((operand, index) => movementOf(layer, operand, temporal[index]!, spatial[operand.name]!, rules));
  const fractional = moved(mapping.spatial);
  const movements = moved(mapping.spatialWhole);
  const words = wordAccesses(core, fractional, rules);
  const macs = product(Object.values(layer.loops));
  const doubleBuffered = doubleBuffering(core, fractional);
  const ports = portLoads(core, movements, doubleBuffered);
  const idealGivenSpatialMapping = temporal[0]!.totalCycles;
  const stall = Math.max(0, ...ports.map((port) => port.stall));
  const computation = idealGivenSpatialMapping + stall;
  const { onloading, offloading } = loadingCycles(core, movements, ports, computation, rules);
  return {
    core,
    layer,
    latency: {
      idealFullArray: Math.ceil(macs / product(Object.values(core.array))),
      idealGivenSpatialMapping,
      stall,
      computation,
      onloading,
      total1: computation + onloading,
      offloading,
      total2: computation + onloading + offloading,
    },
    energy: energyOf(core, fractional, words, macs),
    words,
    movements,
    fractional,
    doubleBuffered,
    ports,
  };
}
