import {
  Phase,
  type AddressBook,
  type Block,
  type BlockContext,
  type BlockDirectory,
  type BlockPlugin,
  type EventHandler,
  type OperationUnit,
  type RunningOperation,
  type StateExchange,
} from '../../../../core/index.js';
import type { StatefulPart } from '../../../../core/machine/machine-state.js';

/** Nothing is told relative to a tensor. */
export const NO_ADDRESSES: AddressBook = { locate: () => undefined, startOf: () => 0 };

/**
 * Gives operations to a unit one after another, and can be saved in the middle of one: an executor's part in a state.
 * The identity of the first is `firstId`.
 */
export class OperationSource implements StatefulPart {
  readonly name = 'operations';
  readonly plugin: BlockPlugin;
  /** Tick of the end of each operation, by its place. */
  readonly endTicks: number[] = [];
  private readonly running = new Map<number, RunningOperation>();
  private blocks: BlockDirectory | undefined;

  constructor(
    private readonly count: number,
    private readonly firstId: number,
    private readonly resolve: (place: number, id: number, blocks: BlockDirectory) => RunningOperation,
    private readonly unit: () => OperationUnit,
  ) {
    this.plugin = {
      kind: 'core',
      name: 'operation-source',
      version: '1.0.0',
      summary: 'Feeds operations to a unit',
      configSchema: { type: 'object' },
      ports: {},
      statistics: {},
      describe: () => ({ kind: 'other' }),
      create: (context) => new SourceBlock(context, this),
    };
  }

  attach(blocks: BlockDirectory, wake: () => void): void {
    this.blocks = blocks;
    this.unit().attach({
      finished: (operation) => {
        this.running.delete(operation.id);
        this.endTicks.push(this.now());
        wake();
      },
      roomAgain: wake,
    });
  }

  now: () => number = () => 0;

  /** Starts the next operations that the unit takes. */
  feed(): void {
    const unit = this.unit();
    for (let place = this.endTicks.length + this.running.size; place < this.count; place++) {
      const operation = this.made(place);
      const refusal = unit.refuses?.(operation);
      if (refusal !== undefined) throw new Error(refusal);
      if (!unit.canAccept(operation)) return;
      this.running.set(operation.id, operation);
      unit.start(operation);
    }
  }

  state(s: StateExchange): void {
    s.ticks(this.endTicks);
    const running = [...this.running.values()];
    s.list(running, (operation) => {
      const id = s.operationId(operation?.id ?? 0);
      const exchanged = operation ?? this.made(id - this.firstId);
      exchanged.startTick = s.tick(exchanged.startTick);
      exchanged.scratch = s.number(exchanged.scratch);
      return exchanged;
    });
    if (!s.loading) return;
    this.running.clear();
    for (const operation of running) this.running.set(operation.id, operation);
  }

  operation(id: number): RunningOperation | undefined {
    return this.running.get(id);
  }

  private made(place: number): RunningOperation {
    return this.resolve(place, this.firstId + place, this.blocks!);
  }
}

class SourceBlock implements Block, EventHandler {
  private readonly handler: number;

  constructor(
    private readonly context: BlockContext,
    private readonly source: OperationSource,
  ) {
    this.handler = context.kernel.register(context.path, this);
    source.now = () => context.kernel.now;
  }

  start(): void {
    this.source.attach(this.context.blocks, () => this.wake());
    this.wake();
  }

  onEvent(): void {
    this.source.feed();
  }

  state(): void {
    // All of it is the source's.
  }

  private wake(): void {
    this.context.kernel.schedule(this.handler, this.context.kernel.now, Phase.commit, 0, 0);
  }
}
