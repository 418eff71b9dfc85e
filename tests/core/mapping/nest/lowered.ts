import {
  boxVolume,
  lowerNest,
  nestOperands,
  ScheduleExecutor,
  Kernel,
  type Box,
  type ExecutorMachine,
  type Layer,
  type LoopNest,
  type LoweredNest,
  type NestLowering,
  type Schedule,
  type ScheduleOperation,
  type ScheduleViolation,
  type Workload,
} from '../../../../core/index.js';
import { FixedUnit } from '../../schedule/fake-machine.js';

export interface Problem {
  readonly workload: Workload;
  readonly layer: Layer;
  /** Of a convolution. */
  readonly stride?: number;
  readonly pad?: number;
}

/** A lowering on a machine whose cores and engines are made as they are named. */
export function loweringOf({ workload, layer }: Problem, nest: LoopNest, more: Partial<NestLowering> = {}): NestLowering {
  return {
    nest,
    mapping: 'nest',
    layer: layer.name,
    operator: layer.operator,
    sizes: layer.loops,
    operands: nestOperands(workload, layer),
    placement: {
      axes: { x: 1024 },
      core: ({ x = 0 }) => `core${x}`,
      transfer: ({ direction, from, to }) => `dma.${direction === 'in' ? to[0] : from[0]}`,
    },
    ...more,
  };
}

export function scheduleOf({ workload, layer }: Problem, nest: LoopNest, lowered: LoweredNest): Schedule {
  return {
    name: 'lowered',
    tensors: Object.fromEntries(Object.entries(workload.tensors).map(([name, { dims, format, role }]) => [name, { dims, format, role, home: 'm0' }])),
    buffers: Object.fromEntries(lowered.buffers.map(({ name, memory, bytes }) => [name, { memory, bytes }])),
    layers: { [layer.name]: { operator: layer.operator, loops: layer.loops } },
    mappings: { nest },
    operations: lowered.operations,
  };
}

/** Executes on units of fixed, unequal speed; what the sanitizer reports. */
export function execute(schedule: Schedule): { violations: readonly ScheduleViolation[]; isDone: boolean } {
  const kernel = new Kernel();
  const queues = new Set([...schedule.operations].map(({ queue }) => queue));
  const units = new Map([...queues].map((path) => [path, new FixedUnit(kernel, path, ({ id }) => 5 + ((id * 7919) % 13), 2)]));
  const memories: string[] = [];
  const machine: ExecutorMachine = {
    unit: (path) => units.get(path),
    unitPaths: [...units.keys()],
    memoryId: (path) => (memories.includes(path) ? memories.indexOf(path) : memories.push(path) - 1),
    capacityBytes: () => 2 ** 30,
    bitsPerElement: () => ({ payload: 8, stored: 8 }),
  };
  const executor = new ScheduleExecutor(kernel, machine, schedule);
  kernel.start();
  executor.start();
  kernel.run();
  return { violations: executor.violations.kept, isDone: executor.isDone };
}

function* elementsOf(box: Box): Generator<string> {
  let all: number[][] = [[]];
  for (const [low, high] of Object.values(box)) all = all.flatMap((at) => Array.from({ length: high - low }, (_, i) => [...at, low + i]));
  for (const at of all) yield at.join(' ');
}

/**
 * Runs the operations on numbers, in program order: every output element counts the points that were added up into it.
 * @returns the counts at the outputs' home
 */
export function countSums(operations: Iterable<ScheduleOperation>): Map<string, number> {
  const home = new Map<string, number>();
  const buffers = new Map<string, Map<string, number>>();
  const placeOf = (buffer: string | undefined): Map<string, number> => {
    if (buffer === undefined) return home;
    if (!buffers.has(buffer)) buffers.set(buffer, new Map());
    return buffers.get(buffer)!;
  };
  for (const { kind, loops = {}, reads = [], writes = [] } of operations) {
    for (const { tensor, box, buffer, mode } of writes) {
      if (tensor !== 'o') continue;
      const place = placeOf(buffer);
      const points = boxVolume(Object.fromEntries(Object.entries(loops).map(([loop, size]) => [loop, [0, size]]))) / boxVolume(box!);
      if (buffer !== undefined && (mode ?? 'replace') === 'replace') place.clear();
      for (const element of elementsOf(box!)) {
        if (kind === 'transfer') {
          const parts = reads.map((read) => placeOf(read.buffer).get(element));
          if (parts.some((part) => part === undefined)) throw new Error(`element ${element} is handed on and is not there`);
          place.set(
            element,
            (parts as number[]).reduce((sum, part) => sum + part, 0),
          );
          continue;
        }
        const before = place.get(element);
        if (mode === 'accumulate' && before === undefined) throw new Error(`element ${element} is added to and is not there`);
        place.set(element, points + (mode === 'accumulate' ? before! : 0));
      }
    }
  }
  return home;
}

export { lowerNest };
