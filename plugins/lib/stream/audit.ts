import type { ResourceDemand } from 'tessera-sim';
import type { StreamDump } from './dump.js';
import { placeOf } from './machine.js';

/** What the schedule demands: cycles of each core, bits to and from the memory outside, the longest path with free transfers. */
export function streamDemands(dump: StreamDump): readonly ResourceDemand[] {
  const cycles = new Map<number, number>();
  const loaded = new Map<string, number>();
  const read = new Set<string>();
  for (const { id, core, cycles: own, weights, inputBits, needs } of dump.nodes) {
    cycles.set(core, (cycles.get(core) ?? 0) + own);
    if (weights.bits > 0) loaded.set(`${weights.name} ${placeOf(dump, core)}`, weights.bits);
    if (inputBits > 0) loaded.set(`i${id}`, inputBits);
    for (const { id: from, bits } of needs) if (bits > 0) read.add(from);
  }
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);
  const stored = sum(dump.nodes.filter(({ id }) => !read.has(id)).map(({ outputBits }) => outputBits));
  return [
    ...[...cycles].map(([core, amount]): ResourceDemand => ({ resource: `core ${core}`, kind: 'compute', amount, unit: 'cycles', perCycle: 1 })),
    { resource: 'link from the memory outside', kind: 'link', amount: sum(loaded.values()), unit: 'bits', perCycle: dump.offchipBitsPerCycle },
    { resource: 'link to the memory outside', kind: 'link', amount: stored, unit: 'bits', perCycle: dump.offchipBitsPerCycle },
    { resource: 'data and core order, transfers free', kind: 'dependencies', amount: longestPath(dump), unit: 'cycles', perCycle: 1 },
  ];
}

/** Tiles start when the one before on their core, and all that they need, have ended. */
function longestPath({ nodes }: StreamDump): number {
  const ends = new Map<string, number>();
  const lastOnCore = new Map<number, number>();
  let longest = 0;
  for (const { id, core, cycles, needs } of nodes) {
    const end = needs.reduce((latest, need) => Math.max(latest, ends.get(need.id)!), lastOnCore.get(core) ?? 0) + cycles;
    ends.set(id, end);
    lastOnCore.set(core, end);
    longest = Math.max(longest, end);
  }
  return longest;
}

/** Whole cycles that no execution can beat. */
export function streamBoundCycles(dump: StreamDump): number {
  return Math.max(...streamDemands(dump).map(({ amount, perCycle }) => Math.ceil(amount / perCycle)));
}
