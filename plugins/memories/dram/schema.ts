import { extensionReference, idealProperty, type JsonSchema } from 'tessera-sim';
import { DRAM_IDEAL } from './ideal.js';
import { CONTROLLER_PLUGINS } from './controller/plugins/index.js';
import { ROW_POLICIES, SCHEDULERS } from './controller/strategies.js';
import { dramMappings, dramRowPolicies, dramSchedulers, dramStandards } from './extensions.js';
import { MAPPINGS } from './mapping/mapping.js';
import { PARTS, STANDARDS } from './standards/index.js';
import type { DramDeviceConfig } from './specification.js';

export interface DramBlockConfig extends DramDeviceConfig {
  readonly linesPerCycle: number;
  readonly frontCycles: number;
  readonly queueDepth: number;
  readonly isHome: boolean;
}

const count = (description: string, unit: string, more: JsonSchema): JsonSchema => ({
  type: 'integer',
  minimum: 1,
  maximum: 1 << 24,
  description,
  unit,
  ...more,
});

const organisation: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  description: 'What differs from the part: the tree of one channel. Powers of two',
  properties: {
    densityMegabits: count('Capacity of one die', 'Mb', {}),
    dqBits: count('Data pins of one die', 'bits', {}),
    channelWidthBits: count('Data pins of the channel, of a pseudo-channel where there are such', 'bits', {}),
    ranks: count('Ranks, or pseudo-channels', 'ranks', {}),
    stacks: count('Stack identifiers of one pseudo-channel', 'stacks', {}),
    bankGroups: count('Bank groups of one rank', 'groups', {}),
    banksPerGroup: count('Banks of one group', 'banks', {}),
    rows: count('Rows of one bank', 'rows', {}),
    columns: count('Columns of one row, each dqBits wide', 'columns', {}),
  },
};

const queues: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Queues of one channel',
  properties: {
    structure: {
      type: 'string',
      enum: ['shared', 'per-bank', 'per-rank'],
      description: 'One read and one write queue, or command queues per bank or rank (like: dramsim3); default as the profile',
    },
    reads: count('Read requests held', 'lines', { default: 32, maximum: 65536, source: 'Ramulator 2.1, DRAMsim3' }),
    writes: count('Write requests held', 'lines', { default: 32, maximum: 65536, source: 'Ramulator 2.1, DRAMsim3' }),
    commands: count('Entries of one command queue', 'lines', { default: 8, maximum: 65536, source: 'DRAMsim3' }),
    unified: { type: 'boolean', default: false, description: 'Reads and writes share one queue before the command queues (like: dramsim3)' },
    lowWatermark: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.2,
      unit: 'share',
      description: 'Filling of the write queue at which draining ends',
      source: 'Ramulator 2.1',
    },
    highWatermark: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.8,
      unit: 'share',
      description: 'Filling of the write queue at which draining begins',
      source: 'Ramulator 2.1',
    },
  },
};

const rowPolicy: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'When rows are closed without another row being asked for',
  properties: {
    name: extensionReference(dramRowPolicies, { builtIn: ROW_POLICIES.keys(), default: 'open', description: 'open, closed, capped, timeout or an extension' }),
    accesses: count('Column commands after which a capped row is closed', 'accesses', { default: 4, source: 'Ramulator 2.1' }),
    idleCycles: count('Cycles without an access after which a row is closed by timeout', 'cycles', { default: 200 }),
  },
};

/** What describes the DRAM and its controllers; also used by the experiment `memory-trace`. */
export const DEVICE_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  part: {
    type: 'string',
    enum: [...PARTS.keys()],
    default: 'DDR4-2400R-8Gb-x8',
    description: 'Standard, organisation, timings and currents by one name',
    source: 'JEDEC standards; each part states its own',
  },
  like: {
    type: 'string',
    enum: ['default', 'ramulator2', 'dramsim3'],
    default: 'default',
    description: 'Controller profile: the better choice for a new design, or equal to Ramulator 2.1 or DRAMsim3',
  },
  standard: extensionReference(dramStandards, {
    builtIn: STANDARDS.keys(),
    description: `Another standard than the part's, with organisation and timings in full: ${[...STANDARDS.keys()].join(', ')} or an extension`,
  }),
  organisation,
  timings: {
    type: 'object',
    additionalProperties: { type: 'number' },
    unit: 'cycles',
    description: 'Timings that differ from the part, in clock cycles by the names of the standard (nCL, nRCD, ...); tCK_ps in ps',
  },
  currents: {
    type: 'object',
    additionalProperties: { type: 'number' },
    unit: 'mA',
    description: 'Currents of one die that differ from the part: VDD (V), IDD0, IDD2N, IDD3N, IDD4R, IDD4W, IDD5AB, IDD5PB (mA)',
  },
  channels: count('Independent channels', 'channels', { default: 1, maximum: 256 }),
  mapping: extensionReference(dramMappings, {
    builtIn: MAPPINGS.keys(),
    alsoMatching: '^(ch|ra|bg|ba|ro|co){6}$',
    description: `${[...MAPPINGS.keys()].join(', ')}, twelve letters such as rochrababgco, or an extension; default as the profile`,
  }),
  channelHash: {
    type: 'boolean',
    default: false,
    description: 'XOR the channel number with row, bank and column bits, so that strides spread over the channels',
  },
  scheduler: extensionReference(dramSchedulers, {
    builtIn: SCHEDULERS.keys(),
    description: 'frfcfs, frfcfs-row-hit, fcfs or an extension; default as the profile',
  }),
  controllerPlugins: {
    type: 'array',
    // Not checked by the loader as other references are: the built-in ones take a configuration.
    items: {
      type: ['string', 'object'],
      properties: {
        use: { type: 'string', description: 'Name' },
        with: { type: 'object', additionalProperties: true, description: 'Its configuration' },
      },
      required: ['use'],
      additionalProperties: false,
    },
    description: `What joins in the controllers' work: ${[...CONTROLLER_PLUGINS.keys()].join(', ')} or an extension`,
  },
  rowPolicy,
  refresh: { type: 'string', enum: ['all-bank', 'per-bank', 'staggered', 'simultaneous', 'none'], description: 'Default as the profile' },
  queues,
  forwardAndMerge: { type: 'boolean', default: true, description: 'Reads of a waiting write are answered from it, writes to it are merged' },
};

export const dramSchema: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...DEVICE_PROPERTIES,
    linesPerCycle: count('Lines that the front end hands to the channels in one DRAM clock cycle', 'lines', { default: 1, maximum: 256 }),
    frontCycles: {
      type: 'integer',
      minimum: 0,
      maximum: 1 << 20,
      default: 0,
      unit: 'cycles',
      description: 'DRAM clock cycles from the arrival of a burst to its first line at a channel',
    },
    queueDepth: count('Bursts taken and not answered; more wait in the ports', 'transactions', { default: 32, maximum: 65536 }),
    isHome: { type: 'boolean', default: true, description: 'Tensors live here between layers' },
    ideal: idealProperty(DRAM_IDEAL),
  },
};
