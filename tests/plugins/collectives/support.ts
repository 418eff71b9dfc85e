import { expandCollectives, type CollectiveAlgorithm, type Schedule, type ScheduleOperation } from '../../../core/index.js';
import direct from '../../../plugins/collectives/direct/index.js';
import inNetwork from '../../../plugins/collectives/in-network/index.js';
import mesh from '../../../plugins/collectives/mesh/index.js';
import ring from '../../../plugins/collectives/ring/index.js';
import tree from '../../../plugins/collectives/tree/index.js';

export const ALGORITHMS = new Map(
  [direct, inNetwork, mesh, ring, tree].flatMap((plugin) => (plugin.kind === 'extension' ? [[plugin.name, plugin.value as CollectiveAlgorithm] as const] : [])),
);

export interface CollectiveCase {
  readonly operator: string;
  readonly algorithm: string;
  readonly participants: number;
  readonly columns?: number;
  readonly root?: number;
  /** Elements of a side: the region is N x N. */
  readonly size: number;
}

/** A schedule of one collective on tensor `G` of size x size bytes in buffers g0, g1, ... */
export function collectiveSchedule({ operator, algorithm, participants, columns, root, size }: CollectiveCase): Schedule {
  const who = Array.from({ length: participants }, (_, i) => i);
  const operation: ScheduleOperation = {
    kind: 'collective',
    queue: 'collectives',
    operator,
    reads: [{ tensor: 'G' }],
    participants: who.map((i) => ({ queue: `dma${i}`, buffer: `g${i}`, compute: `vec${i}`, scratch: `s${i}` })),
    with: { algorithm, ...(columns === undefined ? {} : { columns }), ...(root === undefined ? {} : { root }) },
  };
  const bytes = size * size;
  return {
    name: 'collective',
    tensors: { G: { dims: { N: size, M: size }, format: 'int8', role: 'intermediate' } },
    buffers: Object.fromEntries(
      who.flatMap((i) => [
        [`g${i}`, { memory: `l1.${i}`, bytes: 4 * bytes }],
        [`s${i}`, { memory: `l1.${i}`, bytes: 2 * bytes }],
      ]),
    ),
    operations: [operation],
  };
}

export const expanded = (test: CollectiveCase): ScheduleOperation[] => [...expandCollectives(collectiveSchedule(test), ALGORITHMS).operations];

/** How often the value of each participant is in an element, by element and participant. */
type Values = Map<string, number[]>;

const elementsOf = (box: Readonly<Record<string, readonly [number, number]>> | undefined, size: number): string[] => {
  const [rows, columns] = [box?.['N'] ?? [0, size], box?.['M'] ?? [0, size]];
  const keys: string[] = [];
  for (let n = rows[0]; n < rows[1]; n++) for (let m = columns[0]; m < columns[1]; m++) keys.push(`${n},${m}`);
  return keys;
};

/** Carries out the expanded operations on symbols, in program order; a read of what is not there is undefined and fails the test. */
export function execute(operations: readonly ScheduleOperation[], test: CollectiveCase): Map<string, Values> {
  const buffers = new Map<string, Values>();
  const at = (name: string | undefined): Values => {
    const found = buffers.get(name ?? '') ?? new Map<string, number[]>();
    buffers.set(name ?? '', found);
    return found;
  };
  for (let i = 0; i < test.participants; i++) for (const key of initial(i, test)) at(`g${i}`).set(key, unit(i, test.participants));
  for (const operation of operations) {
    for (const key of elementsOf(operation.writes?.[0]?.box, operation.writes === undefined ? 0 : test.size)) {
      const sources = (operation.reads ?? []).map((read) => at(read.buffer).get(key));
      if (sources.includes(undefined)) throw new Error(`operation ${operation.id} reads element ${key} that is not there`);
      const sum = sources.reduce<number[]>(
        (total, source) => total.map((count, i) => count + (source?.[i] ?? 0)),
        new Array<number>(test.participants).fill(0),
      );
      for (const write of operation.writes ?? []) at(write.buffer).set(key, sum);
    }
    for (const release of operation.releases ?? []) for (const key of elementsOf(release.box, test.size)) at(release.buffer).delete(key);
  }
  return buffers;
}

const unit = (i: number, p: number): number[] => Array.from({ length: p }, (_, j) => (i === j ? 1 : 0));
const bound = (part: number, { size, participants }: CollectiveCase): number => Math.floor((part * size) / participants);

function initial(i: number, test: CollectiveCase): string[] {
  const own = [bound(i, test), bound(i + 1, test)] as const;
  if (test.operator === 'all-gather' || test.operator === 'all-to-all') return elementsOf({ N: own }, test.size);
  if (test.operator === 'broadcast') return i === (test.root ?? 0) ? elementsOf(undefined, test.size) : [];
  return elementsOf(undefined, test.size);
}

/** What participant i must hold: by element, how often the value of each participant. */
export function wanted(i: number, test: CollectiveCase): Values {
  const { operator, participants: p, size } = test;
  const own = [bound(i, test), bound(i + 1, test)] as const;
  const box = operator === 'reduce-scatter' ? { N: own } : operator === 'all-to-all' ? { M: own } : undefined;
  const holderOf = (key: string): number => Array.from({ length: p }, (_, j) => j).findIndex((j) => Number(key.split(',')[0]) < bound(j + 1, test));
  return new Map(
    elementsOf(box, size).map((key) => {
      if (operator === 'broadcast') return [key, unit(test.root ?? 0, p)];
      return [key, operator === 'all-gather' || operator === 'all-to-all' ? unit(holderOf(key), p) : new Array<number>(p).fill(1)];
    }),
  );
}

export const bytesOf = (operation: ScheduleOperation, size: number): number => elementsOf(operation.reads?.[0]?.box, size).length;
