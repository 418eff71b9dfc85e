import { blockFailure } from '../machine/block-failure.js';
import type { BuiltBlock } from '../machine/built-block.js';
import type { OperationSink, OperationUnit, RunningOperation } from '../schedule/resolve/operation.js';

/** The unit of a block for the executor, who calls it in the schedule's own event: what it throws is told with block and plugin. */
export class NamedUnit implements OperationUnit {
  constructor(
    private readonly unit: OperationUnit,
    private readonly block: BuiltBlock,
  ) {}

  canAccept(operation: RunningOperation): boolean {
    try {
      return this.unit.canAccept(operation);
    } catch (error) {
      throw blockFailure(error, this.block, 'to say whether it takes an operation');
    }
  }

  start(operation: RunningOperation): void {
    try {
      this.unit.start(operation);
    } catch (error) {
      throw blockFailure(error, this.block, `to start operation ${operation.id}`);
    }
  }

  attach(sink: OperationSink): void {
    this.unit.attach(sink);
  }

  refuses(operation: RunningOperation): string | undefined {
    try {
      return this.unit.refuses?.(operation);
    } catch (error) {
      throw blockFailure(error, this.block, `to look at operation ${operation.id}`);
    }
  }
}
