import { InputError, readDocument, type ImportSource, type UnusedPart } from 'tessera-sim';
import { FUNCTIONS, parseServed, type MemoryOperand, type PortFunction, type ZigzagCore, type ZigzagMemory, type ZigzagPort } from 'tessera-sim/zigzag';
import { ACCELERATOR_SCHEMA } from './schemas.js';

interface MemoryEntry {
  /** YAML 1.1 writes whole numbers with underscores too. */
  readonly size: number | string;
  readonly r_cost?: number;
  readonly w_cost?: number;
  readonly operands: readonly MemoryOperand[];
  readonly served_dimensions: readonly string[];
  readonly ports: readonly Readonly<Record<string, unknown>>[];
  readonly r_bw?: number;
  readonly w_bw?: number;
  readonly min_r_granularity?: number;
  readonly min_w_granularity?: number;
  readonly r_port?: number;
  readonly w_port?: number;
  readonly rw_port?: number;
  readonly auto_cost_extraction?: boolean;
  readonly force_double_buffering?: boolean;
}

interface AcceleratorFile {
  readonly name: string;
  readonly memories: Readonly<Record<string, MemoryEntry>>;
  readonly operational_array: {
    readonly is_imc?: boolean;
    readonly unit_energy?: number;
    readonly dimensions: readonly string[];
    readonly sizes: readonly number[];
  };
}

export interface ReadAccelerator {
  readonly core: ZigzagCore;
  /** Cycles of an in-memory array are not modelled: its machine is read, no estimate is made. */
  readonly isImc: boolean;
  readonly unused: readonly UnusedPart[];
}

/** Both forms: ports in a list with widths of their own (3.8.2 and later), and numbers of ports with one width for all (3.0 to 3.8.1). */
export function readAccelerator({ fileName, bytes }: ImportSource): ReadAccelerator {
  const unused: UnusedPart[] = [];
  const { value, places } = readDocument<AcceleratorFile>(bytes, fileName, ACCELERATOR_SCHEMA, 'accelerator of ZigZag', {
    onRepeatedKey: (path, { line }) =>
      unused.push({ file: fileName, ...(line === undefined ? {} : { line }), path, reason: 'the same key comes again: the later one counts, as in the tool' }),
  });
  const fail = (path: string, message: string, expected: string): InputError =>
    new InputError({ file: fileName, ...places.along(value, path.split('.')), path, message, expected });
  const { dimensions, sizes, unit_energy: macPj = 0, is_imc: isImc = false } = value.operational_array;
  if (dimensions.length !== sizes.length) throw fail('operational_array.sizes', `${sizes.length} sizes of ${dimensions.length} dimensions`, 'one of each');
  const note = (path: string, reason: string): void => {
    const line = places.along(value, path.split('.'))?.line;
    unused.push({ file: fileName, ...(line === undefined ? {} : { line }), path, reason });
  };
  const memories = Object.entries(value.memories).map(([name, entry]): ZigzagMemory => {
    const at = `memories.${name}`;
    const strange = entry.served_dimensions.find((dimension) => !dimensions.includes(dimension));
    if (strange !== undefined) throw fail(`${at}.served_dimensions`, `the array has no dimension '${strange}'`, dimensions.join(', '));
    note(`${at}.latency`, 'the tool does not look at it either');
    if (entry.auto_cost_extraction === true) note(`${at}.auto_cost_extraction`, 'costs of CACTI are not worked out: energy is without this memory');
    else if (entry.r_cost === undefined || entry.w_cost === undefined) throw fail(at, 'r_cost or w_cost is missing', 'pJ of a word read and written');
    if (entry.force_double_buffering === true) note(`${at}.force_double_buffering`, 'not modelled: buffers are double where there is room');
    const ports = entry.r_bw === undefined ? listedPorts(entry) : scalarPorts(entry, (path, message, expected) => fail(`${at}.${path}`, message, expected));
    for (const operand of entry.operands)
      if (!ports.some(({ serves }) => serves.some((served) => served.operand === operand)))
        throw fail(`${at}.ports`, `no port serves ${operand}`, 'a port for each operand');
    return {
      name,
      sizeBits: Number(String(entry.size).replaceAll('_', '')),
      operands: entry.operands,
      servedDimensions: entry.served_dimensions,
      readPj: entry.r_cost ?? 0,
      writePj: entry.w_cost ?? 0,
      ports,
    };
  });
  for (const operand of ['I1', 'I2', 'O'] as const)
    if (!memories.some(({ operands }) => operands.includes(operand))) throw fail('memories', `no memory holds ${operand}`, 'I1, I2 and O each in one at least');
  if (isImc) note('operational_array.is_imc', 'in-memory arrays: bit-serial steps and converters are not modelled, no estimate is made');
  return {
    core: { name: value.name, array: Object.fromEntries(dimensions.map((dimension, index) => [dimension, sizes[index]!])), macPj, memories },
    isImc,
    unused,
  };
}

function listedPorts({ ports }: MemoryEntry): ZigzagPort[] {
  return ports.map((entry) => {
    const {
      name,
      type,
      bandwidth_min: minBits,
      bandwidth_max: bitsPerCycle,
      allocation,
    } = entry as {
      name: string;
      type: ZigzagPort['type'];
      bandwidth_min?: number;
      bandwidth_max: number;
      allocation: readonly string[];
    };
    return { name, type, minBits: minBits ?? bitsPerCycle, bitsPerCycle, serves: allocation.map((served) => parseServed(served)!) };
  });
}

/** Numbers of ports, and for each operand which port does what. */
function scalarPorts(entry: MemoryEntry, fail: (path: string, message: string, expected: string) => InputError): ZigzagPort[] {
  const { ports, operands, r_bw: readBits = 1, w_bw: writeBits = 1 } = entry;
  if (ports.length !== operands.length) throw fail('ports', `${ports.length} entries for ${operands.length} operands`, 'one of each, in their order');
  const counts = { r: entry.r_port ?? 0, w: entry.w_port ?? 0, rw: entry.rw_port ?? 0 };
  const made = new Map<string, { port: ZigzagPort; serves: ZigzagPort['serves'][number][] }>();
  for (const [kind, most] of Object.entries(counts))
    for (let index = 1; index <= most; index++) {
      const serves: ZigzagPort['serves'][number][] = [];
      const bitsPerCycle = kind === 'w' ? writeBits : readBits;
      const minBits = (kind === 'w' ? entry.min_w_granularity : entry.min_r_granularity) ?? bitsPerCycle;
      const type = kind === 'r' ? 'read' : kind === 'w' ? 'write' : 'read_write';
      made.set(`${kind}_port_${index}`, { port: { name: `${kind}_port_${index}`, type, minBits, bitsPerCycle, serves }, serves });
    }
  for (const [index, operand] of operands.entries())
    for (const [duty, name] of Object.entries(ports[index]!)) {
      const target = made.get(String(name));
      if (target === undefined)
        throw fail(`ports.${index}.${duty}`, `there is no port '${String(name)}'`, [...made.keys()].join(', ') || 'r_port, w_port or rw_port above 0');
      target.serves.push({ operand, direction: FUNCTIONS[duty as PortFunction] });
    }
  return [...made.values()].map(({ port }) => port);
}
