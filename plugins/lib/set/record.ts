import { InputError } from 'tessera-sim';

/** Column and row of a core or a DRAM port. */
export type MeshPlace = readonly [number, number];

/** One operation: a box of a layer's output on one core. */
export interface SetOperation {
  readonly op: number;
  readonly core: MeshPlace;
  readonly layer: string;
  readonly type: string;
  /** Low and high corner of [batch, channel, row, column], inclusive. */
  readonly box: readonly [readonly number[], readonly number[]];
  readonly cycles: number;
  /** Transfers that must have arrived: feature maps, and weights. */
  readonly in: readonly number[];
  readonly weights: readonly number[];
  readonly buffer_KB: number;
  /** [transfer, bytes, consuming operations, 1 when written to DRAM too]. */
  readonly out: readonly (readonly [number, number, readonly number[], number])[];
}

/** [transfer, bytes, kind, consuming layer, consuming operations, transfers whose DRAM writes must be complete before]. */
export type SetDramRead = readonly [number, number, string, string, readonly number[], readonly number[]];

export interface SetMachine {
  readonly columns: number;
  readonly rows: number;
  readonly macs: number;
  readonly bufferBytes: number;
  readonly linkBytesPerCycle: number;
  readonly dramBytesPerCycle: number;
  readonly dramPorts: readonly MeshPlace[];
}

export interface SetSchedule {
  readonly id: string;
  readonly machine: SetMachine;
  /** In the order in which each core runs them. */
  readonly operations: readonly SetOperation[];
  readonly dramReads: readonly SetDramRead[];
  readonly tree?: string;
  readonly network: string;
  readonly batch: number;
}

type Loose = Readonly<Record<string, unknown>>;

const MOST_CORES = 4096;

/** Reads SET's schedule as `multicore-schedule` records hold it. InputError with the path of what does not fit. */
export function readSetRecord(record: Loose, path = ''): SetSchedule {
  const reader = new Reader(path);
  const config = reader.object(record, 'config');
  const schedule = reader.object(record, 'schedule');
  const workload = (record['workload'] ?? {}) as Loose;
  const [columns, rows] = reader.place(config, 'config.mesh', 'mesh');
  reader.check(columns > 0 && rows > 0 && columns * rows <= MOST_CORES, 'config.mesh', `1 to ${MOST_CORES} cores`);
  const core = reader.object(config, 'core', 'config.');
  const dramPorts = reader.list(config, 'dram_ports', 'config.').map((value, index) => reader.placeOf(value, `config.dram_ports.${index}`));
  reader.check(dramPorts.length > 0 && dramPorts.every(([x, y]) => x < columns && y < rows), 'config.dram_ports', 'places in the mesh, one at least');
  const operations = reader
    .list(schedule, 'operations', 'schedule.')
    .map((value, index) => reader.operation(value, `schedule.operations.${index}`, columns, rows));
  const dramReads = reader.list(schedule, 'dram_reads', 'schedule.').map((value, index) => reader.dramRead(value, `schedule.dram_reads.${index}`));
  const made = {
    id: typeof record['id'] === 'string' ? record['id'] : 'set',
    machine: {
      columns,
      rows,
      macs: reader.number(core, 'macs', 'config.core.'),
      bufferBytes: reader.number(core, 'buffer_bytes', 'config.core.'),
      linkBytesPerCycle: reader.number(config, 'link_bytes_per_cycle', 'config.'),
      dramBytesPerCycle: reader.number(config, 'dram_bytes_per_cycle_total', 'config.'),
      dramPorts,
    },
    operations,
    dramReads,
    ...(typeof schedule['tree'] === 'string' ? { tree: schedule['tree'] } : {}),
    network: typeof workload['network'] === 'string' ? workload['network'] : 'network',
    batch: typeof workload['batch'] === 'number' ? workload['batch'] : 1,
  };
  checkNames(made, reader);
  return made;
}

/** Every transfer and every operation that is named is there, once. */
function checkNames({ operations, dramReads }: Pick<SetSchedule, 'operations' | 'dramReads'>, reader: Reader): void {
  const ops = new Set<number>();
  const transfers = new Set<number>();
  const add = (set: Set<number>, id: number, path: string): void => {
    reader.check(!set.has(id), path, `an id of its own, not ${id} again`);
    set.add(id);
  };
  operations.forEach(({ op, out }, index) => {
    add(ops, op, `schedule.operations.${index}.op`);
    out.forEach(([id], at) => add(transfers, id, `schedule.operations.${index}.out.${at}`));
  });
  dramReads.forEach(([id], index) => add(transfers, id, `schedule.dram_reads.${index}`));
  const known = (set: ReadonlySet<number>, ids: readonly number[], path: string, what: string): void =>
    ids.forEach((id) => reader.check(set.has(id), path, `the number of ${what}; there is none ${id}`));
  operations.forEach(({ in: inputs, weights, out }, index) => {
    known(transfers, [...inputs, ...weights], `schedule.operations.${index}`, 'a transfer');
    out.forEach(([, , consumers]) => known(ops, consumers, `schedule.operations.${index}.out`, 'an operation'));
  });
  dramReads.forEach(([, , , , consumers, writes], index) => {
    known(ops, consumers, `schedule.dram_reads.${index}`, 'an operation');
    known(transfers, writes, `schedule.dram_reads.${index}`, 'a transfer');
  });
}

