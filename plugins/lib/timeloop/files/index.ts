export * from './yaml-file.js';
export * from './architecture.js';
export * from './directives.js';
export * from './stats.js';
export * from './tables.js';
