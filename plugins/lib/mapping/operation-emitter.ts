import type { ScheduleOperation } from 'tessera-sim';

/** Numbers the operations of one walk through a schedule. */
export class OperationEmitter {
  private nextId = 0;

  emit(form: Omit<ScheduleOperation, 'id'>): ScheduleOperation {
    return { id: this.nextId++, ...form };
  }
}
