import { boxSizes, type RegionAccess, type ScheduleOperation, type WriteAccess } from 'tessera-sim';
import {
  aligned,
  engineFor,
  tileShape,
  type Engine,
  type Hardware,
  type MappedNetwork,
  type OperationEmitter,
  type Operations,
  type Stage,
  type StageRun,
  type Worker,
} from 'tessera-sim/mapping';
import type { StackShape } from './events.js';
import { stackItems, type Item, type ItemAccess } from './items.js';
import { homeTraffic, keyOf, lifetimesOf, type DeadRegion, type ResidentTensor } from './lifetimes.js';
import { stackNests, type StackNests } from './stack-nests.js';

/** A stack with its operations, its room and its predicted time. */
export interface StackPlan {
  readonly shape: StackShape;
  readonly items: readonly Item[];
  /** Items that fetch the first layer's weights: the stage's prologue. */
  readonly firstWeights: number;
  readonly releases: readonly (readonly DeadRegion[])[];
  readonly residents: readonly ResidentTensor[];
  readonly seconds: number;
}

/** Bytes that a stack lacks in a worker's memory, with its largest tenant. */
export interface Shortage {
  readonly worker: Worker;
  readonly missingBytes: number;
  readonly largest: ResidentTensor;
}

/**
 * @param limitSeconds plans that would take as long are not worked out
 * @returns undefined for such a plan
 */
export function planStack(network: MappedNetwork, hardware: Hardware, shape: StackShape, limitSeconds = Infinity): StackPlan | undefined {
  const { firstWeights, body } = stackItems(network, shape);
  const items = [...firstWeights, ...body];
  const seconds = secondsOf(hardware, items);
  if (seconds >= limitSeconds) return undefined;
  const { releases, residents } = lifetimesOf(items);
  return { shape, items, firstWeights: firstWeights.length, releases, residents, seconds };
}

/** Undefined when the stack fits. */
export function shortageOf({ residents }: Pick<StackPlan, 'residents'>): Shortage | undefined {
  const used = new Map<Worker, ResidentTensor[]>();
  for (const resident of residents) used.set(resident.worker, [...(used.get(resident.worker) ?? []), resident]);
  for (const [worker, tenants] of used) {
    const bytes = tenants.reduce((sum, { peakBytes }) => sum + aligned(peakBytes), 0);
    const largest = tenants.reduce((a, b) => (b.peakBytes > a.peakBytes ? b : a));
    if (bytes > worker.capacityBytes) return { worker, missingBytes: bytes - worker.capacityBytes, largest };
  }
  return undefined;
}

/** The busiest core or the home memory's port, whichever takes longer, plus the first fill. A guide for choosing. */
function secondsOf(hardware: Hardware, items: readonly Item[]): number {
  const busy = new Map<string, number>();
  for (const { kind, worker, layer, event } of items) {
    if (kind !== 'compute' || event === undefined) continue;
    const engine = engineFor(worker, layer) as Engine;
    const seconds = engine.facts.tileCycles(tileShape(layer, event.box)) / engine.frequencyHz;
    busy.set(engine.path, (busy.get(engine.path) ?? 0) + seconds);
  }
  const first = items.findIndex(({ kind }) => kind === 'compute');
  const fill = homeTraffic(items.slice(0, Math.max(0, first)).filter(({ layer }) => layer === items[0]?.layer));
  return Math.max(...busy.values(), homeTraffic(items) / hardware.homeBytesPerSecond) + fill / hardware.homeBytesPerSecond;
}

/** The stage that executes a stack. */
export function stackStage(network: MappedNetwork, hardware: Hardware, plan: StackPlan, index: number): Stage {
  const nameOf = (worker: Worker, tensor: string): string => `stack${index}.${keyOf(worker, tensor)}`;
  const buffers = plan.residents.map(({ worker, tensor, peakBytes }) => ({ name: nameOf(worker, tensor), worker, bytes: Math.max(1, peakBytes) }));
  const nests = stackNests(network, hardware.home, plan);
  return { layers: plan.shape.layers, buffers, mappings: nests.mappings, start: (emitter) => new StackRun(plan, nameOf, nests, emitter) };
}

class StackRun implements StageRun {
  private fetched = 0;

  constructor(
    private readonly plan: StackPlan,
    private readonly nameOf: (worker: Worker, tensor: string) => string,
    private readonly nests: StackNests,
    private readonly emitter: OperationEmitter,
  ) {}

  *prologue(isFree: (buffer: string) => boolean): Operations {
    while (this.fetched < this.plan.firstWeights) {
      const { writes } = this.plan.items[this.fetched] as Item;
      if (!writes.every(({ worker, tensor }) => worker !== undefined && isFree(this.nameOf(worker, tensor)))) return;
      yield this.operation(this.fetched++);
    }
  }

  *body(): Operations {
    for (let index = this.fetched; index < this.plan.items.length; index++) yield this.operation(index);
  }

  *epilogue(): Operations {}

  pendingBuffers(): readonly string[] {
    return [];
  }

  private operation(index: number): ScheduleOperation {
    const item = this.plan.items[index] as Item;
    const releases = (this.plan.releases[index] ?? []).map(({ worker, tensor, box }): RegionAccess => ({ buffer: this.nameOf(worker, tensor), tensor, box }));
    const form = {
      layer: item.layer.name,
      reads: item.reads.map((read) => this.access(read)),
      writes: item.writes.map((write): WriteAccess => (write.worker === undefined ? this.access(write) : { ...this.access(write), mode: 'add' })),
      ...(releases.length === 0 ? {} : { releases }),
    };
    if (item.event === undefined) return this.emitter.emit({ kind: 'transfer', queue: item.worker.dma as string, ...form });
    const { box, layer, recompute } = item.event;
    return this.emitter.emit({
      kind: 'compute',
      queue: (engineFor(item.worker, layer) as Engine).path,
      operator: layer.operator,
      at: Object.fromEntries(Object.entries(box).map(([loop, [low]]) => [loop, low])),
      loops: boxSizes(box),
      ...form,
      ...(recompute ? { recompute } : {}),
      mapping: this.nests.nameOf(layer, item.worker),
    });
  }

  private access({ tensor, box, worker, operand }: ItemAccess): RegionAccess {
    return { tensor, box, ...(worker === undefined ? {} : { buffer: this.nameOf(worker, tensor) }), ...(operand === undefined ? {} : { operand }) };
  }
}
