/** SCALE-Sim v3: cycles, ratios, SRAM traffic and stalls of a layer on a systolic array. */
export * from './layer.js';
export * from './folds.js';
export * from './stalls.js';
