import { BoxSet, boxVolume, intersectBoxes, isEmptyBox, wholeBox, type Box } from 'tessera-sim';
import { bytesOfRegion, splitInterval, type MappedLayer, type MappedNetwork, type MappedOperand, type Worker } from 'tessera-sim/mapping';
import { computeEvents, divide, type ComputeEvent, type Placement, type StackShape } from './events.js';

/** A region of a tensor in a worker's memory, or (without worker) at home. */
export interface ItemAccess {
  readonly tensor: string;
  readonly box: Box;
  readonly worker?: Worker;
  readonly storedBits: number;
  readonly operand?: string;
}

/** An operation of a stack before buffers have names and sizes. */
export interface Item {
  readonly kind: 'load' | 'exchange' | 'compute' | 'store';
  /** Whose core or transfer engine executes it. */
  readonly worker: Worker;
  readonly layer: MappedLayer;
  readonly reads: readonly ItemAccess[];
  readonly writes: readonly ItemAccess[];
  readonly event?: ComputeEvent;
}

/** All operations of a stack in program order; the first layer's weights come first, apart. */
export interface StackItems {
  readonly firstWeights: readonly Item[];
  readonly body: readonly Item[];
}

/** Turns the compute events of a stack into its operations: loads one step ahead, exchanges, computes, stores. */
export function stackItems(network: MappedNetwork, shape: StackShape): StackItems {
  const groups = computeEvents(network, shape);
  const planner = new Planner(network, shape);
  const planned = groups.map((events) => planner.plan(events));
  const weights = shape.layers.map((layer) => weightLoads(network, shape, layer));
  const body: Item[] = [...(planned[0]?.loads ?? []), ...weights.slice(1).flat()];
  planned.forEach(({ work }, index) => body.push(...(planned[index + 1]?.loads ?? []), ...work));
  return { firstWeights: weights[0] ?? [], body };
}

/** True when the tensor is written inside the stack and needed after it. */
export function escapes(network: MappedNetwork, layers: readonly MappedLayer[], tensor: string): boolean {
  if (network.outputs.has(tensor)) return true;
  const readers = network.readers.get(tensor) ?? [];
  return readers.length === 0 || readers.some((reader) => !layers.includes(reader));
}

class Planner {
  private readonly inside: ReadonlySet<MappedLayer>;
  /** What each worker has (had) of each tensor. */
  private readonly held = new Map<string, BoxSet>();
  /** What has been sent home of each tensor. */
  private readonly stored = new Map<string, BoxSet>();
  /** Who computed what of each tensor, latest last. */
  private readonly made = new Map<string, { readonly worker: Worker; readonly box: Box }[]>();

  constructor(
    private readonly network: MappedNetwork,
    private readonly shape: StackShape,
  ) {
    this.inside = new Set(shape.layers);
  }

  plan(events: readonly ComputeEvent[]): { loads: Item[]; work: Item[] } {
    const loads: Item[] = [];
    const work: Item[] = [];
    for (const [layer, own] of byLayer(events)) {
      for (const event of own) this.provide(event, loads, work);
      for (const event of own) work.push(this.compute(event));
      for (const event of own) work.push(...this.stores(event, layer));
    }
    return { loads, work };
  }

  /** Loads or fetches what the event reads and its worker does not have. */
  private provide(event: ComputeEvent, loads: Item[], work: Item[]): void {
    const { layer, worker, box } = event;
    for (const operand of layer.inputs) {
      if (operand.role === 'weight') continue;
      const region = operand.region(box);
      if (isEmptyBox(region)) continue;
      const held = this.heldBy(worker, operand.tensor, region);
      for (const missing of held.missing(region)) {
        held.add(missing);
        if (this.isInternal(operand.tensor)) work.push(...this.fetch(operand, missing, event));
        else loads.push({ kind: 'load', worker, layer, reads: [access(operand, missing)], writes: [access(operand, missing, worker)] });
      }
    }
  }

  /** The owners push what is missing: they know when it is there. */
  private *fetch(operand: MappedOperand, region: Box, { layer, worker }: ComputeEvent): Generator<Item> {
    const missing = new BoxSet(Object.keys(region));
    missing.add(region);
    const pieces = this.made.get(operand.tensor) ?? [];
    for (let index = pieces.length - 1; index >= 0 && missing.volume > 0; index--) {
      const piece = pieces[index]!;
      if (piece.worker === worker) continue;
      for (const wanted of missing.toBoxes()) {
        const part = intersectBoxes(wanted, piece.box);
        if (part === undefined) continue;
        missing.remove(part);
        yield { kind: 'exchange', worker: piece.worker, layer, reads: [access(operand, part, piece.worker)], writes: [access(operand, part, worker)] };
      }
    }
  }

