/**
 * What exporters share: spans on lanes, tracks in groups, fewer spans when there are too many; and how curves, networks, statistics
 * and reasons read.
 */
export * from './experiment-text.js';
export * from './faster-text.js';
export * from './lanes.js';
export * from './load-text.js';
export * from './overview-cells.js';
export * from './rows.js';
export * from './statistic-cells.js';
export * from './thin-spans.js';
export * from './thinned-text.js';
export * from './unused-text.js';
