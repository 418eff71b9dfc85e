import { InputError, type Box, type Interval, type Sizes } from 'tessera-sim';

/** Tile size of each loop; loops that are left out are not cut. */
export type TileSizes = Sizes;

/** Cuts an interval into at most `count` pieces whose sizes differ by at most one grain (multiples of `grain` from the start). */
export function splitInterval([low, high]: Interval, count: number, grain = 1): Interval[] {
  const grains = Math.ceil((high - low) / grain);
  const pieces: Interval[] = [];
  for (let index = 0; index < count; index++) {
    const from = low + Math.floor((grains * index) / count) * grain;
    const to = Math.min(high, low + Math.floor((grains * (index + 1)) / count) * grain);
    if (to > from) pieces.push([from, to]);
  }
  return pieces;
}

/** Number of tiles along each cut loop of a part. */
export function tileCounts(part: Box, sizes: TileSizes): Sizes {
  const counts: Record<string, number> = {};
  for (const loop in part) {
    const [low, high] = part[loop]!;
    counts[loop] = Math.ceil((high - low) / (sizes[loop] ?? high - low));
  }
  return counts;
}

/** Tiles of a layer, at most: a schedule has several operations for each, and so many of them are years of simulation. */
export const MOST_TILES = 1e10;

/** Tiles of a stack of layers, at most: all of them are held while it is planned. */
export const MOST_STACK_TILES = 1e6;

/** Refuses a layer, or a stack that ends in it, which is cut into more tiles than can be planned. */
export function checkTileCount(layerName: string, tiles: number, most = MOST_TILES): void {
  if (tiles <= most) return;
  throw new InputError({
    path: `layer ${layerName}`,
    message: `it is cut into ${tiles} tiles`,
    expected: `at most ${most}: smaller loops, larger tiles, or a machine with larger memories`,
  });
}

/**
 * All tiles of a part of the iteration space, loops of `order` running from outermost to innermost.
 *
 * @param order loops that are cut; others are covered whole
 */
export function* tilesOf(part: Box, sizes: TileSizes, order: readonly string[]): Generator<Box> {
  const [loop, ...inner] = order;
  if (loop === undefined) {
    yield part;
    return;
  }
  const [low, high] = part[loop] as Interval;
  const size = sizes[loop] ?? high - low;
  // The last one may be shorter.
  for (let at = low; at < high; at += size) yield* tilesOf({ ...part, [loop]: [at, Math.min(high, at + size)] }, sizes, inner);
}

/** The tile at given positions along the cut loops (clamped to the last one). */
export function tileAt(part: Box, sizes: TileSizes, position: number): Box {
  const tile: Record<string, Interval> = {};
  for (const loop in part) {
    const [low, high] = part[loop]!;
    const size = sizes[loop] ?? high - low;
    const last = Math.ceil((high - low) / size) - 1;
    const from = low + Math.min(position, last) * size;
    tile[loop] = [from, Math.min(high, from + size)];
  }
  return tile;
}

/** A tile of full size, away from the edges where there is one. */
export function typicalTile(part: Box, sizes: TileSizes): Box {
  const tile: Record<string, Interval> = {};
  for (const loop in part) {
    const [low, high] = part[loop]!;
    const size = sizes[loop] ?? high - low;
    const from = high - low > 2 * size ? low + size : low;
    tile[loop] = [from, Math.min(high, from + size)];
  }
  return tile;
}

/** Halves from `size` down to `least`, rounded up to multiples of `grain`: few candidates that cover the range. */
export function halvings(size: number, grain = 1, least = 1): number[] {
  const sizes = [size];
  for (let parts = 2; parts <= size; parts *= 2) {
    const next = Math.max(least, Math.ceil(Math.ceil(size / parts) / grain) * grain);
    if (next < (sizes.at(-1) as number)) sizes.push(next);
    if (next <= least) break;
  }
  return sizes;
}

/**
 * Tile shapes for several loops that are cut from the outermost inwards: an outer loop goes down to 1 before the next
 * one is touched, so that tiles stay contiguous in memory.
 */
export function outermostFirst(loops: readonly string[], sizes: Sizes): TileSizes[] {
  const shapes: TileSizes[] = [];
  const cut: Record<string, number> = {};
  for (const loop of loops) {
    const steps = halvings(sizes[loop] ?? 1);
    for (const size of steps) {
      if (size === sizes[loop] && shapes.length > 0) continue;
      cut[loop] = size;
      shapes.push({ ...cut });
    }
  }
  return shapes.length === 0 ? [{}] : shapes;
}
