/** Timeloop (ISPASS 2019) and its relatives: problem, machine, mapping, its analysis of tiles, its files. */
export * from './problem.js';
export * from './machine.js';
export * from './mapping.js';
export * from './tiles.js';
export * from './model.js';
export * from './map-text.js';
export * from './dosa.js';
export * from './demands.js';
export * from './record.js';
export * from './to-tessera.js';
export * from './from-nest.js';
export * from './files/index.js';
