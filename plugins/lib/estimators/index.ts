/** What estimators share: one walk through the schedule, and the assembly of groups of layers. */
export * from './layer-tally.js';
export * from './assemble.js';
export * from './carriers.js';
export * from './expected-spending.js';
