export { sixDigits } from './digits.js';
export * from './form.js';
export { evaluateTileflow, type LevelFigures, type TileflowEvaluation } from './evaluate.js';
export { tileflowCase } from './record.js';
