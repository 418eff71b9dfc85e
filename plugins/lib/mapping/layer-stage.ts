import { boxSizes, isEmptyBox, type Box, type RegionAccess, type ScheduleOperation, type WriteAccess } from 'tessera-sim';
import { engineFor, type Engine } from './hardware.js';
import { InputRing } from './input-ring.js';
import type { LayerPlan } from './layer-plan.js';
import type { MappedNetwork, MappedOperand } from './mapped-layer.js';
import { nestStage } from './nest-stage.js';
import { nestsOf, type PlannedNests } from './plan-nest.js';
import { SharedLoads, type Load } from './shared-loads.js';
import type { OperationEmitter } from './operation-emitter.js';
import type { Share } from './split.js';
import type { Operations, Stage, StageBuffer, StageRun } from './stage.js';
import { tilesOf } from './tiling.js';

/**
 * A layer that reads its operands from home tile by tile, double buffered, and stores its outputs there: the lowered nest of its plan.
 * Where shares differ in size there is no such nest, and the lowering does not take outputs whose tiles overlap; then shares are
 * walked side by side here.
 *
 * @param home path of the home memory
 */
export function layerStage(network: MappedNetwork, plan: LayerPlan, home: string): Stage {
  const nests = layerNests(plan, home);
  const nest = nests.mappings[plan.layer.name];
  const lowered = nest === undefined ? undefined : nestStage({ network, layer: plan.layer, nest, workers: plan.shares.map(({ worker }) => worker) });
  return lowered ?? sharesStage(plan, nests);
}

function sharesStage(plan: LayerPlan, nests: PlannedNests): Stage {
  const buffers: StageBuffer[] = [];
  for (const { worker } of plan.shares) {
    for (const [operand, bytes] of plan.bufferBytes) {
      for (const name of ringOf(plan, worker.name, operand)) buffers.push({ name, worker, bytes });
    }
  }
  return { layers: [plan.layer], buffers, mappings: nests.mappings, start: (emitter) => new LayerRun(plan, nests, emitter) };
}

/** Its plan as loop nests: shares on workers, tiles at home in the plan's order, one tile in the local memory. */
export function layerNests({ layer, shares, sizes, order }: LayerPlan, home: string): PlannedNests {
  const tiled = [...layer.inputs, ...layer.outputs].map(({ name }) => name);
  const atHome = Object.fromEntries(tiled.map((name) => [name, home]));
  return nestsOf({ layer, shares, order, sizesOf: () => sizes, home: atHome, resident: [], tiled });
}

function ringOf(plan: LayerPlan, worker: string, operand: MappedOperand): string[] {
  const count = plan.bufferCount.get(operand) ?? 0;
  return Array.from({ length: count }, (_, index) => `${plan.layer.name}.${worker}.${operand.name}${count === 1 ? '' : `.${index}`}`);
}

class LayerRun implements StageRun {
  private readonly shares: readonly ShareRun[];
  private readonly loads: SharedLoads;

  constructor(plan: LayerPlan, nests: PlannedNests, emitter: OperationEmitter) {
    this.shares = plan.shares.map((share, index) => new ShareRun(plan, share, nests.names[index] as string, emitter));
    this.loads = new SharedLoads(plan.layer.name, emitter);
  }

  *prologue(isFree: (buffer: string) => boolean): Operations {
    const loads = this.shares.flatMap((share) => share.load((operand, buffer) => operand.role === 'weight' && isFree(buffer)));
    yield* this.loads.emit(loads);
  }

  /** Step by step over all shares, so that the executor's look-ahead sees all cores' work. */
  *body(): Generator<ScheduleOperation> {
    yield* this.loads.emit(this.shares.flatMap((share) => share.load(() => true)));
    let busy = this.shares.filter((share) => share.hasTile);
    while (busy.length > 0) {
      yield* this.loads.emit(busy.flatMap((share) => share.prefetch()));
      for (const share of busy) yield* share.work();
      busy = busy.filter((share) => share.hasTile);
    }
  }

  *epilogue(): Operations {
    for (const share of this.shares) yield* share.lastStore();
  }

  pendingBuffers(): readonly string[] {
    return this.shares.flatMap((share) => share.pendingBuffers);
  }
}

/** The buffers of an output, taken in turn. */
interface OutputRing {
  readonly buffers: readonly string[];
  at: number;
}

/** The part of a layer that one worker computes. */
class ShareRun {
  private readonly engine: Engine;
  private readonly tiles: Iterator<Box>;
  private readonly inputs: readonly InputRing[];
  private readonly outputs = new Map<MappedOperand, OutputRing>();
  private tile: Box | undefined;
  private next: Box | undefined;
  private pendingStores: ScheduleOperation[] = [];

