export * from './form/form.js';
export * from './form/collective.js';
export { expandCollectives } from './form/expand.js';
export * from './resolve/operation.js';
export type { FormatBits } from './resolve/places.js';
export { OperationRecord } from './resolve/record.js';
export * from './resolve/scratchpad.js';
export * from './check/violations.js';
export * from './execute/executor.js';
