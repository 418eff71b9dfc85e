import { boxSizes, isEmptyBox, type Box, type RegionAccess, type ScheduleOperation, type WriteAccess } from 'tessera-sim';
import { engineFor, type Engine } from './hardware.js';
import type { LayerPlan, Share } from './layer-plan.js';
import { sameBox, type MappedOperand } from './mapped-layer.js';
import type { OperationEmitter } from './operation-emitter.js';
import type { Operations, Stage, StageBuffer, StageRun } from './stage.js';
import { tilesOf } from './tiling.js';

/** A layer that reads its operands from home tile by tile, double buffered, and stores its outputs there. */
export function layerStage(plan: LayerPlan): Stage {
  const buffers: StageBuffer[] = [];
  for (const { worker } of plan.shares) {
    for (const [operand, bytes] of plan.bufferBytes) {
      for (const name of ringOf(plan, worker.name, operand)) buffers.push({ name, worker, bytes });
    }
  }
  return { layers: [plan.layer], buffers, start: (emitter) => new LayerRun(plan, emitter) };
}

function ringOf(plan: LayerPlan, worker: string, operand: MappedOperand): string[] {
  const count = plan.bufferCount.get(operand) ?? 0;
  return Array.from({ length: count }, (_, index) => `${plan.layer.name}.${worker}.${operand.name}${count === 1 ? '' : `.${index}`}`);
}

class LayerRun implements StageRun {
  private readonly shares: readonly ShareRun[];

  constructor(plan: LayerPlan, emitter: OperationEmitter) {
    this.shares = plan.shares.map((share) => new ShareRun(plan, share, emitter));
  }

  *prologue(isFree: (buffer: string) => boolean): Operations {
    for (const share of this.shares) yield* share.load((operand, buffer) => operand.role === 'weight' && isFree(buffer));
  }

