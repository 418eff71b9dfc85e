import { InputError, type Box } from 'tessera-sim';
import type { Hardware } from './hardware.js';
import { LayerCost } from './layer-cost.js';
import { bytesOfRegion, sameBox, type MappedLayer, type MappedNetwork, type MappedOperand } from './mapped-layer.js';
import type { Share, Split } from './split.js';
import { aligned, type TileSizer } from './tile-bytes.js';
import { tilingsOf, type Tiling } from './tile-search.js';
import { checkTileCount, tileAt, tilesOf, type TileSizes } from './tiling.js';

/** How a layer is executed when its operands come from home and go back there. */
export interface LayerPlan {
  readonly layer: MappedLayer;
  readonly shares: readonly Share[];
  readonly sizes: TileSizes;
  /** Cut loops, outermost first; reductions last. */
  readonly order: readonly string[];
  /** Bytes of the largest tile of each operand, one buffer's size. */
  readonly bufferBytes: ReadonlyMap<MappedOperand, number>;
  /** Buffers of each operand: 1 when its region never changes, else 2 (ping-pong). */
  readonly bufferCount: ReadonlyMap<MappedOperand, number>;
  /** Predicted time. */
  readonly seconds: number;
  /** By which plans are compared: see `planCost`. */
  readonly cost: number;
}

/** A way to divide a layer, with what its plans cost. */
export interface SplitCost {
  readonly split: Split;
  readonly cost: LayerCost;
  /** No plan of the split is faster, or cheaper. */
  readonly leastSeconds: number;
  readonly leastCost: number;
}

export function costOf(network: MappedNetwork, hardware: Hardware, layer: MappedLayer, split: Split): SplitCost {
  const cost = new LayerCost(hardware, layer, split, network);
  return { split, cost, leastSeconds: cost.leastSeconds(), leastCost: cost.leastCost() };
}

/** Of the local memory. A tile further on may be a little larger than those that a tiling is measured by: then there is another try with less. */
const PARTS_OF_ROOM = [1, 0.9, 0.5];

/** The best tiling found for a split. Throws InputError, with what is missing, when no tile fits. */
export function planLayer(layer: MappedLayer, { split, cost, leastSeconds }: SplitCost): LayerPlan {
  const { shares } = split;
  // Cores that work on the home memory directly take their share in one tile.
  if (shares.every(({ worker }) => worker.memory === undefined)) {
    return { layer, shares, sizes: {}, order: [], bufferBytes: new Map(), bufferCount: new Map(), seconds: leastSeconds, cost: leastSeconds };
  }
  for (const part of PARTS_OF_ROOM) {
    for (const tiling of ranked(tilingsOf(layer, cost, part * cost.capacityBytes))) {
      checkTileCount(layer.name, tiling.tiles);
      const plan = exactPlan(layer, shares, tiling, cost.sizer);
      if (plan !== undefined) return plan;
    }
  }
  throw tooLarge(layer, shares);
}

/** The plan of one layer for another that is like it. */
export function planFor(layer: MappedLayer, plan: LayerPlan): LayerPlan {
  const own = [...layer.inputs, ...layer.outputs];
  const others = [...plan.layer.inputs, ...plan.layer.outputs];
  const moved = <T>(values: ReadonlyMap<MappedOperand, T>): Map<MappedOperand, T> =>
    new Map([...values].map(([operand, value]) => [own[others.indexOf(operand)] as MappedOperand, value]));
  return { ...plan, layer, bufferBytes: moved(plan.bufferBytes), bufferCount: moved(plan.bufferCount) };
}

/** Costs this close are the same: then fewer, larger tiles are better. */
const SAME_COST = 1.05;

function ranked(found: readonly Tiling[]): Tiling[] {
  const limit = SAME_COST * Math.min(...found.map(({ cost }) => cost));
  const near = found.filter(({ cost }) => cost <= limit).sort((a, b) => a.tiles - b.tiles || a.cost - b.cost);
  const others = found.filter(({ cost }) => cost > limit).sort((a, b) => a.cost - b.cost);
  return [...near, ...others];
}

/** Walks every region of every operand for the true buffer sizes; undefined when they do not fit after all. */
function exactPlan(layer: MappedLayer, shares: readonly Share[], { sizes, order, seconds, cost }: Tiling, sizer: TileSizer): LayerPlan | undefined {
  const bufferBytes = new Map<MappedOperand, number>();
  const bufferCount = new Map<MappedOperand, number>();
  for (const operand of [...layer.inputs, ...layer.outputs]) {
    let bytes = 1;
    let count = 1;
    const own = new Set(sizer.loops(operand));
    const moving = order.filter((loop) => own.has(loop));
    for (const { part } of distinctParts(shares, own)) {
      let before: Box | undefined;
      for (const tile of tilesOf(part, sizes, moving)) {
        const region = operand.region(tile);
        bytes = Math.max(bytes, bytesOfRegion(operand, region));
        if (before !== undefined && !sameBox(before, region)) count = 2;
        before = region;
      }
    }
    bufferBytes.set(operand, bytes);
    bufferCount.set(operand, count);
  }
  const total = [...bufferBytes].reduce((sum, [operand, bytes]) => sum + aligned(bytes) * (bufferCount.get(operand) ?? 1), 0);
  if (shares.some(({ worker }) => total > worker.capacityBytes)) return undefined;
  return { layer, shares, sizes, order, bufferBytes, bufferCount, seconds, cost };
}

/** Shares that differ in some of the loops. */
function distinctParts(shares: readonly Share[], loops: ReadonlySet<string>): Share[] {
  const known = new Set<string>();
  return shares.filter(({ part }) => {
    let key = '';
    for (const loop of loops) key += `${part[loop]![0]} ${part[loop]![1]} `;
    return !known.has(key) && known.add(key);
  });
}

function tooLarge(layer: MappedLayer, shares: readonly Share[]): InputError {
  const { worker, part } = shares[0] as Share;
  const unit = Object.fromEntries(Object.keys(part).map((loop) => [loop, 1]));
  const least = [...layer.inputs, ...layer.outputs].map((operand) => ({ operand, bytes: bytesOfRegion(operand, operand.region(tileAt(part, unit, 1))) }));
  const largest = least.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const needed = least.reduce((sum, { bytes }) => sum + 2 * aligned(bytes), 0);
  return new InputError({
    path: `layer ${layer.name}`,
    message: `even its smallest tile, double buffered, needs ${needed} bytes, ${needed - worker.capacityBytes} more than the ${worker.capacityBytes} bytes of '${worker.memory}' for ${worker.name}; the largest operand is ${largest.operand.name} ('${largest.operand.tensor}') with ${largest.bytes} bytes`,
    expected: `a larger ${worker.memory} or a narrower format`,
  });
}
