import { definePlugin, knownFigure } from 'tessera-sim';
import { CACHE_STALLS, CacheBlock, type CacheStatistic } from './cache-block.js';
import { CACHE_IDEAL, cacheConfigSchema, checkCacheConfig, type CacheConfig } from './config.js';
import { CACHE_MILESTONES } from './waits.js';

export const cachePlugin = definePlugin<CacheConfig, CacheStatistic>({
  kind: 'memory',
  name: 'cache',
  version: '1.0.0',
  summary: 'Last-level cache before a memory: sets, ways, lines, MSHRs, write-back, least recently used',
  sources: ['Kroft, Lockup-free instruction fetch/prefetch cache organization, ISCA 1981 (MSHRs)', 'docs/models/cache.md'],
  configSchema: cacheConfigSchema,
  ports: {
    port: { description: 'Takes requests for the memory behind the cache and answers them', role: 'target', many: true },
    memory: { description: 'To the memory, or the network before it', role: 'initiator' },
  },
  statistics: {
    bursts: { unit: 'bursts', description: 'Requests taken' },
    hits: { unit: 'lines', description: 'Look-ups that found their line' },
    misses: { unit: 'lines', description: 'Look-ups that did not, whole-line writes included, which fetch nothing' },
    joinedMisses: { unit: 'lines', description: 'Look-ups of a line that was being fetched already' },
    writeBacks: { unit: 'lines', description: 'Dirty lines replaced and written to the memory' },
    bytesFetched: { unit: 'bytes', description: 'Bytes read from the memory' },
    bytesWrittenBack: { unit: 'bytes', description: 'Bytes written to the memory' },
    dirtyLines: { unit: 'lines', description: 'Dirty lines left in the cache at the end, which the memory has not seen' },
  },
  stallClasses: CACHE_STALLS,
  milestones: CACHE_MILESTONES,
  ideal: CACHE_IDEAL,
  stateLimits: { fixedAddresses: 'the set of a line follows from its address' },
  example: { ports: { port: 1 } },
  // For routing it is a thing on the way: requests are meant for the memory behind it.
  describe: ({ config }) => ({ kind: 'network', linkBytesPerCycle: config.lineBytes, hopCycles: config.hitLatencyCycles, forwards: true }),
  actions: ({ config }) => ({
    lookup: { energyPj: knownFigure(config.lookupEnergyPj), unit: 'look-up', expected: { perByteMoved: 1 / config.lineBytes } },
    line: { energyPj: knownFigure(config.lineEnergyPj), unit: 'line read or written', expected: { perByteMoved: 1 / config.lineBytes } },
  }),
  check: checkCacheConfig,
  create: (context) => new CacheBlock(context),
});

export default cachePlugin;
