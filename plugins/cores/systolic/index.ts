import { definePlugin, type RunningOperation, type TileShape } from 'tessera-sim';
import { CORE_PORTS, CORE_PROBES, CORE_STALL_CLASSES, CORE_STATISTICS, type CoreStatistic, FoldCore, type FoldEngineConfig, type FoldProgram, gemmViewOfTile, isMatrixOperator, MATRIX_OPERATORS, operatorCost, pointsOf, type PostProcessingConfig, postProcessingUnit, VECTOR_OPERATORS, vectorCycles, VectorProgram } from 'tessera-sim/cores';
import { type ArrayShape, tileCycles } from './fold-cycles.js';
import { systolicSchema } from './schema.js';
import { type AccumulatorShape, SystolicProgram } from './systolic-program.js';

export interface SystolicConfig extends ArrayShape, AccumulatorShape, FoldEngineConfig, PostProcessingConfig {
  readonly energyPerMacPj: number;
}

function closedForm(config: SystolicConfig, tile: TileShape): number {
  if (isMatrixOperator(tile.operator) || config.vectorLanes === 0) return tileCycles(config, gemmViewOfTile(tile));
  return vectorCycles(postProcessingUnit(config), tile.operator, pointsOf(tile.loops));
}

/** Systolic array of R x C PEs, fold by fold. */
export const systolicPlugin = definePlugin<SystolicConfig, CoreStatistic>({
  kind: 'core',
  name: 'systolic',
  version: '1.0.0',
  summary: 'Systolic array, weight-, output- or input-stationary: fill, stream and drain per fold, operands streamed from local memory',
  sources: [
    'fold cycles: SCALE-Sim (Samajdar et al., arXiv:1811.02883; ISPASS 2020): os T + R + C - 2, ws and is T + 2R + C - 2',
    'overlapped folds: see docs/models/systolic.md',
  ],
  configSchema: systolicSchema,
  ports: CORE_PORTS,
  statistics: CORE_STATISTICS,
  stallClasses: CORE_STALL_CLASSES,
  probes: CORE_PROBES,
  example: { config: { rows: 8, columns: 8 }, ports: { memory: 1 } },
  describe: ({ config }) => ({
    kind: 'core',
    peakMacsPerCycle: config.rows * config.columns,
    rows: config.rows,
    columns: config.columns,
    dataflow: config.dataflow,
    operators: config.vectorLanes > 0 ? [...MATRIX_OPERATORS, '*', ...VECTOR_OPERATORS] : MATRIX_OPERATORS,
    tileCycles: (tile) => closedForm(config, tile),
  }),
  create: (context) => {
    const { config, energy } = context;
    const array = new SystolicProgram(config);
    const vector = config.vectorLanes > 0 ? new VectorProgram(postProcessingUnit(config)) : undefined;
    const mac = energy.declare('mac', config.energyPerMacPj);
    const lane = energy.declare('post-processing', config.energyPerLaneOperationPj);
    const programFor = ({ form }: RunningOperation): FoldProgram | undefined => {
      if (isMatrixOperator(form.operator)) return array;
      return operatorCost(form.operator) === undefined ? undefined : vector;
    };
    return new FoldCore(context, {
      operatorText: vector === undefined ? MATRIX_OPERATORS.join(', ') : `${MATRIX_OPERATORS.join(', ')} and, in its post-processing unit, what a vector core runs`,
      programFor,
      finished: (_, program) => energy.count(program === array ? mac : lane, program.macs),
    });
  },
});

export default systolicPlugin;
