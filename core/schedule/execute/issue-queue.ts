import type { StateExchange } from '../../kernel/state.js';
import type { OperationUnit } from '../resolve/operation.js';
import type { OperationRecord } from '../resolve/record.js';

/** Operations of one queue in program order; only the head may issue. */
export class IssueQueue {
  isDirty = false;
  /** The unit refused the head when it was last looked at. */
  heldByUnit = false;
  /** The operation of its unit that ended last, -1 for none. */
  lastFinished = -1;
  private waiting: (OperationRecord | undefined)[] = [];
  private first = 0;

  constructor(
    readonly name: string,
    readonly index: number,
    /** Undefined for a queue of sync operations. */
    readonly unit: OperationUnit | undefined,
    /** The queues of the unit, this one among them. */
    readonly siblings: readonly IssueQueue[],
  ) {}

  get head(): OperationRecord | undefined {
    return this.waiting[this.first];
  }

  push(record: OperationRecord): void {
    this.waiting.push(record);
  }

  state(s: StateExchange): void {
    this.isDirty = s.flag(this.isDirty);
    this.heldByUnit = s.flag(this.heldByUnit);
    this.lastFinished = s.operationId(this.lastFinished);
    const waiting = this.waiting.slice(this.first);
    s.list(waiting, (record) => s.operation(record)!);
    this.waiting = waiting;
    this.first = 0;
  }

  shift(): void {
    this.waiting[this.first++] = undefined;
    if (this.first > 256 && this.first * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.first);
      this.first = 0;
    }
  }
}
