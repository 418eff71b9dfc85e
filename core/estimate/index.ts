export * from './result.js';
export * from './access-sizes.js';
export * from './schedule-summary.js';
export * from './bounds.js';
export * from './comparison.js';
