/** SET (ISCA 2023): whole networks on a mesh of cores. Its schedules, the figures that follow from them, and their tile operations. */
export * from './record.js';
export * from './links.js';
export * from './exact.js';
export * from './machine.js';
export * from './schedule.js';
export * from './audit.js';
