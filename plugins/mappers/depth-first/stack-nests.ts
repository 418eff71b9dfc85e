import { boundingBox, wholeBox, type Box, type LoopNest } from 'tessera-sim';
import { nestsOf, type MappedLayer, type MappedNetwork, type NestPlan, type PlannedNests, type Worker } from 'tessera-sim/mapping';
import type { StackShape } from './events.js';
import { escapes, type Item } from './items.js';

/** The loop nests of a stack, one or a few a layer. */
export interface StackNests {
  readonly mappings: Readonly<Record<string, LoopNest>>;
  /** Name of the nest that a worker's tiles of a layer belong to. */
  nameOf(layer: MappedLayer, worker: Worker): string;
}

/** What one worker computes of a layer: the box around it all, and where its tiles begin along the loops of the stack's tile. */
interface Work {
  part: Box;
  readonly starts: ReadonlyMap<string, Set<number>>;
}

/**
 * Each layer of a stack as a nest: divided among workers, its weights in their memories for as long as the stack runs, inside of that the
 * steps of the stack's tile. Maps between the layers of the stack are in no home. A nest's steps are even; the operations' are shifted by the
 * halo, which the first step computes beside its own rows and the last one has less of.
 */
export function stackNests(network: MappedNetwork, home: string, plan: { readonly shape: StackShape; readonly items: readonly Item[] }): StackNests {
  const { shape, items } = plan;
  const works = worksOf(shape, items);
  const mappings: Record<string, LoopNest> = {};
  const names = new Map<MappedLayer, ReadonlyMap<Worker, string>>();
  for (const [layer, byWorker] of works) {
    const nests = layerNests(network, home, shape, layer, byWorker);
    Object.assign(mappings, nests.mappings);
    names.set(layer, new Map([...byWorker.keys()].map((worker, index) => [worker, nests.names[index] as string])));
  }
  return { mappings, nameOf: (layer, worker) => names.get(layer)?.get(worker) as string };
}

/** By layer and worker, workers in the order in which the layer is divided among them. */
function worksOf(shape: StackShape, items: readonly Item[]): Map<MappedLayer, Map<Worker, Work>> {
  const works = new Map<MappedLayer, Map<Worker, Work>>();
  const order = new Map(shape.layers.map((layer) => [layer, shape.placement.get(layer)?.workers ?? []]));
  const loops = Object.keys(shape.tile);
  for (const { event } of items) {
    if (event === undefined) continue;
    const { layer, worker, box } = event;
    let byWorker = works.get(layer);
    if (byWorker === undefined) works.set(layer, (byWorker = new Map()));
    const known = byWorker.get(worker);
    const work = known ?? { part: box, starts: new Map(loops.map((loop) => [loop, new Set<number>()])) };
    if (known === undefined) byWorker.set(worker, work);
    else work.part = boundingBox(work.part, box);
    for (const [loop, starts] of work.starts) starts.add(box[loop]?.[0] ?? 0);
  }
  for (const [layer, byWorker] of works) {
    const places = new Map((order.get(layer) ?? []).map((worker, index) => [worker, index]));
    works.set(layer, new Map([...byWorker].sort(([a], [b]) => (places.get(a) ?? 0) - (places.get(b) ?? 0))));
  }
  return works;
}

function layerNests(network: MappedNetwork, home: string, shape: StackShape, layer: MappedLayer, works: ReadonlyMap<Worker, Work>): PlannedNests {
  const driver = shape.layers.at(-1) as MappedLayer;
  const stepsOf = (loop: string): number => {
    const starts = Math.max(...[...works.values()].map((work) => work.starts.get(loop)?.size ?? 1));
    const size = shape.tile[loop] ?? 0;
    return Math.min(starts, size > 0 ? Math.ceil((driver.loops[loop] ?? 1) / size) : 1);
  };
  const order = Object.keys(shape.tile).filter((loop) => loop in layer.loops);
  const steps = new Map(order.map((loop) => [loop, stepsOf(loop)]));
  const isInside = (tensor: string): boolean => shape.layers.includes(network.writers.get(tensor) as MappedLayer);
  const fromHome = layer.inputs.filter(({ tensor }) => !isInside(tensor));
  const toHome = layer.outputs.filter(({ tensor }) => escapes(network, shape.layers, tensor));
  const plan: NestPlan = {
    layer,
    shares: [...works].map(([worker, { part }]) => ({ worker, part: { ...wholeBox(layer.loops), ...part } })),
    order,
    sizesOf: (extents) => Object.fromEntries([...steps].map(([loop, count]) => [loop, Math.ceil(extents[loop]! / count)])),
    home: Object.fromEntries([...fromHome, ...toHome].map(({ name }) => [name, home])),
    resident: layer.inputs.filter(({ role }) => role === 'weight').map(({ name }) => name),
    tiled: [...layer.inputs.filter(({ role }) => role !== 'weight'), ...layer.outputs].map(({ name }) => name),
  };
  return nestsOf(plan);
}
