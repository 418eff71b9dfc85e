import { boxSizes, type Box } from 'tessera-sim';
import type { LayerCost } from './layer-cost.js';
import type { MappedLayer } from './mapped-layer.js';
import { aligned } from './tile-bytes.js';
import { withWholeBoxes } from './whole-outputs.js';
import { halvings, outermostFirst, tileCounts, type TileSizes } from './tiling.js';

/** A tiling with the order of its loops, its predicted time and its cost. */
export interface Tiling {
  readonly sizes: TileSizes;
  /** Cut loops, outermost first; sums last. */
  readonly order: readonly string[];
  readonly tiles: number;
  readonly seconds: number;
  readonly cost: number;
}

/** A tiling this close to what no tiling can beat is good enough: cutting a sum, too, is then not tried. */
const NEAR_THE_BOUND = 1.1;
/** With so many tiles the first fill and the last drain do not count. */
const ENOUGH_TILES = 64;

/**
 * Tilings of the largest share whose buffers, double where they change, fit the local memory. Space is cut from its outermost
 * loop inwards, so that tiles stay contiguous at home; for each cut of space, K takes all the room that is left.
 */
export function tilingsOf(layer: MappedLayer, cost: LayerCost, capacityBytes: number): Tiling[] {
  const sizes = boxSizes(cost.part);
  const free = Object.keys(sizes).filter((loop) => !layer.reductions.includes(loop));
  const spatial = free.filter((loop) => loop !== 'K');
  const { columns, rows } = layer.class === 'mac' ? cost.engine.facts : { columns: 1, rows: 1 };
  const enough = NEAR_THE_BOUND * cost.leastCost();
  const found: Tiling[] = [];
  for (const reduction of reductionShapes(layer, sizes, rows)) {
    // A cut sum passes its partial sums on: only for want of room, or input channels when it saves much.
    if (
      found.some(({ cost: seconds, tiles }) => seconds <= enough && tiles <= ENOUGH_TILES) ||
      (found.length > 0 && !cutsChannelsAlone(layer, sizes, reduction))
    )
      continue;
    for (const shape of outermostFirst(spatial, sizes)) {
      const cut = { ...shape, ...reduction };
      let tiles = 0;
      for (const fitting of free.includes('K') ? withChannels(layer, cost, cut, columns, capacityBytes) : fits(layer, cost, cut, capacityBytes) ? [cut] : []) {
        const tile = withWholeBoxes(layer, cost.part, fitting);
        const counts = tileCounts(cost.part, tile);
        tiles = Object.values(counts).reduce((product, count) => product * count, 1);
        for (const order of ordersOf(layer, cost.part, counts, spatial)) found.push({ sizes: tile, order, tiles, ...cost.of(tile, order) });
      }
      // Still smaller tiles cost transfers and hide nothing more.
      if (tiles >= ENOUGH_TILES) break;
    }
  }
  return found;
}

/** Factors by which more tiles of channels than necessary are tried: smaller first fills and last drains. */
const FINER = [1, 2, 4];

/** The fewest tiles of output channels that fit, in whole array columns where there are enough, and somewhat more. */
function withChannels(layer: MappedLayer, cost: LayerCost, cut: TileSizes, columns: number, capacityBytes: number): TileSizes[] {
  const [low, high] = cost.part['K']!;
  const channels = high - low;
  const tileOf = (count: number): TileSizes => {
    const size = Math.ceil(channels / count);
    return { ...cut, K: size > columns ? Math.ceil(size / columns) * columns : size };
  };
  const most = Math.ceil(channels / columns);
  const least = leastThat(most, (count) => fits(layer, cost, tileOf(count), capacityBytes));
  if (least !== undefined) {
    const counts = FINER.map((factor) => least * factor).filter((count) => count <= most);
    const tiles = counts.map(tileOf);
    return tiles.filter((tile, index) => index === 0 || tile['K'] !== tiles[index - 1]!['K']);
  }
  const narrow = halvings(Math.min(columns, channels)).find((size) => fits(layer, cost, { ...cut, K: size }, capacityBytes));
  return narrow === undefined ? [] : [{ ...cut, K: narrow }];
}

/** The least number from 1 to `most` that passes a test which all larger ones pass, too. */
function leastThat(most: number, passes: (value: number) => boolean): number | undefined {
  if (!passes(most)) return undefined;
  let [failing, passing] = [0, most];
  while (passing - failing > 1) {
    const middle = (failing + passing) >> 1;
    if (passes(middle)) passing = middle;
    else failing = middle;
  }
  return passing;
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
  const keyOf = (shape: TileSizes): string => layer.reductions.map((loop) => Math.min(shape[loop] ?? Infinity, sizes[loop] ?? 1)).join();
  const known = new Set<string>();
  return shapes.filter((shape) => !known.has(keyOf(shape)) && known.add(keyOf(shape)));
}

function cutsChannelsAlone(layer: MappedLayer, sizes: Readonly<Record<string, number>>, reduction: TileSizes): boolean {
  return layer.reductions.every((loop) => loop === 'C' || (reduction[loop] ?? Infinity) >= (sizes[loop] ?? 1));
}

/** Weights stay while the space is walked, or the other way round; sums innermost in both. */
function ordersOf(layer: MappedLayer, part: Box, counts: Readonly<Record<string, number>>, spatial: readonly string[]): string[][] {
  const cut = (loops: readonly string[]): string[] => loops.filter((loop) => (counts[loop] ?? 1) > 1);
  const [space, channels, sums] = [cut(spatial), cut(['K'].filter((loop) => loop in part && !layer.reductions.includes(loop))), cut(layer.reductions)];
  if (space.length === 0 || channels.length === 0) return [[...space, ...channels, ...sums]];
  return [
    [...channels, ...space, ...sums],
    [...space, ...channels, ...sums],
  ];
}

function fits(layer: MappedLayer, cost: LayerCost, sizes: TileSizes, capacityBytes: number): boolean {
  const counts = tileCounts(cost.part, sizes);
  let bytes = 0;
  for (const operand of [...layer.inputs, ...layer.outputs]) {
    const changes = cost.sizer.loops(operand).some((loop) => (counts[loop] ?? 1) > 1);
    bytes += aligned(cost.sizer.of(operand, sizes).largest) * (changes ? 2 : 1);
    if (bytes > capacityBytes) return false;
  }
  return true;
}
