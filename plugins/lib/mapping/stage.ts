import { statedWork, type LoopNest, type Schedule, type ScheduleBuffer, type ScheduleLayer, type ScheduleOperand, type ScheduleOperation } from 'tessera-sim';
import type { Hardware, Worker } from './hardware.js';
import { declareTensors } from './home-layout.js';
import type { MappedLayer, MappedNetwork } from './mapped-layer.js';
import { OperationEmitter } from './operation-emitter.js';
import { aligned } from './tile-bytes.js';

export type Operations = Iterable<ScheduleOperation>;

/** A piece of the schedule that has the local memories to itself: one layer, or a fused stack of layers. */
export interface Stage {
  readonly layers: readonly MappedLayer[];
  /** Bytes of its buffers, by worker. Their addresses are given out by `placeBuffers`. */
  readonly buffers: readonly StageBuffer[];
  /** Loop nests that its compute operations name. */
  readonly mappings: Readonly<Record<string, LoopNest>>;
  /** Begins one walk through its operations. */
  start(emitter: OperationEmitter): StageRun;
}

export interface StageBuffer {
  readonly name: string;
  readonly worker: Worker;
  readonly bytes: number;
}

/** The three parts let the first weights of a stage be fetched before the last results of the stage before are stored. */
export interface StageRun {
  /** Fetches first weights into buffers that are free; the others follow in the body. */
  prologue(isFree: (buffer: string) => boolean): Operations;
  body(): Operations;
  /** Stores what is left in `pendingBuffers`. */
  epilogue(): Operations;
  /** Buffers that the epilogue reads; known once the body is through. */
  pendingBuffers(): readonly string[];
}

/** Puts stages one after another. */
export function scheduleOf(name: string, network: MappedNetwork, hardware: Hardware, stages: readonly Stage[], localTensors: ReadonlySet<string>): Schedule {
  const buffers = placeBuffers(stages);
  const layers: Record<string, ScheduleLayer> = {};
  for (const layer of network.layers) layers[layer.name] = scheduleLayer(layer);
  return {
    name,
    tensors: declareTensors(network, hardware.home, (tensor) => localTensors.has(tensor)),
    buffers,
    layers,
    mappings: Object.assign({}, ...stages.map(({ mappings }) => mappings)) as Record<string, LoopNest>,
    operations: { [Symbol.iterator]: () => walk(stages, buffers, new OperationEmitter()) },
  };
}

/** What the schedule says of a layer: its loops, and where its operands lie. */
function scheduleLayer({ operator, class: layerClass, loops, inputs, outputs, source }: MappedLayer): ScheduleLayer {
  const operands: Record<string, ScheduleOperand> = {};
  for (const { name, tensor, role, map, partialFormat, indirect } of [...inputs, ...outputs]) {
    operands[name] = { tensor, role, map, ...(partialFormat === undefined ? {} : { partialFormat }), ...(indirect === true ? { indirect } : {}) };
  }
  return { operator, class: layerClass, loops, ...statedWork(source), operands };
}

function* walk(stages: readonly Stage[], buffers: Readonly<Record<string, ScheduleBuffer>>, emitter: OperationEmitter): Generator<ScheduleOperation> {
  let before: StageRun | undefined;
  for (const stage of stages) {
    const run = stage.start(emitter);
    const pending = before?.pendingBuffers().map((name) => buffers[name]) ?? [];
    yield* run.prologue((name) => !pending.some((buffer) => sharesBytes(buffer, buffers[name])));
    if (before !== undefined) yield* before.epilogue();
    yield* run.body();
    before = run;
  }
  if (before !== undefined) yield* before.epilogue();
}

/** Whether two placed buffers share bytes. */
function sharesBytes(a: ScheduleBuffer | undefined, b: ScheduleBuffer | undefined): boolean {
  if (a === undefined || b === undefined || a.memory !== b.memory) return false;
  const [from, to] = [a.address ?? 0, b.address ?? 0];
  return from < to + b.bytes && to < from + a.bytes;
}

/** Stages take addresses from the bottom and from the top in turn, so that small neighbours do not wait for each other. */
function placeBuffers(stages: readonly Stage[]): Record<string, ScheduleBuffer> {
  const placed: Record<string, ScheduleBuffer> = {};
  for (const [index, stage] of stages.entries()) {
    const used = new Map<Worker, number>();
    for (const { name, worker, bytes } of stage.buffers) {
      const before = used.get(worker) ?? 0;
      used.set(worker, before + aligned(bytes));
      const offset = index % 2 === 0 ? before : worker.capacityBytes - before - aligned(bytes);
      placed[name] = { memory: worker.memory as string, bytes, address: worker.baseAddress + offset };
    }
  }
  return placed;
}
