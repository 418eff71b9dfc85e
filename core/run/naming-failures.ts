import type { Schedule, ScheduleOperation } from '../schedule/form/form.js';

/** The same schedule; what the mapper throws while its operations are walked is told as `failure` says. A list cannot throw. */
export function namingFailures(schedule: Schedule, failure: (error: unknown) => Error): Schedule {
  const { operations } = schedule;
  if (Array.isArray(operations)) return schedule;
  return { ...schedule, operations: { [Symbol.iterator]: () => new NamingIterator(operations, failure) } };
}

class NamingIterator implements Iterator<ScheduleOperation> {
  private readonly items: Iterator<ScheduleOperation>;

  constructor(
    operations: Iterable<ScheduleOperation>,
    private readonly failure: (error: unknown) => Error,
  ) {
    this.items = this.call(() => operations[Symbol.iterator]());
  }

  next(): IteratorResult<ScheduleOperation> {
    try {
      return this.items.next();
    } catch (error) {
      throw this.failure(error);
    }
  }

  return(): IteratorResult<ScheduleOperation> {
    this.call(() => this.items.return?.());
    return { done: true, value: undefined };
  }

  private call<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw this.failure(error);
    }
  }
}
