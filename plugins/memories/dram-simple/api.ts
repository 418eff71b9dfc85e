/** A DRAM array for other memories (processing in memory) to build on. */
export * from './channel.js';
export * from './channel-probes.js';
export * from './dram-array.js';
export { channelTable, copyCounts, count, dramActions, DramEnergy, latencyTable } from './dram-memory.js';
export * from './front-end.js';
export * from './ideal.js';
export * from './schema.js';
export * from './statistics.js';
export * from './timing.js';
export * from './waits.js';
