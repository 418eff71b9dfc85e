import { definePlugin, knownFigure } from 'tessera-sim';
import {
  arrayCore,
  arrayMacs,
  arrayOperators,
  arrayTileCycles,
  CORE_IDEAL,
  CORE_MILESTONES,
  CORE_PORTS,
  CORE_PROBES,
  CORE_STALL_CLASSES,
  CORE_STATISTICS,
  type CoreStatistic,
  type FoldEngineConfig,
  gemmViewOfTile,
  postProcessingActions,
  type PostProcessingConfig,
} from 'tessera-sim/cores';
import { type ArrayShape, tileCycles } from './fold-cycles.js';
import { systolicSchema } from './schema.js';
import { type AccumulatorShape, SystolicProgram } from './systolic-program.js';

export interface SystolicConfig extends ArrayShape, AccumulatorShape, FoldEngineConfig, PostProcessingConfig {
  readonly energyPerMacPj: number;
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
  milestones: CORE_MILESTONES,
  ideal: CORE_IDEAL,
  probes: CORE_PROBES,
  example: { config: { rows: 8, columns: 8 }, ports: { memory: 1 } },
  describe: ({ config }) => ({
    kind: 'core',
    peakMacsPerCycle: config.rows * config.columns,
    rows: config.rows,
    columns: config.columns,
    dataflow: config.dataflow,
    operators: arrayOperators(config),
    tileCycles: (tile) => arrayTileCycles(config, tile, (product) => tileCycles(config, gemmViewOfTile(product))),
  }),
  actions: ({ config }) => ({
    mac: { energyPj: knownFigure(config.energyPerMacPj), unit: 'MAC', expected: { ofTile: arrayMacs } },
    ...postProcessingActions(config),
  }),
  create: (context) => {
    const { config, energy } = context;
    const array = new SystolicProgram(config);
    const mac = energy.action('mac');
    return arrayCore(context, array, () => energy.count(mac, array.macs));
  },
});

export default systolicPlugin;
