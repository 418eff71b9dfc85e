import { BoxSet, boundingBox, intersectBoxes, wholeBox, type Box, type Interval } from 'tessera-sim';
import {
  checkTileCount,
  MOST_STACK_TILES,
  splitInterval,
  tileCounts,
  tilesOf,
  wholeBoxTiles,
  type MappedLayer,
  type MappedNetwork,
  type TileSizes,
  type Worker,
} from 'tessera-sim/mapping';

/** What becomes of results that a later tile needs again. */
export type HaloMode = 'cached' | 'recomputed';

/** Who computes a layer of a stack: one worker, or several that divide one of its loops. */
export interface Placement {
  readonly workers: readonly Worker[];
  /** Loop that is divided; undefined for one worker. */
  readonly loop: string | undefined;
}

/** A stack of layers that is executed tile by tile, from its last layer backwards. */
export interface StackShape {
  readonly layers: readonly MappedLayer[];
  readonly placement: ReadonlyMap<MappedLayer, Placement>;
  /** Tile of the last layer: rows `OY` and columns `OX`; absent: whole. */
  readonly tile: TileSizes;
  readonly halo: HaloMode;
  /** Steps that each layer runs ahead of its readers in program order: hides the exchange between cores. */
  readonly lead: number;
}

/** One compute operation to be. */
export interface ComputeEvent {
  readonly layer: MappedLayer;
  readonly worker: Worker;
  readonly box: Box;
  readonly recompute: boolean;
}

/** A box of one layer's iteration space, made in a step of the stack. */
interface Part {
  readonly step: number;
  readonly layer: MappedLayer;
  readonly box: Box;
  readonly recompute: boolean;
  /** Worker of the lane, when every lane computes its own halo. */
  readonly worker: Worker | undefined;
}

/** The compute events of a stack, in groups that follow one another in program order. */
export function computeEvents(network: MappedNetwork, shape: StackShape): ComputeEvent[][] {
  const parts = shape.halo === 'cached' ? cachedParts(network, shape) : recomputedParts(network, shape);
  const skew = skewsOf(network, shape);
  const groups: ComputeEvent[][] = [];
  const order = new Map(shape.layers.map((layer, position) => [layer, position]));
  for (const part of parts) {
    const at = part.step + (skew.get(part.layer) ?? 0);
    while (groups.length <= at) groups.push([]);
    const share = (worker: Worker, all: Box): void => {
      for (const box of wholeBoxTiles(part.layer, all)) groups[at]!.push({ layer: part.layer, worker, box, recompute: part.recompute });
    };
    if (part.worker !== undefined) share(part.worker, part.box);
    else for (const [worker, box] of divide(part.layer, shape.placement.get(part.layer) as Placement, part.box)) share(worker, box);
  }
  for (const group of groups) group.sort((a, b) => (order.get(a.layer) ?? 0) - (order.get(b.layer) ?? 0));
  return groups;
}

/** The pieces of a box by worker: each worker always has the same range of the divided loop. */
export function divide(layer: MappedLayer, { workers, loop }: Placement, box: Box): [Worker, Box][] {
  if (loop === undefined) return [[workers[0] as Worker, box]];
  const pieces = splitInterval([0, layer.loops[loop] ?? 1], workers.length);
  return pieces.flatMap((piece, index): [Worker, Box][] => {
    const part = intersectBoxes(box, { [loop]: piece });
    return part === undefined ? [] : [[workers[index] as Worker, part]];
  });
}

/** As `divide`, for one worker; undefined when it has nothing to do. */
export function pieceOf(layer: MappedLayer, { workers, loop }: Placement, index: number, box: Box): Box | undefined {
  if (loop === undefined) return box;
  const piece = splitInterval([0, layer.loops[loop] ?? 1], workers.length)[index];
  return piece === undefined ? undefined : intersectBoxes(box, { [loop]: piece });
}

/** Every point once: a step computes what its readers need and no earlier step has made. */
function cachedParts(network: MappedNetwork, shape: StackShape): Part[] {
  const done = new Map(shape.layers.map((layer) => [layer, new BoxSet(Object.keys(layer.loops))]));
  const tiles = driverTiles(shape);
  return tiles.flatMap((tile, step) => {
    const isLast = step === tiles.length - 1;
    const made = new Map<MappedLayer, Box[]>();
    backwards(
      network,
      shape,
      tile,
      (layer, need) => {
        const set = done.get(layer) as BoxSet;
        const missing = set.missing(isLast ? wholeBox(layer.loops) : need);
        for (const box of missing) set.add(box);
        made.set(layer, missing);
        return missing;
      },
      isLast,
    );
    return shape.layers.flatMap((layer) => (made.get(layer) ?? []).map((box) => ({ step, layer, box, recompute: false, worker: undefined })));
  });
}

