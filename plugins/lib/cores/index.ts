/**
 * What a compute core needs to run tiles fold by fold against a real memory, and the vector unit as a part of other cores:
 * post-processing at the edge of an array.
 */
export * from './array-core.js';
export * from './burst-list.js';
export * from './core-declarations.js';
export * from './fold-core.js';
export type * from './fold-engine.js';
export * from './fold-grid.js';
export * from './fold-program.js';
export * from './gemm-view.js';
export * from './matrix-operands.js';
export * from './operand-matrix.js';
export * from './regions.js';
export * from './region-share.js';
export * from './operator-names.js';
export * from './operator-table.js';
export * from './post-processing.js';
export * from './vector-program.js';
