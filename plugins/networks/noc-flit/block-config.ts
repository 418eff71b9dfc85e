import { idealProperty, type IdealDeclaration, type JsonSchema } from 'tessera-sim';
import { networkProperties, sizeOf, type NocFlitNetworkConfig } from './config.js';

export interface NocFlitConfig extends NocFlitNetworkConfig {
  readonly flitBits?: number;
  readonly linkWidthBits?: number;
  readonly maxPacketFlits: number;
  readonly reassemblyMessages: number;
  readonly outstandingMessages: number;
  readonly multicastMessages: number;
  readonly reductionEntries: number;
  readonly reductionCycles: number;
  readonly reductionEnergyPerBitPj: number;
  readonly routerEnergyPerBitPj: number;
  readonly linkEnergyPerBitPj: number;
  readonly checkDeadlock: boolean;
  /** Default: none. */
  readonly ideal?: readonly FlitMechanism[];
}

export type FlitMechanism = 'contention' | 'hopLatency' | 'serialization';

const anomaly = { reason: 'packets that are quicker meet others elsewhere, and routes are drawn in another order', atMost: 0.05 };

export const NOC_FLIT_IDEAL: Readonly<Record<FlitMechanism, IdealDeclaration>> = {
  contention: { description: 'each packet takes the time that it takes alone; a node still sends a flit a cycle, and takes one' },
  hopLatency: { description: 'routers route ahead and need one cycle for each of their other stages, and every link is passed in one cycle', anomaly },
  serialization: { description: 'a packet is one flit, however large, and takes one cycle of a link', anomaly },
};

export const nocFlitConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...networkProperties,
    flitBits: { type: 'integer', minimum: 8, multipleOf: 8, unit: 'bits', description: 'Width of a flit; default: that of a link, else 128' },
    linkWidthBits: {
      type: 'integer',
      minimum: 8,
      multipleOf: 8,
      unit: 'bits',
      description: 'Width of a link between routers; default: that of a flit. On a narrower link a flit takes several transfers (as with linkPhits)',
    },
    maxPacketFlits: {
      type: 'integer',
      minimum: 2,
      maximum: 4096,
      default: 9,
      unit: 'flits',
      description: 'Longest packet, with its header; a larger message is split',
    },
    reassemblyMessages: {
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 8,
      unit: 'messages',
      description: 'Messages for which a node has room, for each traffic class; a sender starts a message only when its destination has room',
    },
    outstandingMessages: {
      type: 'integer',
      minimum: 1,
      maximum: 4096,
      default: 4,
      unit: 'messages',
      description: 'Messages that a node may have in the network, for each traffic class',
    },
    multicastMessages: {
      type: 'integer',
      minimum: 0,
      maximum: 4096,
      default: 8,
      unit: 'messages',
      description:
        "Multicasts that a node's interface has room for while it copies or receives them, beside `reassemblyMessages`; 0: interfaces neither copy nor add",
    },
    reductionEntries: {
      type: 'integer',
      minimum: 0,
      maximum: 65536,
      default: 128,
      unit: 'packets',
      description:
        "Partial sums of packets that a node's interface holds while it combines the responses of reductions; 0: interfaces do not combine, and dma engines add",
    },
    reductionCycles: {
      type: 'integer',
      minimum: 0,
      maximum: 4096,
      default: 1,
      unit: 'cycles',
      description: 'Adder of an interface: from the last packet of a sum coming in to the sum going on',
    },
    reductionEnergyPerBitPj: {
      type: 'number',
      minimum: 0,
      default: 0,
      unit: 'pJ/bit',
      description: 'Energy of a bit that is added to a partial sum; routers and links count their own',
    },
    routerEnergyPerBitPj: {
      type: 'number',
      minimum: 0,
      default: 0,
      unit: 'pJ/bit',
      description: 'Energy of a bit through a router (buffers, crossbar, arbiters)',
    },
    linkEnergyPerBitPj: { type: 'number', minimum: 0, default: 0, unit: 'pJ/bit', description: 'Energy of a bit over one link between routers' },
    checkDeadlock: {
      type: 'boolean',
      default: true,
      description: 'Refuse a routing whose channel dependencies close a cycle (networks of up to 256 nodes)',
      source: 'Dally and Seitz, IEEE Trans. Computers C-36 (1987); Duato, IEEE TPDS 4(12) (1993)',
    },
    ideal: idealProperty(NOC_FLIT_IDEAL),
  },
};

/** Width of a flit, and how many transfers it takes on a link between routers. */
export function widthsOf({ flitBits, linkWidthBits, linkPhits }: Pick<NocFlitConfig, 'flitBits' | 'linkWidthBits' | 'linkPhits'>): {
  readonly flitBits: number;
  readonly linkPhits: number;
} {
  const width = flitBits ?? linkWidthBits ?? 128;
  return { flitBits: width, linkPhits: Math.max(linkPhits, Math.ceil(width / (linkWidthBits ?? width))) };
}

/** The configuration with its widths settled, and with what is idealised but contention, which is no matter of figures. */
export function idealised(config: NocFlitConfig): NocFlitConfig & { readonly flitBits: number } {
  const { ideal = [], maxPacketFlits } = config;
  const widths = widthsOf(config);
  return {
    ...config,
    ...widths,
    ...(ideal.includes('hopLatency') ? QUICKEST : {}),
    ...(ideal.includes('serialization') ? { flitBits: widths.flitBits * maxPacketFlits, maxPacketFlits: 1, linkPhits: 1, linkClockRatio: 1 } : {}),
  };
}

const QUICKEST = {
  routingDelay: 0,
  vcAllocDelay: 1,
  switchAllocDelay: 1,
  switchPrepareDelay: 0,
  switchFinalDelay: 1,
  creditDelay: 0,
  linkCycles: 1,
  foldedLinks: false,
  reductionCycles: 0,
} as const;

/** The same of the block at `path`, with its size settled. Throws InputError for a rectangle. */
export function settled(config: NocFlitConfig, path: string): NocFlitConfig & { readonly flitBits: number } {
  return { ...idealised(config), ...sizeOf(config, `${path}.with.`) };
}