/** Each lane (the last layer's share of a worker) computes all that its tile needs, whoever has it already. */
function recomputedParts(network: MappedNetwork, shape: StackShape): Part[] {
  const done = new Map(shape.layers.map((layer) => [layer, new BoxSet(Object.keys(layer.loops))]));
  const driver = shape.layers.at(-1) as MappedLayer;
  const placement = shape.placement.get(driver) as Placement;
  const isSpread = placement.workers.length > 1;
  const steps = driverTiles(shape).flatMap((tile, step) => divide(driver, placement, tile).map(([worker, box]) => ({ step, worker, box })));
  const parts = steps.flatMap(({ step, worker, box: tile }, index) => {
    const isLast = index === steps.length - 1;
    const made: Part[] = [];
    backwards(
      network,
      shape,
      tile,
      (layer, need) => {
        const set = done.get(layer) as BoxSet;
        const boxes = [need, ...(isLast ? withAdded(set, need).missing(wholeBox(layer.loops)) : [])];
        for (const box of boxes) {
          made.push({ step, layer, box, recompute: set.overlaps(box), worker: isSpread ? worker : undefined });
          set.add(box);
        }
        return boxes;
      },
      isLast,
    );
    return made.reverse();
  });
  return parts;
}

function withAdded(set: BoxSet, box: Box): BoxSet {
  const copy = new BoxSet(set.dimensions);
  for (const part of set.toBoxes()) copy.add(part);
  copy.add(box);
  return copy;
}

/**
 * Walks from the last layer to the first; `compute` is given what a layer must deliver and returns what it will compute.
 *
 * @param all every layer is visited, needed or not
 */
function backwards(network: MappedNetwork, shape: StackShape, tile: Box, compute: (layer: MappedLayer, need: Box) => readonly Box[], all: boolean): void {
  const inside = new Set(shape.layers);
  const needs = new Map<MappedLayer, Box>([[shape.layers.at(-1) as MappedLayer, tile]]);
  for (const layer of [...shape.layers].reverse()) {
    const need = needs.get(layer) ?? (all ? wholeBox(layer.loops) : undefined);
    if (need === undefined) continue;
    for (const box of compute(layer, need)) {
      for (const operand of layer.inputs) {
        const writer = network.writers.get(operand.tensor);
        if (writer === undefined || !inside.has(writer)) continue;
        const output = writer.outputs.find(({ tensor }) => tensor === operand.tensor);
        if (output === undefined) continue;
        const wanted = writer.tileFor(output, operand.region(box));
        const before = needs.get(writer);
        needs.set(writer, before === undefined ? wanted : boundingBox(before, wanted));
      }
    }
  }
}

/** Tiles of the last layer, rows outermost. */
function driverTiles(shape: StackShape): Box[] {
  const driver = shape.layers.at(-1) as MappedLayer;
  const loops = Object.keys(shape.tile).filter((loop) => loop in driver.loops && (shape.tile[loop] ?? 0) > 0);
  const whole = wholeBox(driver.loops) as Record<string, Interval>;
  const counts = tileCounts(whole, shape.tile);
  checkTileCount(
    driver.name,
    loops.reduce((product, loop) => product * (counts[loop] ?? 1), 1),
    MOST_STACK_TILES,
  );
  return [...tilesOf(whole, shape.tile, loops)];
}

/** `lead` steps for every layer on the longest way from the stack's beginning. */
function skewsOf(network: MappedNetwork, shape: StackShape): Map<MappedLayer, number> {
  const skews = new Map<MappedLayer, number>();
  for (const layer of shape.layers) {
    const before = layer.inputs.map(({ tensor }) => network.writers.get(tensor)).filter((writer) => writer !== undefined);
    const depth = Math.max(-shape.lead, ...before.map((writer) => skews.get(writer) ?? -shape.lead));
    skews.set(layer, depth + shape.lead);
  }
  return skews;
}
