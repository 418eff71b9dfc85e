import { boxSizes, InputError, matrixShape, type Box, type TileShape } from 'tessera-sim';
import { homeBytes } from './home-layout.js';
import { engineFor, type Engine, type Hardware, type Worker } from './hardware.js';
import { bytesOfRegion, dependsOn, sameBox, type MappedLayer, type MappedNetwork, type MappedOperand } from './mapped-layer.js';
import { halvings, outermostFirst, tileAt, tileCounts, tilesOf, type TileSizes } from './tiling.js';

/** A part of a layer's iteration space and the worker that computes it. */
export interface Share {
  readonly worker: Worker;
  readonly part: Box;
}

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
  /** Predicted time, to compare plans. */
  readonly seconds: number;
}

interface Candidate {
  readonly sizes: TileSizes;
  readonly order: readonly string[];
  readonly tiles: number;
  readonly seconds: number;
}

/** Shape of a tile for a core's closed form. */
export function tileShape(layer: MappedLayer, tile: Box): TileShape {
  const operands = [...layer.inputs, ...layer.outputs];
  return {
    operator: layer.operator,
    loops: boxSizes(tile),
    product: productOf(layer, tile),
    bits: Object.fromEntries(operands.map((operand) => [operand.name, operand.payloadBits])),
    formats: Object.fromEntries(operands.map((operand) => [operand.name, operand.format])),
  };
}

function productOf(layer: MappedLayer, tile: Box): { groups: number; m: number; n: number; reduction: number } {
  const { groups, m, n, k } = matrixShape(layer.source, tile);
  return { groups, m, n, reduction: k };
}

/** The best tiling found for given shares. Throws InputError, with what is missing, when no tile fits. */
export function planLayer(network: MappedNetwork, hardware: Hardware, layer: MappedLayer, shares: readonly Share[]): LayerPlan {
  if (shares.every(({ worker }) => worker.memory === undefined)) return planWithoutMemory(network, hardware, layer, shares);
  for (const candidate of ranked(candidates(network, hardware, layer, shares))) {
    const plan = exactPlan(layer, shares, candidate);
    if (plan !== undefined) return plan;
  }
  throw tooLarge(layer, shares);
}

/** Predicted times this close are the same: then fewer, larger tiles are better. */
const SAME_TIME = 1.03;

function ranked(found: readonly Candidate[]): Candidate[] {
  const limit = SAME_TIME * Math.min(...found.map(({ seconds }) => seconds));
  const near = found.filter(({ seconds }) => seconds <= limit).sort((a, b) => a.tiles - b.tiles || a.seconds - b.seconds);
  const others = found.filter(({ seconds }) => seconds > limit).sort((a, b) => a.seconds - b.seconds);
  return [...near, ...others];
}

/** Cores that work on the home memory directly take their share in one tile. */
function planWithoutMemory(network: MappedNetwork, hardware: Hardware, layer: MappedLayer, shares: readonly Share[]): LayerPlan {
  const seconds = secondsOf(network, hardware, layer, shares, {}, []);
  return { layer, shares, sizes: {}, order: [], bufferBytes: new Map(), bufferCount: new Map(), seconds };
}

function candidates(network: MappedNetwork, hardware: Hardware, layer: MappedLayer, shares: readonly Share[]): Candidate[] {
  const part = largestPart(shares);
  const capacity = Math.min(...shares.map(({ worker }) => worker.capacityBytes));
  const sizes = boxSizes(part);
  const engine = engineFor((shares[0] as Share).worker, layer) as Engine;
  const columns = layer.class === 'mac' ? engine.facts.columns : 1;
  const rows = layer.class === 'mac' ? engine.facts.rows : 1;
  const free = Object.keys(sizes).filter((loop) => !layer.reductions.includes(loop));
  const spatial = free.filter((loop) => loop !== 'K');
  const channelSizes: (number | undefined)[] = sizes['K'] === undefined || !free.includes('K') ? [undefined] : halvings(sizes['K'], columns);
  const small = channelSizes.at(-1);
  if (small !== undefined && small > 1) channelSizes.push(...halvings(small).slice(1));
  const reduced = layer.reductions.length === 0 ? [{}] : reductionShapes(layer, sizes, rows);
  const found: Candidate[] = [];
  for (const reduction of reduced) {
    for (const shape of outermostFirst(spatial, sizes)) {
      for (const channels of channelSizes) {
        const tile: TileSizes = { ...shape, ...reduction, ...(channels === undefined ? {} : { K: channels }) };
        if (!roughlyFits(layer, part, tile, capacity)) continue;
        for (const order of ordersOf(layer, part, tile, spatial)) {
          found.push({ sizes: tile, order, tiles: tilesIn(part, tile, order), seconds: secondsOf(network, hardware, layer, shares, tile, order) });
        }
      }
    }
    // Cutting a sum costs partial sums: only when nothing fits without.
    if (found.length > 0) break;
  }
  return found;
}

/** Whole first, then ever smaller reduction tiles, input channels before kernel rows. */
function reductionShapes(layer: MappedLayer, sizes: Readonly<Record<string, number>>, rows: number): TileSizes[] {
  const shapes: TileSizes[] = [{}];
  for (const shape of outermostFirst(layer.reductions, sizes)) {
    const channels = shape['C'];
    shapes.push(
      channels === undefined || channels >= (sizes['C'] ?? 1)
        ? shape
        : { ...shape, C: Math.min(sizes['C'] ?? 1, Math.max(1, Math.ceil(channels / rows) * rows)) },
    );
    if (channels !== undefined && channels < rows) shapes.push(shape);
  }
  return shapes;
}

