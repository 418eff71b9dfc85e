import { idealProperty, type IdealDeclaration, type JsonSchema } from 'tessera-sim';

export interface DmaConfig {
  readonly setupCycles: number;
  readonly descriptorsInFlight: number;
  readonly burstBytes: number;
  readonly outstandingBursts: number;
  readonly widthBits: number;
  readonly energyPerBytePj: number;
  readonly ideal: readonly 'setup'[];
}

export const DMA_IDEAL: Readonly<Record<'setup', IdealDeclaration>> = {
  setup: {
    description: 'descriptors are set up in no time',
    anomaly: { reason: 'bursts of several transfers may meet at a memory in another order', atMost: 0.02 },
  },
};

/** The configuration without the mechanisms that it idealises. */
export function idealisedDma(config: DmaConfig): DmaConfig {
  return config.ideal.includes('setup') ? { ...config, setupCycles: 0 } : config;
}

export const dmaConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    setupCycles: {
      type: 'integer',
      minimum: 0,
      default: 16,
      unit: 'cycles',
      description: 'Reading and decoding a descriptor; that of the next transfer overlaps the data of this one',
    },
    descriptorsInFlight: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 4,
      unit: 'descriptors',
      description: 'Transfers that the engine has taken and not finished',
    },
    burstBytes: { type: 'integer', minimum: 1, default: 1024, unit: 'bytes', description: 'Largest burst; a strided burst holds as many whole rows as fit' },
    outstandingBursts: {
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 8,
      unit: 'bursts',
      description: 'Bursts between the read request and the last write acknowledgement; the engine has a buffer for each',
    },
    widthBits: {
      type: 'integer',
      minimum: 8,
      multipleOf: 8,
      default: 256,
      unit: 'bits',
      description: 'Data path, each way: a burst occupies it for bytes / width cycles',
    },
    energyPerBytePj: {
      type: 'number',
      minimum: 0,
      default: 0,
      unit: 'pJ/byte',
      description: 'Energy of the engine itself for each byte written; memories and networks count their own',
    },
    ideal: idealProperty(DMA_IDEAL),
  },
};
