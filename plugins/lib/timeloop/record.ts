import { InputError } from 'tessera-sim';
import { defined } from './defined.js';
import { gemminiLikeMachine, readDosaMapping } from './dosa.js';
import type { ComputeLevel, StorageLevel, TimeloopMachine } from './machine.js';
import { readMapText } from './map-text.js';
import type { TimeloopMapping } from './mapping.js';
import { readProblem, type Problem } from './problem.js';

/** All that the model needs, of whatever form. */
export interface TimeloopCase {
  readonly problem: Problem;
  readonly machine: TimeloopMachine;
  readonly mapping: TimeloopMapping;
  /** Why the tool's own figures are not those of the dense model; undefined: they are. */
  readonly sparse?: string;
}

type Table = Readonly<Record<string, unknown>>;

interface RecordLike {
  readonly config: Table;
  readonly workload: Table;
  readonly [key: string]: unknown;
}

/** Reads a `timeloop-estimate` record, of DOSA's form or with levels as in `*.stats.txt`. */
export function readTimeloopRecord(record: RecordLike): TimeloopCase {
  const problem = readProblem(record.workload, 'workload');
  const { mapping } = record;
  if (typeof mapping === 'string') return { problem, machine: gemminiOf(record.config), mapping: readDosaMapping(mapping) };
  const text = record['mapping_text'];
  if (typeof text !== 'string') throw new InputError({ path: 'mapping_text', message: 'the record has no mapping', expected: 'mapping, or mapping_text' });
  const machine = levelsOf(record.config);
  const sparse = whySparse(problem);
  return { problem, machine, mapping: readMapText(text), ...(sparse === undefined ? {} : { sparse }) };
}

function gemminiOf(config: Table): TimeloopMachine {
  const array = config['pe_array'];
  if (!Array.isArray(array) || array.length !== 2)
    throw new InputError({ path: 'config.pe_array', message: 'the array has no size', expected: '[rows, columns]' });
  const accumulator = part(config, 'accumulator');
  const scratchpad = part(config, 'scratchpad');
  const dram = part(config, 'dram');
  return gemminiLikeMachine({
    rows: Number(array[0]),
    columns: number(accumulator, 'instances', 'accumulator'),
    accumulator: {
      words: number(accumulator, 'entries_per_column', 'accumulator'),
      wordBits: number(accumulator, 'word_bits', 'accumulator'),
      sharedBandwidth: number(accumulator, 'shared_bandwidth_words_per_cycle_per_instance', 'accumulator'),
    },
    scratchpad: {
      words: number(scratchpad, 'entries', 'scratchpad'),
      wordBits: number(scratchpad, 'word_bits', 'scratchpad'),
      sharedBandwidth: number(scratchpad, 'shared_bandwidth_words_per_cycle', 'scratchpad'),
    },
    dram: { wordBits: number(dram, 'word_bits', 'dram'), sharedBandwidth: number(dram, 'shared_bandwidth_words_per_cycle', 'dram') },
  });
}

function part(config: Table, key: string): Table {
  const value = config[key];
  if (typeof value === 'object' && value !== null) return value as Table;
  throw new InputError({ path: `config.${key}`, message: 'this part is missing', expected: 'a mapping' });
}

function number(table: Table, key: string, path: string): number {
  const value = table[key];
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new InputError({ path: `config.${path}.${key}`, message: 'this is no number above 0', expected: 'a number' });
}

/** Levels as the statistics state them: innermost first, the arithmetic before all others. */
function levelsOf(config: Table): TimeloopMachine {
  const stated = config['levels'];
  if (!Array.isArray(stated) || stated.length < 2)
    throw new InputError({ path: 'config.levels', message: 'there are no levels', expected: 'the arithmetic and one or more levels of storage' });
  const [arithmetic, ...storage] = stated as Table[];
  const optional = (table: Table, key: string): number | undefined => (typeof table[key] === 'number' ? (table[key] as number) : undefined);
  const compute: ComputeLevel = {
    name: String(arithmetic!['name']),
    instances: instancesIn(arithmetic!['instances'], 'config.levels.0.instances'),
    ...defined('energyPj', optional(arithmetic!, 'compute_energy_pJ')),
  };
  const levels = storage.map((level, index): StorageLevel => {
    const access = optional(level, 'vector_access_energy_pJ');
    return {
      name: String(level['name']),
      instances: instancesIn(level['instances'], `config.levels.${index + 1}.instances`),
      ...defined('sizeWords', optional(level, 'size_words')),
      wordBits: optional(level, 'word_bits') ?? 8,
      blockSize: optional(level, 'block_size') ?? 1,
      clusterSize: 1,
      multipleBuffering: 1,
      ...defined('readBandwidth', optional(level, 'read_bw')),
      ...defined('writeBandwidth', optional(level, 'write_bw')),
      ...defined('sharedBandwidth', optional(level, 'shared_bw')),
      ...(access === undefined ? {} : { energy: { read: access, fill: access, update: access } }),
    };
  });
  return { name: 'timeloop', levels: levels.reverse(), compute, countsFirstFills: false };
}

/** `168 (14*12)` or a number. */
function instancesIn(value: unknown, path: string): number {
  const count = typeof value === 'number' ? value : Number(/^\s*(\d+)/.exec(String(value))?.[1]);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InputError({ path, message: 'this is no number of instances', expected: '`168 (14*12)`' });
}

/** Sparseloop prints the same keys but counts only what is not skipped or gated. */
function whySparse({ densities }: Problem): string | undefined {
  const sparse = Object.keys(densities);
  return sparse.length === 0 ? undefined : `${sparse.join(', ')} ${sparse.length === 1 ? 'is' : 'are'} not dense`;
}
