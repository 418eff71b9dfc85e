import type { ScheduleBuffer, ScheduleOperation } from '../../../core/index.js';

/** Operations of one buffer and queue that are remembered: more than any unit has under way at once. */
const REMEMBERED_USERS = 64;

/**
 * Numbers the operations of one walk through a schedule and keeps buffers that lie over one another apart: the executor
 * knows buffers by name, so the first use of a buffer waits explicitly for the users of older ones at its addresses.
 */
export class Emission {
  private nextId = 0;
  private readonly users = new Map<string, Map<string, number[]>>();
  private readonly opened = new Set<string>();

  constructor(private readonly overlaps: OverlapTable) {}

  operation(form: Omit<ScheduleOperation, 'id' | 'after'>): ScheduleOperation {
    const id = this.nextId++;
    const touched = new Set<string>();
    const after = new Set<number>();
    for (const { buffer } of form.writes ?? []) {
      if (buffer === undefined) continue;
      touched.add(buffer);
      if (!this.opened.has(buffer)) this.open(buffer, after);
    }
    for (const { buffer } of form.reads ?? []) if (buffer !== undefined) touched.add(buffer);
    for (const buffer of touched) this.note(buffer, form.queue, id);
    return { id, ...form, ...(after.size === 0 ? {} : { after: [...after].sort((a, b) => a - b) }) };
  }

  private open(buffer: string, after: Set<number>): void {
    this.opened.add(buffer);
    for (const other of this.overlaps.get(buffer) ?? []) {
      for (const ids of this.users.get(other)?.values() ?? []) for (const id of ids) after.add(id);
    }
  }

  private note(buffer: string, queue: string, id: number): void {
    let byQueue = this.users.get(buffer);
    if (byQueue === undefined) this.users.set(buffer, (byQueue = new Map()));
    const ids = byQueue.get(queue);
    if (ids === undefined) byQueue.set(queue, [id]);
    else {
      ids.push(id);
      if (ids.length > REMEMBERED_USERS) ids.shift();
    }
  }
}

/** Buffers that share addresses with a buffer and were declared before it. */
export type OverlapTable = ReadonlyMap<string, readonly string[]>;

export function overlapTable(buffers: Readonly<Record<string, ScheduleBuffer>>): OverlapTable {
  const byMemory = new Map<string, { name: string; low: number; high: number }[]>();
  const table = new Map<string, string[]>();
  for (const [name, { memory, address = 0, bytes }] of Object.entries(buffers)) {
    const earlier = byMemory.get(memory) ?? [];
    const range = { name, low: address, high: address + bytes };
    table.set(name, earlier.filter(({ low, high }) => low < range.high && range.low < high).map((other) => other.name));
    earlier.push(range);
    byMemory.set(memory, earlier);
  }
  return table;
}
