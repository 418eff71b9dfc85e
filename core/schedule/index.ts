export * from './form.js';
export * from './collective.js';
export { expandCollectives } from './expand.js';
export * from './operation.js';
export * from './violations.js';
export type { FormatBits } from './places.js';
export { OperationRecord } from './record.js';
export * from './executor.js';
export * from './scratchpad.js';
