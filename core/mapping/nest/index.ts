export * from './check-nest.js';
export * from './nest-text.js';
export * from './compare-nests.js';
export * from './nest-operand.js';
export * from './nest-facts.js';
export * from './lowering.js';
export * from './lower-nest.js';
