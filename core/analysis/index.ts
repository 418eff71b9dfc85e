/** What results say: comparisons, causes, summaries. Pure functions of results that return data; printing is the exporters'. */
export * from './audit/index.js';
export * from './bounds.js';
export * from './cause-text.js';
export * from './compare-plans.js';
export * from './comparison.js';
export * from './energy.js';
export * from './faster-run.js';
export * from './latency-histogram.js';
export * from './link-uses.js';
export * from './load-curve.js';
export * from './named-meshes.js';
export * from './network-maps.js';
export * from './slower-causes.js';
export * from './stall-causes.js';
export * from './stall-summary.js';
export * from './statistics.js';
