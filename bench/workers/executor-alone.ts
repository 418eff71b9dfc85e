import {
  parseSchedule,
  Kernel,
  Phase,
  ScheduleExecutor,
  type EventHandler,
  type ExecutorMachine,
  type OperationSink,
  type OperationUnit,
  type RunningOperation,
} from 'tessera-sim';
import { tileSchedule } from '../benchmarks/schedule-document.js';
import { cpuSeconds } from '../measure/own-cpu.js';

/** What the process prints, as JSON. */
export interface ExecutorRun {
  readonly runLoopSeconds: number;
  readonly finished: number;
  readonly violations: number;
  /** Largest resident memory of the process. */
  readonly peakBytes: number;
}

const EVENTS_PER_SLICE = 1_000_000;

/** A unit that takes ten ticks an operation, so that the schedule's own cost is what is measured. */
class TenTickUnit implements OperationUnit, EventHandler {
  private sink: OperationSink | undefined;
  private running: RunningOperation | undefined;
  private readonly handler: number;

  constructor(
    private readonly kernel: Kernel,
    path: string,
  ) {
    this.handler = kernel.register(path, this);
  }

  attach(sink: OperationSink): void {
    this.sink = sink;
  }

  canAccept(): boolean {
    return this.running === undefined;
  }

  start(operation: RunningOperation): void {
    this.running = operation;
    this.kernel.schedule(this.handler, this.kernel.now + 10, Phase.compute, 0, 0);
  }

  onEvent(): void {
    const operation = this.running;
    this.running = undefined;
    if (operation !== undefined) this.sink?.finished(operation);
  }
}

/** Executor and sanitizer alone, without a machine, a collector or a result. */
function runExecutor(operations: number): ExecutorRun {
  const kernel = new Kernel();
  const units = new Map(['dma', 'core'].map((path) => [path, new TenTickUnit(kernel, path)]));
  const machine: ExecutorMachine = {
    unit: (path) => units.get(path),
    unitPaths: [...units.keys()],
    memoryId: (path) => (path === 'l1' ? 0 : 1),
    capacityBytes: () => 2 ** 40,
    bitsPerElement: () => ({ payload: 8, stored: 8 }),
  };
  const executor = new ScheduleExecutor(kernel, machine, parseSchedule(JSON.stringify(tileSchedule(operations)), 'tiles.json'));
  const runLoopSeconds = cpuSeconds(() => {
    kernel.start();
    executor.start();
    while (!kernel.run(EVENTS_PER_SLICE));
  });
  return { runLoopSeconds, finished: executor.finishedCount, violations: executor.violations.count, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

process.stdout.write(JSON.stringify(runExecutor(Number(process.argv[2]))));
