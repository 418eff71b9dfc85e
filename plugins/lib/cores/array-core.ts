import { type ActionDeclarations, type BlockContext, isMatrixOperator, knownFigure, type RunningOperation, type TileShape } from 'tessera-sim';
import type { CoreStatistic, FoldEngineConfig } from './core-declarations.js';
import { FoldCore } from './fold-core.js';
import type { FoldProgram } from './fold-program.js';
import { gemmViewOfTile, macsOf } from './gemm-view.js';
import { MATRIX_OPERATORS } from './operator-names.js';
import { operatorCost, VECTOR_OPERATORS } from './operator-table.js';
import { type PostProcessingConfig, postProcessingUnit } from './post-processing.js';
import { pointsOf, vectorCycles, VectorProgram } from './vector-program.js';

const MATRIX_TEXT = MATRIX_OPERATORS.join(', ');

/** The operators that an array with (or without) a post-processing unit describes as its own. */
export function arrayOperators(config: PostProcessingConfig): readonly string[] {
  return config.vectorLanes > 0 ? [...MATRIX_OPERATORS, '*', ...VECTOR_OPERATORS] : MATRIX_OPERATORS;
}

/** Cycles of a tile that never waits: of the array for a matrix product, otherwise of the post-processing unit if there is one. */
export function arrayTileCycles(
  config: PostProcessingConfig & Pick<FoldEngineConfig, 'ideal'>,
  tile: TileShape,
  matrixCycles: (tile: TileShape) => number,
): number {
  if (isMatrixOperator(tile.operator) || config.vectorLanes === 0) return matrixCycles(tile);
  return vectorCycles(postProcessingUnit(config), tile.operator, pointsOf(tile.loops));
}

/** What the post-processing unit spends; a matrix product takes none of it. */
export function postProcessingActions(config: PostProcessingConfig): ActionDeclarations {
  const ofTile = ({ operator, loops }: TileShape): number => (isMatrixOperator(operator) || config.vectorLanes === 0 ? 0 : pointsOf(loops));
  return { 'post-processing': { energyPj: knownFigure(config.energyPerLaneOperationPj), unit: 'operation of a lane', expected: { ofTile } } };
}

/** Multiply-accumulates of a tile that the array computes; 0 for one of the post-processing unit. */
export function arrayMacs(tile: TileShape): number {
  return isMatrixOperator(tile.operator) ? macsOf(gemmViewOfTile(tile)) : 0;
}

/**
 * A core of a matrix array and, at its edge, a post-processing unit that runs every other operator (with `vectorLanes` 0
 * there is none, and the core refuses them).
 *
 * @param matrixFinished called when the array has ended an operation: energy and statistics of its own
 */
export function arrayCore<Config extends FoldEngineConfig & PostProcessingConfig>(
  context: BlockContext<Config, CoreStatistic>,
  array: FoldProgram,
  matrixFinished: () => void,
): FoldCore<Config> {
  const { config, energy } = context;
  const vector = config.vectorLanes > 0 ? new VectorProgram(postProcessingUnit(config)) : undefined;
  const lane = energy.action('post-processing');
  return new FoldCore(context, {
    operatorText: vector === undefined ? MATRIX_TEXT : `${MATRIX_TEXT} and, in its post-processing unit, what a vector core runs`,
    programFor: ({ form }) => {
      if (isMatrixOperator(form.operator)) return array;
      return operatorCost(form.operator) === undefined ? undefined : vector;
    },
    finished: (_: RunningOperation, program: FoldProgram) => {
      if (program === array) matrixFinished();
      else energy.count(lane, program.macs);
    },
  });
}