class Reader {
  constructor(private readonly prefix: string) {}

  check(holds: boolean, path: string, expected: string): void {
    if (!holds) throw new InputError({ path: `${this.prefix}${path}`, message: 'this is no schedule of SET', expected });
  }

  object(parent: Loose, key: string, above = ''): Loose {
    const value = parent[key];
    this.check(typeof value === 'object' && value !== null && !Array.isArray(value), `${above}${key}`, 'a mapping');
    return value as Loose;
  }

  list(parent: Loose, key: string, above: string): readonly unknown[] {
    this.check(Array.isArray(parent[key]), `${above}${key}`, 'a list');
    return parent[key] as unknown[];
  }

  number(parent: Loose, key: string, above: string): number {
    const value = parent[key];
    this.check(typeof value === 'number' && Number.isFinite(value) && value > 0, `${above}${key}`, 'a number above 0');
    return value as number;
  }

  place(parent: Loose, path: string, key: string): MeshPlace {
    return this.placeOf(parent[key], path);
  }

  placeOf(value: unknown, path: string): MeshPlace {
    const isPlace = Array.isArray(value) && value.length === 2 && value.every((part) => Number.isSafeInteger(part) && (part as number) >= 0);
    this.check(isPlace, path, '[column, row]');
    return value as unknown as MeshPlace;
  }

  operation(value: unknown, path: string, columns: number, rows: number): SetOperation {
    this.check(typeof value === 'object' && value !== null, path, 'an operation');
    const form = value as Loose;
    const core = this.placeOf(form['core'], `${path}.core`);
    this.check(core[0] < columns && core[1] < rows, `${path}.core`, 'a place in the mesh');
    this.check(this.isCount(form['op']), `${path}.op`, 'the number of the operation');
    this.check(typeof form['layer'] === 'string' && typeof form['type'] === 'string', path, 'layer and type');
    this.check(this.isCount(form['cycles']), `${path}.cycles`, 'cycles');
    this.check(this.isBox(form['box']), `${path}.box`, '[[b, k, h, w], [b, k, h, w]]: low and high corner, inclusive');
    this.check(this.areCounts(form['in']) && this.areCounts(form['weights']), path, '`in` and `weights`: numbers of transfers');
    const isOut = (out: unknown): boolean =>
      Array.isArray(out) && this.isCount(out[0]) && this.isCount(out[1]) && this.areCounts(out[2]) && (out[3] === 0 || out[3] === 1);
    this.check(Array.isArray(form['out']) && (form['out'] as unknown[]).every(isOut), `${path}.out`, '[[transfer, bytes, [consumers], 0 or 1], ...]');
    this.check(typeof form['buffer_KB'] === 'number' && (form['buffer_KB'] as number) >= 0, `${path}.buffer_KB`, 'KiB in use');
    return form as unknown as SetOperation;
  }

  dramRead(value: unknown, path: string): SetDramRead {
    const read = value as unknown[];
    const isRead =
      Array.isArray(value) &&
      this.isCount(read[0]) &&
      this.isCount(read[1]) &&
      typeof read[2] === 'string' &&
      typeof read[3] === 'string' &&
      this.areCounts(read[4]) &&
      this.areCounts(read[5]);
    this.check(isRead, path, '[transfer, bytes, kind, layer, [consumers], [writes before]]');
    return value as unknown as SetDramRead;
  }

  private isBox(value: unknown): boolean {
    const isCorner = (corner: unknown): boolean => Array.isArray(corner) && corner.length === 4 && this.areCounts(corner);
    return Array.isArray(value) && value.length === 2 && value.every(isCorner) && (value[0] as number[]).every((low, d) => low <= (value[1] as number[])[d]!);
  }

  private isCount(value: unknown): boolean {
    return Number.isSafeInteger(value) && (value as number) >= 0;
  }

  private areCounts(value: unknown): boolean {
    return Array.isArray(value) && value.every((part) => this.isCount(part));
  }
}