  /** Step by step over all shares, so that the executor's look-ahead sees all cores' work. */
  *body(): Generator<ScheduleOperation> {
    for (const share of this.shares) yield* share.load(() => true);
    let busy = this.shares.filter((share) => share.hasTile);
    while (busy.length > 0) {
      for (const share of busy) yield* share.step();
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

/** Where an input's tile lies, or is on its way to. */
interface Ring {
  readonly buffers: readonly string[];
  at: number;
  held: Box | undefined;
}

/** The part of a layer that one worker computes. */
class ShareRun {
  private readonly engine: Engine;
  private readonly tiles: Iterator<Box>;
  private readonly rings = new Map<MappedOperand, Ring>();
  private tile: Box | undefined;
  private next: Box | undefined;
  /** Buffer of each input for the tile to be computed, and for the one after it. */
  private sources = new Map<MappedOperand, string>();
  private nextSources = new Map<MappedOperand, string>();
  private pendingStores: ScheduleOperation[] = [];

  constructor(
    private readonly plan: LayerPlan,
    private readonly share: Share,
    private readonly emitter: OperationEmitter,
  ) {
    this.engine = engineFor(share.worker, plan.layer) as Engine;
    this.tiles = tilesOf(share.part, plan.sizes, plan.order);
    for (const operand of [...plan.layer.inputs, ...plan.layer.outputs]) {
      this.rings.set(operand, { buffers: ringOf(plan, share.worker.name, operand), at: -1, held: undefined });
    }
    this.tile = this.take();
    this.next = this.take();
  }

  get hasTile(): boolean {
    return this.tile !== undefined;
  }

  get pendingBuffers(): readonly string[] {
    return this.pendingStores.flatMap(({ reads }) => (reads ?? []).flatMap(({ buffer }) => buffer ?? []));
  }

  /** Loads what the first tile needs and does not have yet. */
  *load(wanted: (operand: MappedOperand, buffer: string) => boolean): Operations {
    if (this.tile !== undefined) yield* this.loadFor(this.tile, this.sources, wanted);
  }

  /** Prefetches for the next tile, computes this one, stores its outputs when they are finished. */
  *step(): Operations {
    const tile = this.tile as Box;
    if (this.next !== undefined) {
      this.nextSources = new Map();
      yield* this.loadFor(this.next, this.nextSources, () => true);
    }
    yield this.compute(tile);
    if (this.isLastOfSum(tile)) {
      if (this.next === undefined) this.pendingStores = this.stores(tile, true);
      else yield* this.stores(tile, false);
    }
    this.tile = this.next;
    this.sources = this.nextSources;
    this.next = this.tile === undefined ? undefined : this.take();
  }

  *lastStore(): Operations {
    for (const store of this.pendingStores) yield this.emitter.emit(store);
  }

  private take(): Box | undefined {
    const next = this.tiles.next();
    return next.done === true ? undefined : next.value;
  }

  private *loadFor(tile: Box, sources: Map<MappedOperand, string>, wanted: (operand: MappedOperand, buffer: string) => boolean): Operations {
    for (const operand of this.plan.layer.inputs) {
      const ring = this.rings.get(operand) as Ring;
      const region = operand.region(tile);
      if (ring.buffers.length === 0 || isEmptyBox(region)) continue;
      if (ring.held === undefined || !sameBox(ring.held, region)) {
        const next = (ring.at + 1) % ring.buffers.length;
        if (!wanted(operand, ring.buffers[next] as string)) continue;
        ring.at = next;
        ring.held = region;
        yield this.transfer([{ tensor: operand.tensor, box: region }], [{ buffer: ring.buffers[ring.at] as string, tensor: operand.tensor, box: region }]);
      }
      sources.set(operand, ring.buffers[ring.at] as string);
    }
  }

  private compute(tile: Box): ScheduleOperation {
    const { layer } = this.plan;
    const isFirst = this.isFirstOfSum(tile);
    const reads: RegionAccess[] = [];
    for (const operand of layer.inputs) {
      const box = operand.region(tile);
      const buffer = this.sources.get(operand);
      if (!isEmptyBox(box)) reads.push({ tensor: operand.tensor, box, operand: operand.name, ...(buffer === undefined ? {} : { buffer }) });
    }
    const writes: WriteAccess[] = [];
    for (const operand of layer.outputs) {
      const ring = this.rings.get(operand) as Ring;
      if (isFirst && ring.buffers.length > 0) ring.at = (ring.at + 1) % ring.buffers.length;
      const box = operand.region(tile);
      const buffer = ring.buffers[ring.at];
      const mode = isFirst ? 'replace' : 'accumulate';
      if (!isEmptyBox(box)) writes.push({ tensor: operand.tensor, box, operand: operand.name, mode, ...(buffer === undefined ? {} : { buffer }) });
    }
    const releases = this.next === undefined ? this.releasesOf(layer.inputs) : [];
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
    });
  }

  /** Transfers home; the share's last ones are kept back and take their numbers later. */
  private stores(tile: Box, isLast: boolean): ScheduleOperation[] {
    const stores: ScheduleOperation[] = [];
    for (const operand of this.plan.layer.outputs) {
      const ring = this.rings.get(operand) as Ring;
      const box = operand.region(tile);
      const buffer = ring.buffers[ring.at];
      if (buffer === undefined || isEmptyBox(box)) continue;
      const form = this.transferForm([{ buffer, tensor: operand.tensor, box }], [{ tensor: operand.tensor, box }]);
      stores.push(isLast ? { ...form, releases: this.releasesOf([operand]) } : this.emitter.emit(form));
    }
    return stores;
  }

  private transfer(reads: readonly RegionAccess[], writes: readonly WriteAccess[]): ScheduleOperation {
    return this.emitter.emit(this.transferForm(reads, writes));
  }

  private transferForm(reads: readonly RegionAccess[], writes: readonly WriteAccess[]): ScheduleOperation {
    return { kind: 'transfer', queue: this.share.worker.dma as string, layer: this.plan.layer.name, reads, writes };
  }

  private releasesOf(operands: readonly MappedOperand[]): RegionAccess[] {
    return operands.flatMap((operand) => (this.rings.get(operand) as Ring).buffers.map((buffer) => ({ buffer })));
  }

  private isFirstOfSum(tile: Box): boolean {
    return this.plan.layer.reductions.every((loop) => tile[loop]![0] === this.share.part[loop]![0]);
  }

  private isLastOfSum(tile: Box): boolean {
    return this.plan.layer.reductions.every((loop) => tile[loop]![1] === this.share.part[loop]![1]);
  }
}
