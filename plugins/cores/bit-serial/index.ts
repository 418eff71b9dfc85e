import { definePlugin, knownFigure, type TileShape } from 'tessera-sim';
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
import { bitSerialSchema } from './schema.js';
import { passesOf, type SerialArray, serialCycles } from './serial-cycles.js';
import { SerialProgram, type WeightMetadata } from './serial-program.js';

export interface BitSerialConfig extends SerialArray, WeightMetadata, FoldEngineConfig, PostProcessingConfig {
  readonly energyPerPeCyclePj: number;
}

const weightBits = ({ bits }: TileShape): number => bits['W'] ?? bits['I2'] ?? 1;
const inputBits = ({ bits }: TileShape): number => bits['I'] ?? 1;

function matrixCycles(config: BitSerialConfig, tile: TileShape): number {
  return serialCycles(config, gemmViewOfTile(tile), weightBits(tile), inputBits(tile));
}

function peCycles(config: BitSerialConfig, tile: TileShape): number {
  return (arrayMacs(tile) / config.lanes) * passesOf(config, weightBits(tile), inputBits(tile));
}

/** Array of bit-serial PEs: the time of a product follows from the bits of its operands. */
export const bitSerialPlugin = definePlugin<BitSerialConfig, CoreStatistic | 'peCycles'>({
  kind: 'core',
  name: 'bit-serial',
  version: '1.0.0',
  summary: 'Bit-serial PE array: operand bits a cycle, serial weights, inputs or both, mixed precision per operation, group metadata',
  sources: [
    'cycles = ceil(K / lanes) * ceil(M / rows) * ceil(N / columns) * passes: Stripes (MICRO 2016); both operands serial: Loom (DAC 2018)',
    'passes of weights = ceil(floor(bits) / bitsPerCycle): BitMoD (HPCA 2025)',
  ],
  configSchema: bitSerialSchema,
  ports: CORE_PORTS,
  statistics: {
    ...CORE_STATISTICS,
    peCycles: { unit: 'PE-cycles', description: 'Cycles of PEs that worked on products, unused rows and columns left out' },
  },
  stallClasses: CORE_STALL_CLASSES,
  milestones: CORE_MILESTONES,
  ideal: CORE_IDEAL,
  probes: CORE_PROBES,
  example: { config: { rows: 8, columns: 8 }, ports: { memory: 1 } },
  describe: ({ config }) => ({
    kind: 'core',
    peakMacsPerCycle: config.rows * config.columns * config.lanes,
    rows: config.rows,
    columns: config.columns,
    dataflow: `output-stationary, serial ${config.serial}`,
    operators: arrayOperators(config),
    tileCycles: (tile) => arrayTileCycles(config, tile, (product) => matrixCycles(config, product)),
  }),
  actions: ({ config }) => ({
    pe: { energyPj: knownFigure(config.energyPerPeCyclePj), unit: 'cycle of a PE', expected: { ofTile: (tile) => peCycles(config, tile) } },
    ...postProcessingActions(config),
  }),
  create: (context) => {
    const { config, energy, statistics } = context;
    const array = new SerialProgram(config);
    const peCycle = energy.action('pe');
    return arrayCore(context, array, () => {
      const peCycles = (array.macs / config.lanes) * array.passes;
      statistics.peCycles += peCycles;
      energy.count(peCycle, peCycles);
    });
  },
});

export default bitSerialPlugin;
