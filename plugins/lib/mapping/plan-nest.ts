import { boxSizes, lastFactors, type Loop, type LoopNest, type Sizes } from 'tessera-sim';
import type { MappedLayer } from './mapped-layer.js';
import { WORKER_AXIS, WORKER_MEMORY } from './nest-placement.js';
import type { Share } from './split.js';

/** How a layer is divided and cut, to be said as a loop nest. */
export interface NestPlan {
  readonly layer: MappedLayer;
  /** In the order of the workers along their axis. */
  readonly shares: readonly Share[];
  /** Cut loops, outermost first. */
  readonly order: readonly string[];
  /** Tile of a share with these extents; loops that are left out are not cut. */
  sizesOf(extents: Sizes): Sizes;
  /** Memory of operands that come from home or go there, by name. */
  readonly home: Readonly<Record<string, string>>;
  /** Operands that lie in the local memory for the whole share. */
  readonly resident: readonly string[];
  /** Operands that lie there tile by tile. */
  readonly tiled: readonly string[];
}

/** The nests of a layer, by their names in the schedule's `mappings`. */
export interface PlannedNests {
  readonly mappings: Readonly<Record<string, LoopNest>>;
  /** Name of a share's nest, by the worker's position. */
  readonly names: readonly string[];
}

/**
 * One nest, named after the layer, when its shares are equal pieces (the last one may be smaller) that whole tiles fill.
 * Otherwise no nest can say how the layer is divided: then one for each size of share, named after layer and size, which covers
 * such a share.
 */
export function nestsOf(plan: NestPlan): PlannedNests {
  const { layer, shares } = plan;
  const strides = stridesOf(layer.loops, shares);
  const whole = strides === undefined ? undefined : nestOf(plan, shares, layer.loops, strides);
  if (whole !== undefined) return { mappings: { [layer.name]: whole }, names: shares.map(() => layer.name) };
  const names = shares.map(({ part }) => `${layer.name}:${sharePart(layer.loops, boxSizes(part))}`);
  const mappings: Record<string, LoopNest> = {};
  for (const name of new Set(names)) {
    const own = shares.filter((_, index) => names[index] === name);
    const extents = boxSizes((own[0] as Share).part);
    mappings[name] = nestOf(plan, own, extents, extents) as LoopNest;
  }
  return { mappings, names };
}

/** Sizes of the loops that are divided, as `OX=14,K=32`. */
function sharePart(loops: Sizes, extents: Sizes): string {
  const divided = Object.keys(loops).filter((loop) => extents[loop] !== loops[loop]);
  return divided.length === 0 ? 'all' : divided.map((loop) => `${loop}=${extents[loop]}`).join();
}

/**
 * The size of a share along each loop when shares are a grid of equal pieces, the last of each loop as long or shorter, in the order of
 * nested loops; undefined otherwise.
 */
function stridesOf(loops: Sizes, shares: readonly Share[]): Sizes | undefined {
  const strides = boxSizes((shares[0] as Share).part);
  let pieces = 1;
  for (const loop in loops) pieces *= Math.ceil(loops[loop]! / strides[loop]!);
  if (pieces !== shares.length) return undefined;
  const isRegular = shares.every(({ part }) =>
    Object.keys(loops).every((loop) => {
      const [low, high] = part[loop]!;
      return low % strides[loop]! === 0 && high === Math.min(loops[loop]!, low + strides[loop]!);
    }),
  );
  return isRegular ? strides : undefined;
}

/** Undefined when a share does not end with a whole tile where the next one begins. */
function nestOf({ order, sizesOf, home, resident, tiled }: NestPlan, shares: readonly Share[], extents: Sizes, strides: Sizes): LoopNest | undefined {
  const sizes = sizesOf(strides);
  const levels: { readonly spatial: Loop[]; readonly temporal: Map<string, Loop>; readonly inner: Loop[] } = { spatial: [], temporal: new Map(), inner: [] };
  for (const loop of dividedFirst(extents, strides, shares)) {
    const [extent, stride] = [extents[loop]!, strides[loop]!];
    const size = Math.min(stride, sizes[loop] ?? stride);
    const factors = [Math.ceil(extent / stride), Math.ceil(stride / size), size];
    if (factors[0]! > 1 && stride % size !== 0) return undefined;
    const lasts = lastFactors(factors, extent) as number[];
    const at = (place: number): Loop => {
      const [steps, last] = [factors[place]!, lasts[place]!];
      const isSpatial = place === 0;
      return {
        loop,
        size: steps,
        ...(last === steps ? {} : { last }),
        kind: isSpatial ? 'spatial' : 'temporal',
        ...(isSpatial ? { axis: WORKER_AXIS } : {}),
      };
    };
    if (factors[0]! > 1) levels.spatial.push(at(0));
    if (factors[1]! > 1) levels.temporal.set(loop, at(1));
    levels.inner.push(at(2));
  }
  const memory = localMemory(shares);
  const local = (names: readonly string[]): Record<string, string> => (memory === undefined ? {} : Object.fromEntries(names.map((name) => [name, memory])));
  const temporal = order.flatMap((loop) => levels.temporal.get(loop) ?? []);
  const last = { storage: local(tiled), loops: levels.inner };
  if (resident.length === 0) return { levels: [{ storage: home, loops: [...levels.spatial, ...temporal] }, last] };
  return { levels: [{ storage: home, loops: levels.spatial }, { storage: local(resident), loops: temporal }, last] };
}

/** Loops of the layer; those that are divided in the order in which their positions make that of the workers. */
function dividedFirst(extents: Sizes, strides: Sizes, shares: readonly Share[]): string[] {
  const firstMove = (loop: string): number => shares.findIndex(({ part }) => part[loop]![0] > 0);
  const loops = Object.keys(extents);
  const divided = loops.filter((loop) => strides[loop]! < extents[loop]!).sort((a, b) => firstMove(b) - firstMove(a));
  return [...divided, ...loops.filter((loop) => !divided.includes(loop))];
}

/** Path of the local memory, or the word for that of each worker; undefined when workers have none. */
function localMemory(shares: readonly Share[]): string | undefined {
  const memories = new Set(shares.map(({ worker }) => worker.memory));
  return memories.size === 1 ? [...memories][0] : WORKER_MEMORY;
}
