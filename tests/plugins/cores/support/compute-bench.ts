import {
  bytesOf,
  LayerViews,
  type BlockPlugin,
  type OperationUnit,
  type Plugin,
  type ResolvedRegion,
  type RunningOperation,
  type ScheduleOperation,
} from '../../../../core/index.js';
import { buildMachine, type Machine } from '../../../../core/machine/machine.js';
import { feedOperations, type OperationFeeder } from '../../support/operation-feeder.js';
import { streamMemory, type StreamMemoryShape } from './stream-memory.js';

const TICKS_PER_CYCLE = 1000;

export interface ComputeSketch {
  readonly operator: string;
  readonly loops?: Readonly<Record<string, number>>;
  readonly at?: Readonly<Record<string, number>>;
  /** Elements by operand role; formats default to int8, int32 for `O`. */
  readonly reads?: Readonly<Record<string, number>>;
  readonly writes?: Readonly<Record<string, number>>;
  readonly formats?: Readonly<Record<string, string>>;
  readonly bits?: Readonly<Record<string, number>>;
  readonly accumulate?: boolean;
  readonly with?: ScheduleOperation['with'];
}

export interface ComputeOutcome {
  readonly cycles: readonly number[];
  readonly statistics: Readonly<Record<string, number>>;
  /** Cycles by stall class of the core; they sum to the run's length. */
  readonly stalls: Readonly<Record<string, number>>;
  readonly memory: Readonly<Record<string, number>>;
  readonly endCycle: number;
  readonly machine: Machine;
}

/** Operands of a GEMM M x N x K with one element each where they belong. */
export function gemm(m: number, n: number, k: number, more: Partial<ComputeSketch> = {}): ComputeSketch {
  return { operator: 'gemm', loops: { OY: m, K: n, C: k }, reads: { W: n * k, I: m * k }, writes: { O: m * n }, ...more };
}

/** Runs operations one after another on a core; `memory` undefined leaves its ports open. */
export function runCore(
  core: Plugin,
  config: Readonly<Record<string, unknown>>,
  sketches: readonly ComputeSketch[],
  memory?: StreamMemoryShape & { readonly ports?: number; readonly clockHz?: number; readonly depth?: number; readonly widthBits?: number },
): ComputeOutcome {
  const feeder = computeFeeder(sketches, () => machine.block('pe').unit as OperationUnit);
  const clock = 'core';
  const ports = memory?.ports ?? 1;
  const machine: Machine = buildMachine({
    name: 'bench',
    clocks: { core: 1e9, memory: memory?.clockHz ?? 1e9 },
    blocks: [
      { path: 'feeder', plugin: feeder.plugin, clock },
      { path: 'l1', plugin: streamMemory(memory ?? { bytesPerCycle: Infinity, latencyCycles: 0 }), clock: 'memory' },
      { path: 'pe', plugin: core as BlockPlugin, config, clock },
    ],
    connections:
      memory === undefined
        ? []
        : Array.from({ length: ports }, (_, i) => ({
            from: `pe.memory${i}`,
            to: `l1.port${i}`,
            ...(memory.depth === undefined ? {} : { depth: memory.depth }),
            ...(memory.widthBits === undefined ? {} : { widthBits: memory.widthBits }),
          })),
  });
  machine.run();
  machine.finish();
  const built = machine.built('pe');
  const classes = built.stalls.classes;
  return {
    cycles: feeder.endTicks.map((end, i) => (end - (feeder.startTicks[i] ?? 0)) / TICKS_PER_CYCLE),
    statistics: built.statistics,
    stalls: Object.fromEntries(classes.map((name, i) => [name, (built.stalls.ticks[i] ?? 0) / TICKS_PER_CYCLE])),
    memory: machine.built('l1').statistics,
    endCycle: machine.kernel.now / TICKS_PER_CYCLE,
    machine,
  };
}

/** Gives operations to a unit one after another; their operands lie in the memory at `memoryPath`. */
export function computeFeeder(sketches: readonly ComputeSketch[], unit: () => OperationUnit, memoryPath = 'l1'): OperationFeeder {
  return feedOperations(sketches.length, (id, blocks) => resolveCompute(sketches[id]!, id, blocks.idOf(memoryPath)), unit);
}

/** A running operation with its operands in dense buffers one after another. */
export function resolveCompute(sketch: ComputeSketch, id: number, memory: number): RunningOperation {
  let address = 0;
  const place = (entries: Readonly<Record<string, number>>, defaultFormat: string): ResolvedRegion[] =>
    Object.entries(entries).map(([operand, elements]) => {
      const format = sketch.formats?.[operand] ?? defaultFormat;
      const bits = sketch.bits?.[operand];
      const bytes = bits === undefined ? bytesOf(format, elements) : Math.ceil((elements * bits) / 8);
      const payload = bits ?? Math.floor((bytesOf(format, 4096) * 8) / 4096);
      const region: ResolvedRegion = {
        operand,
        tensor: operand,
        format,
        bitsPerElement: payload,
        elements,
        memory,
        address,
        rowBytes: bytes,
        rows: 1,
        pitchBytes: bytes,
        planes: 1,
        planePitchBytes: bytes,
        bytes,
      };
      address += Math.ceil(bytes / 64) * 64;
      return region;
    });
  const reads = place(sketch.reads ?? {}, 'int8');
  const writes = place(sketch.writes ?? {}, 'int32');
  const form: ScheduleOperation = {
    kind: 'compute',
    queue: 'pe',
    operator: sketch.operator,
    ...(sketch.loops === undefined ? {} : { loops: sketch.loops }),
    ...(sketch.at === undefined ? {} : { at: sketch.at }),
    writes: [{ operand: 'O', mode: sketch.accumulate === true ? 'accumulate' : 'replace' }],
    ...(sketch.with === undefined ? {} : { with: sketch.with }),
  };
  return { id, form, tile: new LayerViews({ tensors: {} }).tileOf(form, id), reads, writes, scratch: 0, startTick: 0 };
}
