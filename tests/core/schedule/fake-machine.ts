import { Kernel, Phase, type EventHandler } from '../../../core/kernel/index.js';
import {
  ScheduleExecutor,
  type ExecutionObserver,
  type ExecutorMachine,
  type ExecutorOptions,
  type OperationSink,
  type OperationUnit,
  type ReleaseCause,
  type RunningOperation,
  type Schedule,
  type ScheduleOperation,
} from '../../../core/schedule/index.js';

/** A unit that takes a fixed time for every operation, `slots` of them at once. */
export class FixedUnit implements OperationUnit, EventHandler {
  readonly started: number[] = [];
  private sink: OperationSink | undefined;
  private inFlight = 0;
  private readonly running = new Map<number, RunningOperation>();
  private readonly handler: number;

  constructor(
    private readonly kernel: Kernel,
    path: string,
    private readonly ticks: (operation: RunningOperation) => number,
    private readonly slots = 1,
  ) {
    this.handler = kernel.register(path, this);
  }

  attach(sink: OperationSink): void {
    this.sink = sink;
  }

  canAccept(): boolean {
    return this.inFlight < this.slots;
  }

  start(operation: RunningOperation): void {
    this.inFlight++;
    this.started.push(operation.id);
    this.running.set(operation.id, operation);
    this.kernel.schedule(this.handler, this.kernel.now + this.ticks(operation), Phase.commit, 0, operation.id);
  }

  onEvent(_code: number, id: number): void {
    const operation = this.running.get(id);
    if (operation === undefined) throw new Error(`operation ${id} ended twice`);
    this.running.delete(id);
    this.inFlight--;
    this.sink?.finished(operation);
  }
}

export interface FakeRun {
  readonly kernel: Kernel;
  readonly executor: ScheduleExecutor;
  /** Issue and end tick by operation id. */
  readonly issue: Map<number, number>;
  readonly end: Map<number, number>;
  readonly peak: Map<number, number>;
  readonly ran: boolean;
  /** What released each operation, by id. */
  readonly released: { cause: ReleaseCause; by: number }[];
}

export interface FakeOptions extends ExecutorOptions {
  /** Ticks of an operation; default 10. */
  readonly ticks?: (operation: RunningOperation) => number;
  readonly slots?: number;
  readonly recordTimes?: boolean;
}

/** Runs a schedule on units `core`, `core1` and `dma` with memories `l1` (1 MB) and `dram` (1 GB). */
export function runFake(schedule: Schedule, options: FakeOptions = {}): FakeRun {
  const kernel = new Kernel();
  const ticks = options.ticks ?? (() => 10);
  const units = new Map(['core', 'core1', 'dma'].map((path) => [path, new FixedUnit(kernel, path, ticks, options.slots)]));
  const memories = ['l1', 'dram'];
  const machine: ExecutorMachine = {
    unit: (path) => units.get(path),
    unitPaths: [...units.keys()],
    memoryId: (path) => memories.indexOf(path),
    capacityBytes: (memory) => (memory === 0 ? 2 ** 20 : 2 ** 30),
    bitsPerElement: () => ({ payload: 8, stored: 8 }),
  };
  const [issue, end, peak] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()];
  const released: FakeRun['released'] = [];
  const observer: ExecutionObserver = {
    operationStarted: () => undefined,
    operationFinished: (record) => {
      if (options.recordTimes === false) return;
      released[record.id] = { cause: record.releaseCause, by: record.releasedBy };
      issue.set(record.id, record.issueTick);
      end.set(record.id, record.endTick);
    },
    occupancyChanged: (memory, bytes) => void peak.set(memory, Math.max(bytes, peak.get(memory) ?? 0)),
  };
  const executor = new ScheduleExecutor(kernel, machine, schedule, { ...options, observers: [observer] });
  kernel.start();
  executor.start();
  const ran = kernel.run();
  return { kernel, executor, issue, end, peak, ran, released };
}

/** A schedule over one weight, one input and one output tensor of 1,000 bytes each, and two buffers of 300 bytes. */
export function schedule(operations: Iterable<ScheduleOperation>, extra: Partial<Schedule> = {}): Schedule {
  return {
    name: 'test',
    tensors: {
      X: { dims: { N: 1000 }, format: 'int8', role: 'input', home: 'dram' },
      // No output: that all of it must come home is tested by itself.
      Y: { dims: { N: 1000 }, format: 'int8', role: 'intermediate', home: 'dram' },
      T: { dims: { N: 1000 }, format: 'int8', role: 'intermediate', home: 'dram' },
    },
    buffers: { A: { memory: 'l1', bytes: 300 }, B: { memory: 'l1', bytes: 300 } },
    operations,
    ...extra,
  };
}

/** A transfer of X[from, to) into a buffer. */
export function load(buffer: string, from: number, to: number, extra: Partial<ScheduleOperation> = {}): ScheduleOperation {
  return { kind: 'transfer', queue: 'dma', reads: [{ tensor: 'X', box: { N: [from, to] } }], writes: [{ buffer }], ...extra };
}

/** A computation that reads all of one buffer and writes Y[from, to) into another. */
export function compute(input: string, output: string, from: number, to: number, extra: Partial<ScheduleOperation> = {}): ScheduleOperation {
  return {
    kind: 'compute',
    queue: 'core',
    reads: [{ buffer: input }],
    writes: [{ buffer: output, tensor: 'Y', box: { N: [from, to] } }],
    ...extra,
  };
}

/** A transfer of what a buffer holds of Y back home. */
export function store(buffer: string, from: number, to: number, extra: Partial<ScheduleOperation> = {}): ScheduleOperation {
  return {
    kind: 'transfer',
    queue: 'dma',
    reads: [{ buffer, tensor: 'Y', box: { N: [from, to] } }],
    writes: [{ tensor: 'Y', box: { N: [from, to] } }],
    ...extra,
  };
}
