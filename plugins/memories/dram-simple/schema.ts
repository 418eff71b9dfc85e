import { idealProperty, type JsonSchema } from 'tessera-sim';
import { DRAM_IDEAL } from './ideal.js';
import type { DramShape } from './timing.js';

export interface DramConfig extends DramShape {
  readonly capacityBytes: number;
  readonly queueDepth: number;
  readonly isHome: boolean;
  readonly energyPerActivatePj: number;
  readonly energyPerBitPj: number;
  readonly energyPerRefreshPj: number;
  readonly backgroundMw: number;
  readonly ideal: readonly string[];
}

const HBM2 = 'HBM2 8 Gb at 1 GHz (JESD235), pseudo-channel of 64 bits';
const ENERGY = 'HBM energy by path segment as in AttAcc (Park et al., ASPLOS 2024)';

const cycles = (value: number, description: string, minimum = 0): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum: 1_000_000,
  default: value,
  unit: 'cycles',
  description,
  source: HBM2,
});

/** Properties that every DRAM-like block takes, besides `ideal`. */
export const DRAM_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  capacityBytes: { type: 'integer', minimum: 1, default: 4294967296, unit: 'bytes', description: 'Capacity of all channels together' },
  channels: { type: 'integer', minimum: 1, maximum: 256, default: 4, unit: 'channels', description: 'Independent channels, each with a data bus' },
  banks: { type: 'integer', minimum: 1, maximum: 4096, default: 16, unit: 'banks', description: 'Banks of one channel', source: HBM2 },
  rowBytes: { type: 'integer', minimum: 1, default: 1024, unit: 'bytes', description: 'Bytes of one row of one bank', source: HBM2 },
  burstBytes: { type: 'integer', minimum: 1, default: 32, unit: 'bytes', description: 'Bytes of one column access', source: HBM2 },
  bytesPerCycle: {
    type: 'number',
    exclusiveMinimum: 0,
    default: 16,
    unit: 'bytes',
    description: 'Bytes that the data bus of a channel carries in one cycle',
    source: HBM2,
  },
  interleaveBytes: {
    type: 'integer',
    minimum: 1,
    default: 256,
    unit: 'bytes',
    description: 'Consecutive bytes that stay on one channel; within a channel consecutive rows lie in consecutive banks',
  },
  tRCD: cycles(14, 'Activate to column command'),
  tRP: cycles(14, 'Precharge to activate'),
  tCL: cycles(14, 'Read command to first data'),
  tCWL: cycles(4, 'Write command to first data'),
  tRAS: cycles(34, 'Activate to precharge'),
  tRRD: cycles(4, 'Activate to activate of another bank'),
  tRTP: cycles(5, 'Last read command to precharge'),
  tWR: cycles(16, 'Last data written to precharge'),
  tTurn: cycles(8, 'Idle cycles of the bus between a read and a write, or a write and a read'),
  tREFI: cycles(3900, 'Distance of two refreshes of a channel; 0: no refresh'),
  tRFC: cycles(260, 'Length of a refresh'),
  controllerCycles: {
    type: 'integer',
    minimum: 0,
    maximum: 100000,
    default: 10,
    unit: 'cycles',
    description: 'From the arrival of a burst to its first command',
  },
  queueDepth: {
    type: 'integer',
    minimum: 1,
    maximum: 65536,
    default: 32,
    unit: 'transactions',
    description: 'Bursts taken and not answered; more wait in the ports',
  },
  isHome: { type: 'boolean', default: true, description: 'Tensors live here between layers' },
  energyPerActivatePj: {
    type: 'number',
    minimum: 0,
    default: 901,
    unit: 'pJ',
    description: 'Energy of activating and precharging one row',
    source: `${ENERGY}: 0.11 pJ a bit of a 1 KB row`,
  },
  energyPerBitPj: {
    type: 'number',
    minimum: 0,
    default: 3.48,
    unit: 'pJ/bit',
    description: 'Energy of moving one bit between cell and requester side',
    source: `${ENERGY}: cell 0.44, to bank-group multiplexer 1.01, to global I/O 1.23, TSV 0.5, interposer 0.3`,
  },
  energyPerRefreshPj: { type: 'number', minimum: 0, default: 0, unit: 'pJ', description: 'Energy of one all-bank refresh of a channel' },
  backgroundMw: { type: 'number', minimum: 0, default: 0, unit: 'mW', description: 'Power that is drawn all the time' },
};

export const dramSimpleSchema: JsonSchema = {
  type: 'object',
  properties: { ...DRAM_PROPERTIES, ideal: idealProperty(DRAM_IDEAL) },
  additionalProperties: false,
};

/** Rules between properties. */
export function checkDram(config: DramShape): { path: string; message: string; expected: string }[] {
  const problems: { path: string; message: string; expected: string }[] = [];
  const demand = (holds: boolean, path: string, message: string, expected: string): void => {
    if (!holds) problems.push({ path, message, expected });
  };
  const { rowBytes, burstBytes, interleaveBytes, tREFI, tRFC, bytesPerCycle } = config;
  demand(rowBytes % burstBytes === 0, 'rowBytes', `${rowBytes} is no multiple of burstBytes ${burstBytes}`, 'a multiple of burstBytes');
  demand(interleaveBytes % burstBytes === 0, 'interleaveBytes', `${interleaveBytes} is no multiple of burstBytes ${burstBytes}`, 'a multiple of burstBytes');
  demand(
    Number.isInteger(burstBytes / bytesPerCycle),
    'bytesPerCycle',
    `a burst of ${burstBytes} bytes takes no whole number of cycles at ${bytesPerCycle} bytes a cycle`,
    'a divisor of burstBytes',
  );
  demand(tREFI === 0 || tREFI > tRFC, 'tREFI', `a refresh every ${tREFI} cycles that lasts ${tRFC} leaves no time for data`, '0, or more than tRFC');
  return problems;
}