/** Weights stay while the space is walked, or the other way round; sums innermost in both. */
function ordersOf(layer: MappedLayer, part: Box, tile: TileSizes, spatial: readonly string[]): string[][] {
  const counts = tileCounts(part, tile);
  const cut = (loops: readonly string[]): string[] => loops.filter((loop) => (counts[loop] ?? 1) > 1);
  const [space, channels, sums] = [cut(spatial), cut(['K'].filter((loop) => loop in part && !layer.reductions.includes(loop))), cut(layer.reductions)];
  if (space.length === 0 || channels.length === 0) return [[...space, ...channels, ...sums]];
  return [
    [...channels, ...space, ...sums],
    [...space, ...channels, ...sums],
  ];
}

function largestPart(shares: readonly Share[]): Box {
  const volume = (box: Box): number => Object.values(box).reduce((product, [low, high]) => product * (high - low), 1);
  return shares.reduce((best, { part }) => (volume(part) > volume(best) ? part : best), (shares[0] as Share).part);
}

/** Checks the first, the second (widest halo) and the last tile. */
function roughlyFits(layer: MappedLayer, part: Box, sizes: TileSizes, capacityBytes: number): boolean {
  const counts = tileCounts(part, sizes);
  const tiles = [0, 1, Infinity].map((position) => tileAt(part, sizes, position));
  let bytes = 0;
  for (const operand of [...layer.inputs, ...layer.outputs]) {
    const largest = Math.max(...tiles.map((tile) => bytesOfRegion(operand, operand.region(tile))));
    bytes += aligned(largest) * (changes(layer, operand, counts) ? 2 : 1);
    if (bytes > capacityBytes) return false;
  }
  return true;
}

function changes(layer: MappedLayer, operand: MappedOperand, counts: Readonly<Record<string, number>>): boolean {
  return Object.keys(counts).some((loop) => (counts[loop] ?? 1) > 1 && dependsOn(operand, layer.loops, loop));
}

/**
 * Time of the layer when transfers and compute overlap: the slowest of the largest share's arithmetic, the home memory's
 * port and a transfer engine with its cost per transfer, plus the first fill and the last drain. A guide for choosing, not an estimate.
 */
function secondsOf(
  network: MappedNetwork,
  hardware: Hardware,
  layer: MappedLayer,
  shares: readonly Share[],
  sizes: TileSizes,
  order: readonly string[],
): number {
  const part = largestPart(shares);
  const engine = engineFor((shares[0] as Share).worker, layer) as Engine;
  const counts = tileCounts(part, sizes);
  const tiles = tilesIn(part, sizes, order);
  const typical = tileAt(part, sizes, 1);
  const ragged = order.reduce((product, loop) => product * raggedness(part, sizes, counts, loop), 1);
  const compute = (engine.facts.tileCycles(tileShape(layer, typical)) * tiles * ragged) / engine.frequencyHz;
  let moved = 0;
  let edges = 0;
  let transfers = 0;
  for (const operand of [...layer.inputs, ...layer.outputs]) {
    const bytes = homeBytes(network, hardware, operand, operand.region(typical)) * shares.length;
    const loads = loadsOf(layer, operand, counts, order);
    moved += bytes * loads * ragged;
    edges += bytes;
    transfers += loads;
  }
  const bandwidth = hardware.homeBytesPerSecond;
  const transferring = transfers * (shares[0] as Share).worker.transferSeconds + moved / shares.length / bandwidth;
  return Math.max(compute, moved / bandwidth, transferring) + edges / bandwidth;
}

function tilesIn(part: Box, sizes: TileSizes, order: readonly string[]): number {
  const counts = tileCounts(part, sizes);
  return order.reduce((product, loop) => product * (counts[loop] ?? 1), 1);
}

/** Average tile size over the full one. */
function raggedness(part: Box, sizes: TileSizes, counts: Readonly<Record<string, number>>, loop: string): number {
  const [low, high] = part[loop] ?? [0, 1];
  return (high - low) / ((counts[loop] ?? 1) * (sizes[loop] ?? high - low));
}

/** Times that an operand's tile is moved: once for each turn of the loops from the outermost to the innermost that changes it. */
function loadsOf(layer: MappedLayer, operand: MappedOperand, counts: Readonly<Record<string, number>>, order: readonly string[]): number {
  let turns = 1;
  let loads = 1;
  for (const loop of order) {
    turns *= counts[loop] ?? 1;
    if (dependsOn(operand, layer.loops, loop)) loads = turns;
  }
  return operand.role === 'output'
    ? order.filter((loop) => !layer.reductions.includes(loop)).reduce((product, loop) => product * (counts[loop] ?? 1), 1)
    : loads;
}

/** Walks every tile for the true buffer sizes; undefined when they do not fit after all. */
function exactPlan(layer: MappedLayer, shares: readonly Share[], { sizes, order, seconds }: Candidate): LayerPlan | undefined {
  const bufferBytes = new Map<MappedOperand, number>();
  const bufferCount = new Map<MappedOperand, number>();
  for (const operand of [...layer.inputs, ...layer.outputs]) {
    let bytes = 1;
    let count = 1;
    for (const { part } of shares) {
      let before: Box | undefined;
      for (const tile of tilesOf(part, sizes, order)) {
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
  return { layer, shares, sizes, order, bufferBytes, bufferCount, seconds };
}

const BUFFER_ALIGNMENT_BYTES = 64;

/** Buffers start at a whole wide word. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / BUFFER_ALIGNMENT_BYTES) * BUFFER_ALIGNMENT_BYTES;
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
