export * from './operand-access.js';
export * from './relevance.js';
export * from './totals.js';
export * from './access-sizes.js';
export * from './demand.js';
export * from './nest/index.js';
