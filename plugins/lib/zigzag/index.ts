/** ZigZag's cost model of one layer on one core: latency, energy, word accesses, and what its mapping demands of every port. */
export * from './form.js';
export * from './relevancy.js';
export * from './temporal.js';
export * from './unrolling.js';
export * from './movement.js';
export * from './buffers.js';
export * from './ports.js';
export * from './loading.js';
export * from './energy.js';
export * from './evaluate.js';
export * from './record.js';
export * from './audit.js';
