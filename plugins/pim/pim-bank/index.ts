import { type ActionDeclarations, definePlugin, type DescribeContext, knownFigure, type TileShape } from 'tessera-sim';
import { gemmViewOfTile, macsOf, MATRIX_OPERATORS } from 'tessera-sim/cores';
import { DRAM_ADDRESSES_MATTER, dramActions } from 'tessera-sim/dram-simple';
import { idealisedPim, PIM_IDEAL } from './ideal.js';
import { kernelCycles } from './kernel-shape.js';
import { PimMemory } from './pim-memory.js';
import { checkPim, type PimConfig, pimBankSchema } from './schema.js';
import { PIM_PROBES, PIM_STALL_CLASSES, PIM_STATISTICS, type PimStatistic } from './statistics.js';
import { PIM_MILESTONES } from './waits.js';

/** Bits of an element that the tile does not state. */
const DEFAULT_BITS = 16;

function tileCycles(config: PimConfig, tile: TileShape): number {
  const view = gemmViewOfTile(tile);
  return kernelCycles(config, {
    groups: view.groups,
    vectors: view.m,
    outputs: view.n,
    reduction: view.reduction,
    weightBits: tile.bits['W'] ?? tile.bits['I2'] ?? DEFAULT_BITS,
    inputBits: tile.bits['I'] ?? DEFAULT_BITS,
    outputBits: tile.bits['O'] ?? DEFAULT_BITS,
  });
}

/** Those of a DRAM, and of the kernels: every weight read in its bank for every vector, every vector written to all channels. */
function pimActions(context: DescribeContext<PimConfig>): ActionDeclarations {
  const { config } = context;
  const macs = (tile: TileShape): number => macsOf(gemmViewOfTile(tile));
  const weightBits = (tile: TileShape): number => macs(tile) * (tile.bits['W'] ?? tile.bits['I2'] ?? DEFAULT_BITS);
  const inputBits = (tile: TileShape): number => {
    const { groups, m, reduction } = gemmViewOfTile(tile);
    return groups * m * reduction * (tile.bits['I'] ?? DEFAULT_BITS);
  };
  return {
    ...dramActions(context),
    mac: { energyPj: knownFigure(config.energyPerMacPj), unit: 'MAC', expected: { ofTile: macs } },
    'internal-read': { energyPj: knownFigure(config.energyPerInternalBitPj), unit: 'bit', expected: { ofTile: weightBits } },
    broadcast: { energyPj: knownFigure(config.energyPerBitPj), unit: 'bit', expected: { ofTile: (tile) => inputBits(tile) * config.channels } },
  };
}

/** DRAM with a multiply-accumulate unit at every bank. */
export const pimBankPlugin = definePlugin<PimConfig, PimStatistic>({
  kind: 'pim',
  name: 'pim-bank',
  version: '1.0.0',
  summary: 'DRAM whose banks multiply: all-bank activation, one column per MAC command, vector broadcast, result read-out, refresh',
  sources: [
    'Newton (He et al., MICRO 2020): row tiles of one output per bank, global buffer, G_ACT, COMP, READRES',
    'NeuPIMs (Heo et al., ASPLOS 2024) for timing; AttAcc (Park et al., ASPLOS 2024) for energy',
  ],
  configSchema: pimBankSchema,
  ports: { port: { description: 'Ordinary requests for this memory', role: 'target', many: true, depth: 8 } },
  statistics: PIM_STATISTICS,
  stallClasses: PIM_STALL_CLASSES,
  probes: PIM_PROBES,
  milestones: PIM_MILESTONES,
  ideal: PIM_IDEAL,
  stateLimits: { fixedAddresses: DRAM_ADDRESSES_MATTER },
  example: { config: {}, ports: { port: 2 } },
  describe: (context) => {
    const config = idealisedPim(context.config);
    return {
      kind: 'pim',
      peakMacsPerCycle: (config.channels * config.banks * config.lanes) / config.tCCD,
      operators: MATRIX_OPERATORS,
      capacityBytes: config.capacityBytes,
      peakBytesPerCycle: config.channels * config.bytesPerCycle,
      latencyCycles: config.controllerCycles + config.tRCD + config.tCL,
      isHome: config.isHome,
      preferredBurstBytes: Math.max(config.rowBytes, config.interleaveBytes) * config.channels,
      tileCycles: (tile) => tileCycles(config, tile),
    };
  },
  actions: pimActions,
  check: checkPim,
  create: (context) => new PimMemory({ ...context, config: idealisedPim(context.config) }),
});

export default pimBankPlugin;
