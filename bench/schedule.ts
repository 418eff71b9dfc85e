import { Kernel, Phase, ScheduleExecutor, type EventHandler, type ExecutorMachine, type OperationSink, type OperationUnit, type RunningOperation } from 'tessera-sim';
import { parseSchedule } from '../core/run/schedule-file.js';
import { cpuSeconds, type Bench, type BenchReport } from './measure.js';

const TILES = 3_333_334;

/** Loads a tile, computes it, stores the result: 10^7 operations in a few lines of text. */
const TEXT = JSON.stringify({
  tesseraSchedule: 1,
  name: 'ten million operations',
  tensors: {
    X: { dims: { N: TILES * 64 }, format: 'int8', role: 'input', home: 'dram' },
    Y: { dims: { N: TILES * 64 }, format: 'int8', role: 'output', home: 'dram' },
  },
  buffers: Object.fromEntries(['X0', 'X1', 'Y0', 'Y1'].map((name) => [name, { memory: 'l1', bytes: 64 }])),
  layers: { copy: { operator: 'relu', loops: { N: TILES * 64 } } },
  operations: [
    {
      repeat: { index: 't', count: TILES },
      operations: [
        { kind: 'transfer', queue: 'dma', reads: [{ tensor: 'X', box: { N: ['=64*t', '=64*t+64'] } }], writes: [{ buffer: 'X{t%2}' }] },
        { kind: 'compute', queue: 'core', layer: 'copy', at: { N: '=64*t' }, loops: { N: 64 }, reads: [{ buffer: 'X{t%2}' }], writes: [{ buffer: 'Y{t%2}', tensor: 'Y', box: { N: ['=64*t', '=64*t+64'] } }] },
        { kind: 'transfer', queue: 'dma', reads: [{ buffer: 'Y{t%2}' }], writes: [{ tensor: 'Y', box: { N: ['=64*t', '=64*t+64'] } }] },
      ],
    },
  ],
});

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

function runTenMillion(): { seconds: number; peakMegabytes: number; finished: number; violations: number } {
  const kernel = new Kernel();
  const units = new Map(['dma', 'core'].map((path) => [path, new TenTickUnit(kernel, path)]));
  const machine: ExecutorMachine = {
    unit: (path) => units.get(path),
    unitPaths: [...units.keys()],
    memoryId: (path) => (path === 'l1' ? 0 : 1),
    capacityBytes: () => 2 ** 40,
    bitsPerElement: () => ({ payload: 8, stored: 8 }),
  };
  let peak = 0;
  const executor = new ScheduleExecutor(kernel, machine, parseSchedule(TEXT, 'bench.json'));
  const seconds = cpuSeconds(() => {
    kernel.start();
    executor.start();
    while (!kernel.run(1_000_000)) peak = Math.max(peak, process.memoryUsage().rss);
  });
  return { seconds, peakMegabytes: peak / 1e6, finished: executor.finishedCount, violations: executor.violations.count };
}

export const scheduleBench: Bench = {
  name: 'schedule',
  summary: '10^7 tile operations through repeat: memory and rate of the executor and the sanitizer alone',
  run(): BenchReport {
    const { seconds, peakMegabytes, finished, violations } = runTenMillion();
    return {
      name: 'schedule',
      measurements: { operations: finished, violations, 'CPU seconds': seconds, 'thousand operations per CPU second': finished / seconds / 1e3, 'peak resident megabytes': peakMegabytes },
      ratios: [{ name: '300 MB against the peak', value: 300 / peakMegabytes, bar: 1 }],
      notes: [],
    };
  },
};
