export * from './bounds.js';
export * from './comparison.js';
