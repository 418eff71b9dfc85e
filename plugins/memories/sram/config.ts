import { idealProperty, type ArbiterName, type IdealDeclaration, type JsonSchema } from 'tessera-sim';
import { INTERLEAVINGS, type Interleaving } from './bank-map.js';

export type PortAccess = 'read' | 'write' | 'read-write';

export interface SramPortConfig {
  readonly access: PortAccess;
  readonly widthBits?: number;
}

export interface SramConfig {
  readonly capacityBytes: number;
  readonly banks: number;
  readonly wordBits: number;
  readonly portWidthBits: number;
  readonly ports: Readonly<Record<string, SramPortConfig>>;
  readonly interleaving: Interleaving;
  readonly accessLatencyCycles: number;
  readonly arbitration: ArbiterName;
  readonly responseDepth: number;
  readonly readEnergyPj?: number;
  readonly writeEnergyPj?: number;
  readonly energyScale: number;
  readonly leakageMw: number;
  readonly ideal: readonly 'bankConflicts'[];
}

export const SRAM_IDEAL: Readonly<Record<'bankConflicts', IdealDeclaration>> = {
  bankConflicts: { description: 'each port is served its whole width in every cycle, wherever the words lie' },
};

export const sramConfigSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    capacityBytes: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1, default: 262144, unit: 'bytes', description: 'Capacity of all banks together' },
    banks: { type: 'integer', minimum: 1, maximum: 4096, default: 16, unit: 'banks', description: 'Banks; each serves one word a cycle' },
    wordBits: {
      type: 'integer',
      minimum: 8,
      maximum: 65536,
      multipleOf: 8,
      default: 64,
      unit: 'bits',
      description: 'Width of a word, the unit of access of a bank',
    },
    portWidthBits: {
      type: 'integer',
      minimum: 8,
      maximum: 1 << 20,
      multipleOf: 8,
      default: 128,
      unit: 'bits',
      description: 'Width of a port; it asks for portWidthBits / wordBits words a cycle',
    },
    ports: {
      type: 'object',
      default: {},
      description: 'What is special about single ports, by name (port0, port1, ...)',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          access: { enum: ['read', 'write', 'read-write'], default: 'read-write', description: 'Requests that the port takes' },
          widthBits: { type: 'integer', minimum: 8, multipleOf: 8, unit: 'bits', description: 'Width of this port; default portWidthBits' },
        },
      },
    },
    interleaving: {
      enum: INTERLEAVINGS,
      default: 'low-order',
      description: 'Bank of a word: word mod banks, the same XORed with the next higher bits, or one contiguous stretch a bank',
      source: 'Rau, Pseudo-randomly interleaved memory, ISCA 1991 (xor)',
    },
    accessLatencyCycles: {
      type: 'integer',
      minimum: 1,
      default: 1,
      unit: 'cycles',
      description: 'From the cycle that serves the last word to the response leaving',
    },
    arbitration: {
      enum: ['round-robin', 'priority', 'age'],
      default: 'round-robin',
      description: 'Who gets a bank that several ports want: in turn, the highest priority of the transaction, or the one that came first',
    },
    responseDepth: {
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 4,
      unit: 'bursts',
      description: 'Responses that a port keeps while it may not send; then it takes no new burst',
    },
    readEnergyPj: {
      type: 'number',
      minimum: 0,
      unit: 'pJ',
      description: 'Energy of a word read; default a fit by bank size and word width',
      source: 'Horowitz, ISSCC 2014 (45 nm)',
    },
    writeEnergyPj: { type: 'number', minimum: 0, unit: 'pJ', description: 'Energy of a word write; default as a read' },
    energyScale: { type: 'number', minimum: 0, default: 1, unit: '1', description: 'Factor on the fitted energies, for a process other than 45 nm' },
    leakageMw: { type: 'number', minimum: 0, default: 0, unit: 'mW', description: 'Static power of the whole memory' },
    ideal: idealProperty(SRAM_IDEAL),
  },
};

/** Rules that the schema cannot say. */
export function checkSramConfig(config: SramConfig): { path: string; message: string; expected?: string }[] {
  const problems: { path: string; message: string; expected?: string }[] = [];
  const wordBytes = config.wordBits / 8;
  if (config.capacityBytes % (config.banks * wordBytes) !== 0) {
    problems.push({
      path: 'capacityBytes',
      message: 'the capacity is not a whole number of words in each bank',
      expected: `a multiple of ${config.banks * wordBytes}`,
    });
  }
  if (config.interleaving === 'xor' && !Number.isInteger(Math.log2(config.banks))) {
    problems.push({ path: 'banks', message: 'xor interleaving needs a power of two of banks', expected: String(2 ** Math.round(Math.log2(config.banks))) });
  }
  const widths = Object.entries(config.ports).map(([name, port]) => [`ports.${name}.widthBits`, port.widthBits] as const);
  for (const [path, width] of [['portWidthBits', config.portWidthBits] as const, ...widths]) {
    if (width !== undefined && width % config.wordBits !== 0) {
      problems.push({ path, message: 'a port is a whole number of words wide', expected: `a multiple of ${config.wordBits}` });
    }
  }
  for (const name of Object.keys(config.ports)) {
    if (!/^port(0|[1-9]\d*)$/.test(name)) problems.push({ path: `ports.${name}`, message: `no port can be called '${name}'`, expected: 'port0, port1, ...' });
  }
  return problems;
}
