/** What mappers share: hardware as workers, layers with views looked through, tile search, double-buffered schedules. */
export * from './home-distance.js';
export * from './hardware.js';
export * from './mapped-layer.js';
export * from './tiling.js';
export * from './whole-outputs.js';
export * from './tile-bytes.js';
export * from './split.js';
export * from './layer-cost.js';
export * from './tile-search.js';
export * from './tile-shape.js';
export * from './layer-plan.js';
export * from './home-layout.js';
export * from './operation-emitter.js';
export * from './stage.js';
export * from './layer-stage.js';
export * from './shares.js';
export * from './shared-config.js';
export * from './schedule-cache.js';
export * from './why-unused.js';
export * from './nest-placement.js';
export * from './nest-stage.js';
export * from './plan-nest.js';
/** Loop nests as values, and their lowering to tile operations, are core's. */
export {
  canonicalNest,
  checkNest,
  compareNests,
  formatNest,
  lastFactors,
  lowerNest,
  nestDigest,
  nestFacts,
  nestOperands,
  sameNest,
  type AccessFacts,
  type AxisPosition,
  type Loop,
  type LoopNest,
  type LoweredNest,
  type NestBuffer,
  type NestDifference,
  type NestFacts,
  type NestLevel,
  type NestLowering,
  type NestMachine,
  type NestMove,
  type NestOperand,
  type NestPlacement,
  type NestRun,
  type OperandGroup,
  type OuterPlace,
  type StorageFacts,
} from 'tessera-sim';
