import { definePlugin, knownFigure } from 'tessera-sim';
import { DMA_IDEAL, dmaConfigSchema, idealisedDma, type DmaConfig } from './config.js';
import { DMA_STALLS, DmaBlock, type DmaStatistic } from './dma-block.js';
import { DMA_MILESTONES } from './milestones.js';

export const dmaPlugin = definePlugin<DmaConfig, DmaStatistic>({
  kind: 'dma',
  name: 'dma',
  version: '1.0.0',
  summary: 'Transfer engine: descriptor set-up, bursts of strided 2-D and 3-D regions, bounded buffers, multicast by repeated writes',
  sources: ['docs/models/dma.md (closed form of an uncontended transfer)'],
  configSchema: dmaConfigSchema,
  ports: {
    local: { description: 'To the memory of its own tile', role: 'initiator', optional: true },
    network: { description: 'To everything else', role: 'initiator', optional: true },
  },
  statistics: {
    transfers: { unit: 'descriptors', description: 'Transfers taken' },
    readBursts: { unit: 'bursts', description: 'Read requests' },
    writeBursts: { unit: 'bursts', description: 'Write requests' },
    bytesRead: { unit: 'bytes', description: 'Payload read' },
    bytesWritten: { unit: 'bytes', description: 'Payload written, each destination of a multicast counted' },
    meanBurstBytes: {
      unit: 'bytes',
      ratio: ['bytesRead', 'readBursts'],
      description: 'Bytes of a read request, mean',
      slows: 'a burst is passed on when all of it has come, so fewer and longer ones overlap less',
    },
    busyCycles: { unit: 'cycles', description: 'Cycles in which the data path moved bytes to a destination' },
  },
  stallClasses: DMA_STALLS,
  probes: { transfer: { type: 'span', many: true, description: 'A transfer from start to end, a track a descriptor (transfer.0, ...)', labels: ['transfer'] } },
  milestones: DMA_MILESTONES,
  ideal: DMA_IDEAL,
  describe: ({ config }) => ({
    kind: 'dma',
    setupCycles: idealisedDma(config).setupCycles,
    descriptorsInFlight: config.descriptorsInFlight,
    burstBytes: config.burstBytes,
  }),
  actions: ({ config }) => ({ move: { energyPj: knownFigure(config.energyPerBytePj), unit: 'byte written', expected: { perByteMoved: 1 } } }),
  create: (context) => new DmaBlock({ ...context, config: idealisedDma(context.config) }),
});

export default dmaPlugin;
