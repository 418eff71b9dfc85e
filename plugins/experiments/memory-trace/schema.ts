import { blockReference, type BlockUse, type JsonSchema } from 'tessera-sim';
import { DEVICE_PROPERTIES, TRACE_PARAMETERS, type DramDeviceConfig } from 'tessera-sim/dram';

export interface TraceConfig {
  readonly kind?: string;
  readonly file?: string;
  readonly n?: number;
  readonly [parameter: string]: unknown;
}

export interface MemoryTraceConfig {
  readonly memory: DramDeviceConfig;
  /** A memory plugin in place of the DRAM of `memory`. */
  readonly block?: BlockUse;
  readonly lineBytes: number;
  readonly trace: TraceConfig;
  readonly linesPerCycle: number;
  readonly burst: number;
  readonly gapCycles: number;
  readonly maxCycles: number;
  readonly checkCommands: boolean;
  readonly keepCommands: number;
}

const number = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, unit: 'lines', description });

const PARAMETER_TEXTS: Readonly<Record<string, string>> = {
  base: 'First line',
  wr: '1: all accesses are writes',
  s: 'Lines from access to access',
  m: 'Lines of the region (rand: a power of two)',
  seed: 'State of the xorshift32 generator before the first access',
  w: 'Writes among 32 accesses',
  nr: 'Streams that read',
  nw: 'Streams that write',
  d: 'Lines from stream to stream (wb: from the block read to the one written)',
  r: 'Rows of a tile',
  c: 'Lines of a tile row',
  p: 'Lines from tile row to tile row',
  to: 'Lines from tile to tile',
  tr: '1: tiles are walked column by column',
  b: 'Lines of a block',
};

const gemmText = (name: string) =>
  `${{ r: 'Rows', c: 'Lines of a row', p: 'Lines from row to row', b: 'First line', o: 'Lines from period to period' }[name[0] as 'r']} of tile ${name[1]}${name[1] === '3' ? ', the written one' : ''}`;

function traceProperties(): Record<string, JsonSchema> {
  const names = new Set(Object.values(TRACE_PARAMETERS).flat());
  return Object.fromEntries([...names].map((name) => [name, number(PARAMETER_TEXTS[name] ?? gemmText(name))]));
}

export const memoryTraceSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['trace'],
  properties: {
    memory: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'The DRAM and its controllers, as for the block `dram`',
      properties: DEVICE_PROPERTIES,
    },
    block: blockReference(['memory'], 'Any memory plugin in place of the DRAM that `memory` describes'),
    lineBytes: { type: 'integer', minimum: 1, maximum: 1 << 20, default: 64, unit: 'bytes', description: 'Bytes of an access to `block`' },
    trace: {
      type: 'object',
      additionalProperties: false,
      description: 'A formula (kind and its parameters), or a file in the text form of Ramulator or DRAMsim3',
      properties: {
        kind: { type: 'string', enum: Object.keys(TRACE_PARAMETERS), description: 'Formula of the line addresses' },
        file: { type: 'string', description: 'Trace file beside the scenario: `LD 0x40`, `0x40 R` or `0x40 READ 12` a line' },
        n: { type: 'integer', minimum: 1, maximum: 1e9, unit: 'accesses', description: 'Length of a formula' },
        ...traceProperties(),
      },
    },
    linesPerCycle: { type: 'integer', minimum: 1, maximum: 1024, default: 1, unit: 'lines', description: 'Accesses offered per cycle at most' },
    burst: { type: 'integer', minimum: 1, default: 1, unit: 'accesses', description: 'Accesses that become due together' },
    gapCycles: { type: 'integer', minimum: 0, default: 0, unit: 'cycles', description: 'Cycles from one such group to the next' },
    maxCycles: { type: 'integer', minimum: 1, default: 10000000000, unit: 'cycles', description: 'The run ends here even if accesses are left' },
    checkCommands: {
      type: 'boolean',
      default: false,
      description: 'Hold every command against the data sheet of the standard; violations are counted and listed',
    },
    keepCommands: {
      type: 'integer',
      minimum: 0,
      maximum: 10000000,
      default: 0,
      unit: 'commands',
      description: 'Commands of channel 0 kept for the table `commands` and the exporter `dram-commands`',
    },
  },
};