  private compute(event: ComputeEvent): Item {
    const { layer, worker, box } = event;
    const named = (operand: MappedOperand): ItemAccess => ({ ...access(operand, operand.region(box), worker), operand: operand.name });
    const reads = layer.inputs.map(named).filter((read) => !isEmptyBox(read.box));
    const writes = layer.outputs.map(named).filter((write) => !isEmptyBox(write.box));
    for (const write of writes) {
      this.heldBy(worker, write.tensor, write.box).add(write.box);
      const pieces = this.made.get(write.tensor) ?? [];
      pieces.push({ worker, box: write.box });
      this.made.set(write.tensor, pieces);
    }
    return { kind: 'compute', worker, layer, reads, writes, event };
  }

  /** What readers outside of the stack need goes home, once however often it is computed. */
  private *stores({ worker, box }: ComputeEvent, layer: MappedLayer): Generator<Item> {
    for (const output of layer.outputs) {
      if (!escapes(this.network, this.shape.layers, output.tensor)) continue;
      const region = output.region(box);
      if (isEmptyBox(region)) continue;
      const stored = this.stored.get(output.tensor) ?? new BoxSet(Object.keys(region));
      this.stored.set(output.tensor, stored);
      for (const part of stored.missing(region)) {
        stored.add(part);
        yield { kind: 'store', worker, layer, reads: [access(output, part, worker)], writes: [access(output, part)] };
      }
    }
  }

  private isInternal(tensor: string): boolean {
    const writer = this.network.writers.get(tensor);
    return writer !== undefined && this.inside.has(writer);
  }

  private heldBy(worker: Worker, tensor: string, like: Box): BoxSet {
    const key = `${worker.name} ${tensor}`;
    let set = this.held.get(key);
    if (set === undefined) this.held.set(key, (set = new BoxSet(Object.keys(like))));
    return set;
  }
}

function byLayer(events: readonly ComputeEvent[]): Map<MappedLayer, ComputeEvent[]> {
  const groups = new Map<MappedLayer, ComputeEvent[]>();
  for (const event of events) {
    const group = groups.get(event.layer);
    if (group === undefined) groups.set(event.layer, [event]);
    else group.push(event);
  }
  return groups;
}

function access(operand: MappedOperand, box: Box, worker?: Worker): ItemAccess {
  return { tensor: operand.tensor, box, storedBits: operand.storedBits, ...(worker === undefined ? {} : { worker }) };
}

/** Weights below this many bytes a piece are not worth a multicast each. */
const MULTICAST_GRAIN_BYTES = 1024;

/**
 * Resident weights. Workers with different parts load their own; a part that several need is read from home once, in as
 * many pieces as there are transfer engines, and each engine sends its piece to all.
 */
function weightLoads(network: MappedNetwork, shape: StackShape, layer: MappedLayer): Item[] {
  const placement = lanesOf(shape, layer);
  const parts = divide(layer, placement, wholeBox(layer.loops));
  return layer.inputs
    .filter(({ role }) => role === 'weight')
    .flatMap((operand) => {
      const byRegion = new Map<string, { region: Box; workers: Worker[] }>();
      for (const [worker, part] of shape.halo === 'recomputed' ? placement.workers.map((w): [Worker, Box] => [w, wholeBox(layer.loops)]) : parts) {
        const region = operand.region(part);
        const key = JSON.stringify(region);
        const entry = byRegion.get(key) ?? { region, workers: [] };
        entry.workers.push(worker);
        byRegion.set(key, entry);
      }
      return [...byRegion.values()].filter(({ region }) => !isEmptyBox(region)).flatMap(({ region, workers }) => multicast(operand, layer, region, workers));
    });
}

/** Who computes a layer: with recomputed halos the lanes of the last layer, unless layers have cores of their own. */
function lanesOf(shape: StackShape, layer: MappedLayer): Placement {
  const own = shape.placement.get(layer) as Placement;
  const driver = shape.placement.get(shape.layers.at(-1) as MappedLayer) as Placement;
  return shape.halo === 'recomputed' && driver.workers.length > 1 ? driver : own;
}

function multicast(operand: MappedOperand, layer: MappedLayer, region: Box, workers: readonly Worker[]): Item[] {
  const entries = Object.entries(region);
  if (entries.length === 0)
    return [
      { kind: 'load', worker: workers[0] as Worker, layer, reads: [access(operand, region)], writes: workers.map((worker) => access(operand, region, worker)) },
    ];
  const [dim, interval] = entries.reduce((best, entry) => (entry[1][1] - entry[1][0] > best[1][1] - best[1][0] ? entry : best));
  const count = bytesOfRegion(operand, region) >= MULTICAST_GRAIN_BYTES * workers.length ? workers.length : 1;
  return splitInterval(interval, count).map((piece, index) => {
    const box = { ...region, [dim]: piece };
    const writes = workers.map((worker) => access(operand, box, worker));
    return { kind: 'load', worker: workers[index] as Worker, layer, reads: [access(operand, box)], writes };
  });
}

/** Elements of an access in bytes. */
export function bytesOfAccess({ box, storedBits }: ItemAccess): number {
  return Math.ceil((boxVolume(box) * storedBits) / 8);
}

export type { Placement };
