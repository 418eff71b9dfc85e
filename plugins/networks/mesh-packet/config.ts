import { idealProperty, type ArbiterName, type IdealDeclaration, type JsonSchema } from 'tessera-sim';

/** What every network at packet level has, whatever its topology. */
export interface PacketConfig {
  readonly routerCycles: number;
  readonly linkCycles: number;
  readonly linkWidthBits: number;
  readonly switching: 'virtual-cut-through' | 'store-and-forward';
  readonly bufferPackets: number;
  readonly maxPacketBytes: number;
  readonly arbitration: ArbiterName;
  readonly routerEnergyPerBitPj: number;
  readonly linkEnergyPerBitPj: number;
  readonly reductionEntries: number;
  readonly reductionCycles: number;
  readonly reductionEnergyPerBitPj: number;
  /** Default: none. */
  readonly ideal?: readonly PacketMechanism[];
}

export type PacketMechanism = 'contention' | 'hopLatency' | 'serialization';

const anomaly = { reason: 'packets that are quicker meet others elsewhere', atMost: 0.05 };

export const PACKET_IDEAL: Readonly<Record<PacketMechanism, IdealDeclaration>> = {
  contention: { description: 'links carry any number of packets at once and end in buffers of 64 packets or more; a node still sends and takes one by one' },
  hopLatency: { description: 'routers have no pipeline, and every link is passed in one cycle', anomaly },
  serialization: { description: 'a packet takes one cycle of a link', anomaly },
};

/** A link as wide as any packet, and buffers as deep as no packet fills them. */
const WIDEST_BITS = Number.MAX_SAFE_INTEGER;
const DEEP_PACKETS = 64;

/** The configuration with what is idealised put in. */
export function settledPacket<Config extends PacketConfig>(config: Config): Config {
  const { ideal = [] } = config;
  return {
    ...config,
    ...(ideal.includes('contention') ? { bufferPackets: Math.max(config.bufferPackets, DEEP_PACKETS) } : {}),
    ...(ideal.includes('hopLatency') ? { routerCycles: 0, linkCycles: 1, reductionCycles: 0 } : {}),
    ...(ideal.includes('serialization') ? { linkWidthBits: WIDEST_BITS } : {}),
  };
}

export interface MeshPacketConfig extends PacketConfig {
  readonly topology: 'mesh' | 'torus';
  readonly columns: number;
  readonly rows: number;
  readonly concentration: number;
}

export const PACKET_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  routerCycles: {
    type: 'integer',
    minimum: 0,
    default: 2,
    unit: 'cycles',
    description: 'Pipeline of a router: from a head arriving to its asking for the output',
  },
  linkCycles: { type: 'integer', minimum: 1, default: 1, unit: 'cycles', description: 'Flight time of a link; a freed buffer is known upstream as much later' },
  linkWidthBits: {
    type: 'integer',
    minimum: 8,
    multipleOf: 8,
    default: 128,
    unit: 'bits',
    description: 'Width of each link and ejection channel: a packet occupies it for its bytes / width cycles',
  },
  switching: {
    enum: ['virtual-cut-through', 'store-and-forward'],
    default: 'virtual-cut-through',
    description: 'Whether a packet goes on as soon as its head is there, or when all of it is',
    source: 'Kermani and Kleinrock, Virtual cut-through, Computer Networks 3 (1979)',
  },
  bufferPackets: {
    type: 'integer',
    minimum: 1,
    maximum: 1024,
    default: 4,
    unit: 'packets',
    description: 'Packets that the input buffer of a link holds, for each traffic class',
  },
  maxPacketBytes: {
    type: 'integer',
    minimum: 1,
    default: 1024,
    unit: 'bytes',
    description: 'Payload of a packet; a larger message is split, each packet with a header of 8 bytes, and others may go between',
  },
  arbitration: {
    enum: ['round-robin', 'priority', 'age'],
    default: 'round-robin',
    description: 'Who gets an output: in turn, the highest priority of the transaction, or the transaction issued first',
  },
  routerEnergyPerBitPj: {
    type: 'number',
    minimum: 0,
    default: 0,
    unit: 'pJ/bit',
    description: 'Energy of a bit through a router (buffers, crossbar, arbiters)',
  },
  linkEnergyPerBitPj: {
    type: 'number',
    minimum: 0,
    default: 0,
    unit: 'pJ/bit',
    description: 'Energy of a bit over one link: wire energy per mm times its length',
  },
  reductionEntries: {
    type: 'integer',
    minimum: 0,
    maximum: 65536,
    default: 16,
    unit: 'packets',
    description:
      'Partial sums of packets that a router holds while it combines the responses of reductions; 0: the routers do not combine, and dma engines add',
  },
  reductionCycles: {
    type: 'integer',
    minimum: 0,
    default: 1,
    unit: 'cycles',
    description: 'Stages of the adder, which a response passes beyond the pipeline in each router where it meets others',
  },
  reductionEnergyPerBitPj: {
    type: 'number',
    minimum: 0,
    default: 0,
    unit: 'pJ/bit',
    description: 'Energy of a bit that is added to a partial sum; buffers and links count their own',
  },
  ideal: idealProperty(PACKET_IDEAL),
};

export const meshPacketConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    topology: {
      enum: ['mesh', 'torus'],
      default: 'mesh',
      description: 'Whether rows and columns are closed to rings (the shorter way is taken); a torus of one row is a ring',
    },
    columns: { type: 'integer', minimum: 1, maximum: 256, default: 4, unit: 'routers', description: 'Routers in a row' },
    rows: { type: 'integer', minimum: 1, maximum: 256, default: 4, unit: 'routers', description: 'Routers in a column' },
    concentration: {
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: 1,
      unit: 'ports',
      description: 'Node ports at a router: node n is at router floor(n / concentration), routers counted along the rows',
    },
    ...PACKET_PROPERTIES,
  },
};
