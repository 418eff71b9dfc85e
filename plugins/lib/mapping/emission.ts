import type { ScheduleBuffer, ScheduleOperation } from 'tessera-sim';

/** Numbers the operations of one walk through a schedule. */
export class Emission {
  private nextId = 0;

  operation(form: Omit<ScheduleOperation, 'id'>): ScheduleOperation {
    return { id: this.nextId++, ...form };
  }
}

/** Whether two placed buffers share bytes. */
export function sharesBytes(a: ScheduleBuffer | undefined, b: ScheduleBuffer | undefined): boolean {
  if (a === undefined || b === undefined || a.memory !== b.memory) return false;
  const [from, to] = [a.address ?? 0, b.address ?? 0];
  return from < to + b.bytes && to < from + a.bytes;
}
