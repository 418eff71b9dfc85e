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
