export * from './form.js';
export * from './operation.js';