  constructor(
    private readonly plan: LayerPlan,
    private readonly share: Share,
    private readonly mapping: string,
    private readonly emitter: OperationEmitter,
  ) {
    this.engine = engineFor(share.worker, plan.layer) as Engine;
    const walk = (): Iterator<Box> => tilesOf(share.part, plan.sizes, plan.order);
    const buffersOf = (operand: MappedOperand): string[] => ringOf(plan, share.worker.name, operand);
    this.tiles = walk();
    this.inputs = plan.layer.inputs.map((operand) => new InputRing(operand, buffersOf(operand), walk()));
    for (const operand of plan.layer.outputs) this.outputs.set(operand, { buffers: buffersOf(operand), at: -1 });
    this.tile = this.take();
    this.next = this.take();
  }

  get hasTile(): boolean {
    return this.tile !== undefined;
  }

  get pendingBuffers(): readonly string[] {
    return this.pendingStores.flatMap(({ reads }) => (reads ?? []).flatMap(({ buffer }) => buffer ?? []));
  }

  /** What the first tile needs and does not have yet. */
  load(wanted: (operand: MappedOperand, buffer: string) => boolean): Load[] {
    return this.inputs.flatMap((ring) => (ring.isEmpty ? this.fetch(ring, wanted) : []));
  }

  /** The next region of every input whose buffer this tile does not need. */
  prefetch(): Load[] {
    return this.inputs.flatMap((ring) => {
      ring.moveTo(ring.operand.region(this.tile as Box));
      return this.fetch(ring, () => true);
    });
  }

  private fetch(ring: InputRing, wanted: (operand: MappedOperand, buffer: string) => boolean): Load[] {
    const next = ring.fetch(wanted);
    return next === undefined ? [] : [{ operand: ring.operand, ...next, queue: this.share.worker.dma as string }];
  }

  /** Computes this tile, stores its outputs when they are finished. */
  *work(): Operations {
    const tile = this.tile as Box;
    yield this.compute(tile);
    if (this.isLastOfSum(tile)) {
      if (this.next === undefined) this.pendingStores = this.stores(tile, true);
      else yield* this.stores(tile, false);
    }
    this.tile = this.next;
    this.next = this.tile === undefined ? undefined : this.take();
  }

  *lastStore(): Operations {
    for (const store of this.pendingStores) yield this.emitter.emit(store);
  }

  private take(): Box | undefined {
    const next = this.tiles.next();
    return next.done === true ? undefined : next.value;
  }

  private compute(tile: Box): ScheduleOperation {
    const { layer } = this.plan;
    const isFirst = this.isFirstOfSum(tile);
    const reads: RegionAccess[] = [];
    for (const { operand, source: buffer } of this.inputs) {
      const box = operand.region(tile);
      if (!isEmptyBox(box)) reads.push({ tensor: operand.tensor, box, operand: operand.name, ...(buffer === undefined ? {} : { buffer }) });
    }
    const writes: WriteAccess[] = [];
    for (const operand of layer.outputs) {
      const ring = this.outputs.get(operand) as OutputRing;
      if (isFirst && ring.buffers.length > 0) ring.at = (ring.at + 1) % ring.buffers.length;
      const box = operand.region(tile);
      const buffer = ring.buffers[ring.at];
      const mode = isFirst ? 'replace' : 'accumulate';
      if (!isEmptyBox(box)) writes.push({ tensor: operand.tensor, box, operand: operand.name, mode, ...(buffer === undefined ? {} : { buffer }) });
    }
    const releases = this.next === undefined ? this.inputs.flatMap(({ buffers }) => buffers.map((buffer) => ({ buffer }))) : [];
    return this.emitter.emit({
      kind: 'compute',
      queue: this.engine.path,
      layer: layer.name,
      operator: layer.operator,
      at: Object.fromEntries(Object.entries(tile).map(([loop, [low]]) => [loop, low])),
      loops: boxSizes(tile),
      reads,
      writes,
      ...(releases.length === 0 ? {} : { releases }),
      mapping: this.mapping,
    });
  }

  /** Transfers home; the share's last ones are kept back and take their numbers later. */
  private stores(tile: Box, isLast: boolean): ScheduleOperation[] {
    const stores: ScheduleOperation[] = [];
    for (const operand of this.plan.layer.outputs) {
      const ring = this.outputs.get(operand) as OutputRing;
      const box = operand.region(tile);
      const buffer = ring.buffers[ring.at];
      if (buffer === undefined || isEmptyBox(box)) continue;
      const form = this.transferForm([{ buffer, tensor: operand.tensor, box }], [{ tensor: operand.tensor, box }]);
      stores.push(isLast ? { ...form, releases: ring.buffers.map((name) => ({ buffer: name })) } : this.emitter.emit(form));
    }
    return stores;
  }

  private transferForm(reads: readonly RegionAccess[], writes: readonly WriteAccess[]): ScheduleOperation {
    return { kind: 'transfer', queue: this.share.worker.dma as string, layer: this.plan.layer.name, reads, writes };
  }

  private isFirstOfSum(tile: Box): boolean {
    return this.plan.layer.reductions.every((loop) => tile[loop]![0] === this.share.part[loop]![0]);
  }

  private isLastOfSum(tile: Box): boolean {
    return this.plan.layer.reductions.every((loop) => tile[loop]![1] === this.share.part[loop]![1]);
  }
}
