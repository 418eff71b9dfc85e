/** Stream: schedules of fused layers on several cores. Its dumps, the demands that follow from them, and their tile operations. */
export * from './dump.js';
export * from './machine.js';
export * from './schedule.js';
export * from './audit.js';
