export * from './form.js';
export * from './operation.js';
export * from './violations.js';
export { OperationRecord } from './record.js';
export * from './executor.js';
