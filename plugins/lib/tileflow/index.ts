/** TileFlow (MICRO 2023): trees of tiles and scopes on a hierarchy of memories, their movements and cycles. */
export * from './form.js';
export * from './audit.js';
export { MAXIMUM_DEPTH, MAXIMUM_DIMENSIONS, MAXIMUM_NODES, MAXIMUM_TENSORS } from './bounds.js';
export { checkTree, type TreeChecks } from './check.js';
export { sixDigits } from './digits.js';
export { tileflowEstimate, type TileflowSaid } from './estimate.js';
export { evaluateTileflow, type LevelFigures, type TileflowEvaluation } from './evaluate.js';
export { LEVEL_NAMES, treeOfLayers, treeOfSchedule, type MappedLayer } from './from-tessera.js';
export { machineOf, named, part, type ArchitecturePart } from './levels.js';
export { tileflowMachineDocument } from './machine-document.js';
export { isFused, tileflowNests } from './nests.js';
export { scopeKind, sharedTensors, tileflowCase } from './record.js';
export { tileflowWorkload } from './workload.js';
export { tileflowArchYaml, tileflowMapYaml, tileflowProblemYaml, tileflowYaml } from './write.js';
