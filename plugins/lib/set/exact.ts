import { InputError } from 'tessera-sim';
import { linkBytes } from './links.js';
import type { SetSchedule } from './record.js';

/** Figures of a schedule that follow from it alone. */
export interface SetFigures {
  readonly operations: number;
  readonly transfers: number;
  readonly dramReadBytes: number;
  readonly dramWriteBytes: number;
  /** Counted once a transfer, however many cores get it. */
  readonly coreToCoreBytes: number;
  readonly byteHops: number;
  readonly busiestLink: string;
  readonly busiestLinkBytes: number;
  readonly busiestCore: string;
  readonly busiestCoreCycles: number;
  /** Transfers take no time: the longest path through data and the order of each core. */
  readonly makespanFreeTransfersCycles: number;
  /** Most KiB in use, by core. */
  readonly peakBufferKb: ReadonlyMap<string, number>;
  /** Cycle at which each operation ends when transfers take no time. */
  readonly freeEnds: ReadonlyMap<number, number>;
}

export const coreName = ([x, y]: readonly [number, number]): string => `(${x}, ${y})`;

/** InputError for operations that wait for each other in a circle. */
export function figuresOf(schedule: SetSchedule): SetFigures {
  const { operations, dramReads } = schedule;
  const links = linkBytes(schedule);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const outs = operations.flatMap(({ out }) => out);
  const [busiestLink, busiestLinkBytes] = largest(links);
  const cycles = new Map<string, number>();
  const peakBufferKb = new Map<string, number>();
  for (const { core, cycles: own, buffer_KB: kb } of operations) {
    const name = coreName(core);
    cycles.set(name, (cycles.get(name) ?? 0) + own);
    peakBufferKb.set(name, Math.max(peakBufferKb.get(name) ?? 0, kb));
  }
  const [busiestCore, busiestCoreCycles] = largest(cycles);
  const freeEnds = freeTransferEnds(schedule);
  return {
    operations: operations.length,
    transfers: outs.length + dramReads.length,
    dramReadBytes: sum(dramReads.map(([, bytes]) => bytes)),
    dramWriteBytes: sum(outs.map(([, bytes, , toDram]) => (toDram === 1 ? bytes : 0))),
    coreToCoreBytes: sum(outs.map(([, bytes, consumers]) => (consumers.length > 0 ? bytes : 0))),
    byteHops: sum([...links.values()]),
    busiestLink,
    busiestLinkBytes,
    busiestCore,
    busiestCoreCycles,
    makespanFreeTransfersCycles: Math.max(0, ...freeEnds.values()),
    peakBufferKb,
    freeEnds,
  };
}

function largest(amounts: ReadonlyMap<string, number>): readonly [string, number] {
  let found: readonly [string, number] = ['', 0];
  for (const entry of amounts) if (entry[1] > found[1]) found = entry;
  return found;
}

/** Each operation starts when the one before it on its core and all whose data it needs have ended. */
function freeTransferEnds({ operations, dramReads }: SetSchedule): Map<number, number> {
  const before = predecessors({ operations, dramReads });
  const waiting = new Map([...before].map(([op, ids]) => [op, ids.size]));
  const dependants = new Map<number, number[]>();
  for (const [op, ids] of before) for (const id of ids) dependants.set(id, [...(dependants.get(id) ?? []), op]);
  const cyclesOf = new Map(operations.map(({ op, cycles }) => [op, cycles]));
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  const ready = operations.map(({ op }) => op).filter((op) => waiting.get(op) === 0);
  for (let op = ready.shift(); op !== undefined; op = ready.shift()) {
    const end = (starts.get(op) ?? 0) + cyclesOf.get(op)!;
    ends.set(op, end);
    for (const next of dependants.get(op) ?? []) {
      starts.set(next, Math.max(starts.get(next) ?? 0, end));
      waiting.set(next, waiting.get(next)! - 1);
      if (waiting.get(next) === 0) ready.push(next);
    }
  }
  const stuck = operations.find(({ op }) => !ends.has(op));
  if (stuck !== undefined)
    throw new InputError({ path: 'schedule.operations', message: `operation ${stuck.op} waits for itself in a circle of data and core order` });
  return ends;
}

/** Operations that must have ended before each one may start. */
export function predecessors({ operations, dramReads }: Pick<SetSchedule, 'operations' | 'dramReads'>): Map<number, Set<number>> {
  const producer = new Map(operations.flatMap(({ op, out }) => out.map(([id]) => [id, op] as const)));
  const reads = new Map(dramReads.map((read) => [read[0], read]));
  const lastOnCore = new Map<string, number>();
  const before = new Map<number, Set<number>>();
  for (const { op, core, in: inputs, weights } of operations) {
    const own = new Set<number>();
    const previous = lastOnCore.get(coreName(core));
    if (previous !== undefined) own.add(previous);
    lastOnCore.set(coreName(core), op);
    for (const id of [...inputs, ...weights]) {
      const made = producer.get(id);
      for (const source of made === undefined ? (reads.get(id)?.[5] ?? []).flatMap((write) => producer.get(write) ?? []) : [made]) own.add(source);
    }
    before.set(op, own);
  }
  return before;
}
