import {
  LayerViews,
  Phase,
  type Block,
  type BlockContext,
  type BlockDirectory,
  type BlockPlugin,
  type EventHandler,
  type OperationUnit,
  type ResolvedRegion,
  type RunningOperation,
  type ScheduleOperation,
  type StateExchange,
} from '../../../core/index.js';
import type { StatefulPart } from '../../../core/machine/machine-state.js';

/** Where the bytes of a test's region lie; the rest of a ResolvedRegion follows. */
export interface RegionSketch {
  readonly memory: string;
  readonly address?: number;
  readonly rowBytes: number;
  readonly rows?: number;
  readonly pitchBytes?: number;
  readonly planes?: number;
  readonly planePitchBytes?: number;
}

export interface OperationSketch {
  readonly form: Partial<ScheduleOperation>;
  readonly reads: readonly RegionSketch[];
  readonly writes: readonly RegionSketch[];
}

export function resolveSketch(sketch: RegionSketch, memory: number): ResolvedRegion {
  const { rowBytes, rows = 1, planes = 1 } = sketch;
  const pitchBytes = sketch.pitchBytes ?? rowBytes;
  const bytes = rowBytes * rows * planes;
  return {
    operand: '',
    tensor: 'T',
    format: 'int8',
    bitsPerElement: 8,
    elements: bytes,
    memory,
    address: sketch.address ?? 0,
    rowBytes,
    rows,
    pitchBytes,
    planes,
    planePitchBytes: sketch.planePitchBytes ?? rows * pitchBytes,
    bytes,
  };
}

export interface OperationFeeder {
  readonly plugin: BlockPlugin;
  /** Tick of the start and of the end of each operation. */
  readonly startTicks: number[];
  readonly endTicks: number[];
  /** The operations under way, as an executor owns them, for the state of the machine. */
  readonly part: StatefulPart;
}

/** Gives operations to a unit as soon as it accepts them, from tick 0 on, in phase commit, as the executor does. */
export function operationFeeder(sketches: readonly OperationSketch[], unit: () => OperationUnit): OperationFeeder {
  return feedOperations(sketches.length, (id, blocks) => resolveOperation(sketches[id]!, id, blocks), unit);
}

/** The same for `count` operations of any kind, resolved one by one. */
export function feedOperations(count: number, resolve: (id: number, blocks: BlockDirectory) => RunningOperation, unit: () => OperationUnit): OperationFeeder {
  const startTicks = new Array<number>(count).fill(NaN);
  const endTicks = new Array<number>(count).fill(NaN);
  let block: FeederBlock | undefined;
  const plugin: BlockPlugin = {
    kind: 'core',
    name: 'operation-feeder',
    version: '1.0.0',
    summary: 'Feeds operations to a unit',
    configSchema: { type: 'object' },
    ports: {},
    statistics: {},
    describe: () => ({ kind: 'other' }),
    create: (context) => (block = new FeederBlock(context, (id) => resolve(id, context.blocks), unit, startTicks, endTicks)),
  };
  const part: StatefulPart = { name: 'operations', state: (s) => block!.operations(s), operation: (id) => block!.running.get(id) };
  return { plugin, startTicks, endTicks, part };
}

class FeederBlock implements Block, EventHandler {
  readonly running = new Map<number, RunningOperation>();
  private next = 0;
  private readonly handler: number;

  constructor(
    private readonly context: BlockContext,
    private readonly resolve: (id: number) => RunningOperation,
    private readonly unitOf: () => OperationUnit,
    private readonly startTicks: number[],
    private readonly endTicks: number[],
  ) {
    this.handler = context.kernel.register(context.path, this);
  }

  start(): void {
    this.unitOf().attach({ finished: (operation) => this.finished(operation), roomAgain: () => this.wake() });
    this.wake();
  }

  onEvent(): void {
    const unit = this.unitOf();
    while (this.next < this.endTicks.length) {
      const operation = this.resolve(this.next);
      const refusal = unit.refuses?.(operation);
      if (refusal !== undefined) throw new Error(refusal);
      if (!unit.canAccept(operation)) return;
      this.next++;
      this.running.set(operation.id, operation);
      unit.start(operation);
      this.startTicks[operation.id] = operation.startTick;
    }
  }

  private finished(operation: RunningOperation): void {
    if (!Number.isNaN(this.endTicks[operation.id]!)) throw new Error(`operation ${operation.id} ended twice`);
    this.endTicks[operation.id] = this.context.kernel.now;
    this.running.delete(operation.id);
    this.wake();
  }

  state(s: StateExchange): void {
    this.next = s.number(this.next);
    s.ticks(this.startTicks);
    s.ticks(this.endTicks);
  }

  /** Those under way: they are resolved again, but for their times and the unit's number. */
  operations(s: StateExchange): void {
    const list = [...this.running.values()];
    s.list(list, (present) => {
      const id = s.number(present?.id ?? 0);
      const operation = present ?? this.resolve(id);
      operation.startTick = s.tick(operation.startTick);
      operation.scratch = s.number(operation.scratch);
      return operation;
    });
    if (!s.loading) return;
    this.running.clear();
    for (const operation of list) this.running.set(operation.id, operation);
  }

  private wake(): void {
    this.context.kernel.schedule(this.handler, this.context.kernel.now, Phase.commit, 0, 0);
  }
}

function resolveOperation(sketch: OperationSketch, id: number, blocks: BlockDirectory): RunningOperation {
  const regions = (list: readonly RegionSketch[]): ResolvedRegion[] => list.map((region) => resolveSketch(region, blocks.idOf(region.memory)));
  const form: ScheduleOperation = { kind: 'transfer', queue: 'dma', ...sketch.form };
  const tile = form.kind === 'compute' || form.kind === 'pim' ? new LayerViews({ tensors: {} }).tileOf(form, id) : undefined;
  return { id, form, tile, reads: regions(sketch.reads), writes: regions(sketch.writes), scratch: 0, startTick: 0 };
}
