/** What mappers share: hardware as workers, layers with views looked through, tile search, double-buffered schedules. */
export * from './hardware.js';
export * from './mapped-layer.js';
export * from './tiling.js';
export * from './layer-plan.js';
export * from './home-layout.js';
export * from './operation-emitter.js';
export * from './stage.js';
export * from './layer-stage.js';
export * from './shares.js';
export * from './shared-config.js';
export * from './schedule-cache.js';
/** Loop nests as values, and their lowering to tile operations, are core's. */
export {
  canonicalNest,
  checkNest,
  compareNests,
  formatNest,
  lastFactors,
  nestDigest,
  nestFacts,
  nestOperands,
  sameNest,
  type Loop,
  type LoopNest,
  type NestDifference,
  type NestFacts,
  type NestLevel,
  type NestMachine,
  type NestOperand,
} from 'tessera-sim';
