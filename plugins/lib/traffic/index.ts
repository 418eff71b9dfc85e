/** Offered load on a flit network: patterns, sources, the phases of a measurement, saturation, and replayed records of BookSim2. */
export * from './booksim-record.js';
export * from './injection.js';
export * from './knuth-random.js';
export * from './latency-tally.js';
export * from './load-run.js';
export type * from './load-target.js';
export * from './offered-load.js';
export * from './patterns.js';
export * from './replayed-load.js';
export * from './saturation.js';
export * from './saturation-criterion.js';
