/** DeFiNES (HPCA 2023): chains of layers run depth first, tile by tile, with what overlaps recomputed or cached. */
export * from './point.js';
export * from './tile-chain.js';
export * from './copies.js';
export * from './plan.js';
export * from './run-tile.js';
export * from './evaluate.js';
export * from './bounds.js';
