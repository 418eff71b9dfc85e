/** The vector unit as a part of other cores: post-processing at the edge of an array. */
export * from './operator-table.js';
export * from './post-processing.js';
export * from './vector-program.js';
