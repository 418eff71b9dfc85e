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

/** A region that several workers miss. */
interface Wanted {
  readonly box: Box;
  readonly workers: Worker[];
}

/** Regions with who misses them, equal ones together. */
class WantedList {
  private readonly byBox = new Map<string, Wanted>();

  add(box: Box, worker: Worker): void {
    let key = '';
    for (const dim in box) key += `${box[dim]![0]} ${box[dim]![1]} `;
    const known = this.byBox.get(key);
    if (known === undefined) this.byBox.set(key, { box, workers: [worker] });
    else if (!known.workers.includes(worker)) known.workers.push(worker);
  }

  all(): Iterable<Wanted> {
    return this.byBox.values();
  }
}

class Planner {
  private readonly inside: ReadonlySet<MappedLayer>;
  /** What each worker has (had) of each tensor. */
  private readonly held = new Map<string, BoxSet>();
  /** What has been sent home of each tensor. */
  private readonly stored = new Map<string, BoxSet>();
  /** What each worker has computed of each tensor. */
  private readonly made = new Map<string, Map<Worker, BoxSet>>();
  private readonly workers: readonly Worker[];

  constructor(
    private readonly network: MappedNetwork,
    private readonly shape: StackShape,
  ) {
    this.inside = new Set(shape.layers);
    this.workers = [...new Set([...shape.placement.values()].flatMap((placement) => placement.workers))];
  }

  plan(events: readonly ComputeEvent[]): { loads: Item[]; work: Item[] } {
    const loads: Item[] = [];
    const work: Item[] = [];
    for (const [layer, own] of byLayer(events)) {
      this.provide(layer, own, loads, work);
      for (const event of own) work.push(this.compute(event));
      for (const event of own) work.push(...this.stores(event, layer));
    }
    return { loads, work };
  }

  /** Loads or fetches what the events of one layer read and their workers do not have: once for all that miss the same. */
  private provide(layer: MappedLayer, events: readonly ComputeEvent[], loads: Item[], work: Item[]): void {
    for (const operand of layer.inputs) {
      if (operand.role === 'weight') continue;
      const isInternal = this.isInternal(operand.tensor);
      const fromHome = new WantedList();
      const fromOwner = new Map<Worker, WantedList>();
      for (const { worker, box } of events) {
        const region = operand.region(box);
        if (isEmptyBox(region)) continue;
        const held = this.heldBy(worker, operand.tensor, region);
        for (const missing of held.missing(region)) {
          held.add(missing);
          if (isInternal) this.seek(operand.tensor, missing, worker, fromOwner);
          else fromHome.add(missing, worker);
        }
      }
      for (const { box, workers } of fromHome.all()) loads.push(...multicast(operand, layer, box, workers));
      for (const [owner, wanted] of fromOwner) for (const { box, workers } of wanted.all()) work.push(push(operand, layer, box, owner, workers));
    }
  }

  /** Finds who has computed what a worker misses, nearest first. The owners push: they know when it is there. */
  private seek(tensor: string, box: Box, worker: Worker, found: Map<Worker, WantedList>): void {
    const missing = new BoxSet(Object.keys(box));
    missing.add(box);
    for (const owner of this.nearest(worker)) {
      const made = this.made.get(tensor)?.get(owner);
      if (owner === worker || made === undefined) continue;
      for (const piece of made.toBoxes()) {
        for (const wanted of missing.toBoxes()) {
          const part = intersectBoxes(wanted, piece);
          if (part === undefined) continue;
          missing.remove(part);
          let list = found.get(owner);
          if (list === undefined) found.set(owner, (list = new WantedList()));
          list.add(part, worker);
        }
      }
      if (missing.volume === 0) return;
    }
  }

  /** All workers, by their distance in the order of the machine. */
  private *nearest(worker: Worker): Generator<Worker> {
    const at = this.workers.indexOf(worker);
    for (let distance = 1; distance < this.workers.length; distance++) {
      if (at - distance >= 0) yield this.workers[at - distance] as Worker;
      if (at + distance < this.workers.length) yield this.workers[at + distance] as Worker;
    }
  }

  private compute(event: ComputeEvent): Item {
    const { layer, worker, box } = event;
    const named = (operand: MappedOperand): ItemAccess => ({ ...access(operand, operand.region(box), worker), operand: operand.name });
    const reads = layer.inputs.map(named).filter((read) => !isEmptyBox(read.box));
    const writes = layer.outputs.map(named).filter((write) => !isEmptyBox(write.box));
    for (const write of writes) {
      this.heldBy(worker, write.tensor, write.box).add(write.box);
      let byWorker = this.made.get(write.tensor);
      if (byWorker === undefined) this.made.set(write.tensor, (byWorker = new Map()));
      const made = byWorker.get(worker) ?? new BoxSet(Object.keys(write.box));
      byWorker.set(worker, made);
      made.add(write.box);
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

/** What one worker has made, to those who miss it. */
function push(operand: MappedOperand, layer: MappedLayer, box: Box, owner: Worker, workers: readonly Worker[]): Item {
  const writes = workers.map((worker) => access(operand, box, worker));
  return { kind: 'exchange', worker: owner, layer, reads: [access(operand, box, owner)], writes };
}

/** Pieces of a region that several workers need are at least this large, and not more than this many: each engine sends as fast as it reads. */
const MULTICAST_GRAIN_BYTES = 4096;
const MOST_PIECES = 4;

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
  const count =
    workers.length === 1 ? 1 : Math.max(1, Math.min(workers.length, MOST_PIECES, Math.floor(bytesOfRegion(operand, region) / MULTICAST_GRAIN_BYTES)));
  return splitInterval(interval, count).map((piece, index) => {
    const box = { ...region, [dim]: piece };
    const writes = workers.map((worker) => access(operand, box, worker));
    // Neighbouring regions begin with different engines.
    const engine = workers[(index + interval[0] + layer.index) % workers.length] as Worker;
    return { kind: 'load', worker: engine, layer, reads: [access(operand, box)], writes };
  });
}

/** Elements of an access in bytes. */
export function bytesOfAccess({ box, storedBits }: ItemAccess): number {
  return Math.ceil((boxVolume(box) * storedBits) / 8);
}

export type { Placement };
