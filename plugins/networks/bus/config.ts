import { idealProperty, type ArbiterName, type JsonSchema } from 'tessera-sim';

export interface BusConfig {
  readonly widthBits: number;
  readonly latencyCycles: number;
  readonly arbitration: ArbiterName;
  readonly outputDepth: number;
  readonly energyPerBytePj: number;
  readonly ideal: readonly BusMechanism[];
}

export type BusMechanism = 'contention' | 'serialization' | 'latency';

export const BUS_IDEAL = {
  contention: { description: 'any number of messages are on the bus at once; one for a full port waits all the same' },
  serialization: { description: 'a message occupies the bus for one cycle' },
  latency: { description: 'a message leaves with its last beat' },
} as const;

/** Wide enough for any message in one cycle. */
const ONE_BEAT_BITS = Number.MAX_SAFE_INTEGER;

/** The configuration with what is idealised put in. */
export function settled(config: BusConfig): BusConfig {
  const { ideal } = config;
  return {
    ...config,
    widthBits: ideal.includes('serialization') ? ONE_BEAT_BITS : config.widthBits,
    latencyCycles: ideal.includes('latency') ? 0 : config.latencyCycles,
  };
}

export const busConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    widthBits: {
      type: 'integer',
      minimum: 8,
      multipleOf: 8,
      default: 128,
      unit: 'bits',
      description: 'Width of the bus: a message occupies it for its bytes (header included) / width cycles',
    },
    latencyCycles: { type: 'integer', minimum: 0, default: 1, unit: 'cycles', description: 'From the last beat on the bus to the message leaving it' },
    arbitration: {
      enum: ['round-robin', 'priority', 'age'],
      default: 'round-robin',
      description: 'Who is next: in turn, the highest priority of the transaction, or the transaction issued first',
    },
    outputDepth: {
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 4,
      unit: 'messages',
      description: 'Messages of one class held for one port; a message for a full one does not ask for the bus',
    },
    energyPerBytePj: { type: 'number', minimum: 0, default: 0, unit: 'pJ/byte', description: 'Energy of a byte on the bus, drivers included' },
    ideal: idealProperty(BUS_IDEAL),
  },
};
