export * from './audit.js';
export * from './demand.js';
