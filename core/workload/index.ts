export * from './box.js';
export * from './box-set.js';
export * from './number-format.js';
export * from './layer.js';
export * from './operator-name.js';
export * from './region-map.js';
export { reshapeGroups, type ReshapeGroup } from './reshape-map.js';
export * from './graph.js';
export * from './operands.js';
