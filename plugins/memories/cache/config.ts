import { idealProperty, type IdealDeclaration, type JsonSchema } from 'tessera-sim';

export interface CacheConfig {
  readonly capacityBytes: number;
  readonly ways: number;
  readonly lineBytes: number;
  readonly hitLatencyCycles: number;
  readonly mshrs: number;
  readonly writeBuffers: number;
  readonly pendingBursts: number;
  readonly lookupEnergyPj: number;
  readonly lineEnergyPj: number;
  readonly ideal: readonly 'misses'[];
}

export const CACHE_IDEAL: Readonly<Record<'misses', IdealDeclaration>> = {
  misses: { description: 'every line is in the cache, and the memory behind it is asked for nothing' },
};

export const cacheConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    capacityBytes: { type: 'integer', minimum: 16, maximum: 2 ** 40, default: 1048576, unit: 'bytes', description: 'Bytes of all lines' },
    ways: { type: 'integer', minimum: 1, maximum: 64, default: 8, unit: 'lines', description: 'Lines of a set; the least recently used one is replaced' },
    lineBytes: { type: 'integer', minimum: 8, maximum: 4096, default: 64, unit: 'bytes', description: 'Bytes of a line, a power of two' },
    hitLatencyCycles: {
      type: 'integer',
      minimum: 1,
      default: 10,
      unit: 'cycles',
      description: 'From the look-up of the last line of a burst to its response; a miss goes to the memory as long after its look-up',
    },
    mshrs: {
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 16,
      unit: 'lines',
      description: 'Lines being fetched at a time (miss status holding registers); further misses to such a line join it',
    },
    writeBuffers: { type: 'integer', minimum: 1, maximum: 4096, default: 8, unit: 'lines', description: 'Replaced dirty lines on their way to the memory' },
    pendingBursts: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 8,
      unit: 'bursts',
      description: 'Bursts of a port between their first look-up and their response',
    },
    lookupEnergyPj: { type: 'number', minimum: 0, default: 0, unit: 'pJ', description: 'Energy of a look-up in the tags of a set' },
    lineEnergyPj: { type: 'number', minimum: 0, default: 0, unit: 'pJ', description: 'Energy of reading or writing a line of data' },
    ideal: idealProperty(CACHE_IDEAL),
  },
};

export function checkCacheConfig(config: CacheConfig): { path: string; message: string; expected?: string }[] {
  const problems: { path: string; message: string; expected?: string }[] = [];
  if (!Number.isInteger(Math.log2(config.lineBytes))) {
    problems.push({ path: 'lineBytes', message: 'a line is a power of two of bytes', expected: String(2 ** Math.round(Math.log2(config.lineBytes))) });
  }
  if (config.capacityBytes % (config.ways * config.lineBytes) !== 0) {
    problems.push({
      path: 'capacityBytes',
      message: 'the capacity is not a whole number of sets',
      expected: `a multiple of ${config.ways * config.lineBytes}`,
    });
  }
  return problems;
}
