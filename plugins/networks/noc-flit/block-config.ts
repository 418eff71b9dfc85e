import type { JsonSchema } from '../../../core/index.js';
import { networkProperties, type NocFlitNetworkConfig } from './config.js';

export interface NocFlitConfig extends NocFlitNetworkConfig {
  readonly flitBits: number;
  readonly maxPacketFlits: number;
  readonly reassemblyMessages: number;
  readonly outstandingMessages: number;
  readonly routerEnergyPerBitPj: number;
  readonly linkEnergyPerBitPj: number;
  readonly checkDeadlock: boolean;
}

export const nocFlitConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...networkProperties,
    flitBits: { type: 'integer', minimum: 8, multipleOf: 8, default: 128, unit: 'bits', description: 'Width of a flit, and of a link unless linkPhits is above 1' },
    maxPacketFlits: { type: 'integer', minimum: 2, maximum: 4096, default: 9, unit: 'flits', description: 'Longest packet, with its header; a larger message is split' },
    reassemblyMessages: { type: 'integer', minimum: 1, maximum: 4096, default: 8, unit: 'messages', description: 'Messages for which a node has room, for each traffic class; a sender starts a message only when its destination has room' },
    outstandingMessages: { type: 'integer', minimum: 1, maximum: 4096, default: 4, unit: 'messages', description: 'Messages that a node may have in the network, for each traffic class' },
    routerEnergyPerBitPj: { type: 'number', minimum: 0, default: 0, unit: 'pJ/bit', description: 'Energy of a bit through a router (buffers, crossbar, arbiters)' },
    linkEnergyPerBitPj: { type: 'number', minimum: 0, default: 0, unit: 'pJ/bit', description: 'Energy of a bit over one link between routers' },
    checkDeadlock: { type: 'boolean', default: true, description: 'Refuse a routing whose channel dependencies close a cycle (networks of up to 256 nodes)', source: 'Dally and Seitz, IEEE Trans. Computers C-36 (1987); Duato, IEEE TPDS 4(12) (1993)' },
  },
};
