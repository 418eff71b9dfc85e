import type { Box, Interval, Sizes } from 'tessera-sim';
import type { MappedLayer } from './mapped-layer.js';

/** Two loops that run along one dimension of an output, one inside the other: `C = size * G + K`. */
export interface NestedLoops {
  readonly outer: string;
  readonly inner: string;
}

const known = new WeakMap<MappedLayer, readonly NestedLoops[]>();

/** Pairs of loops that together run along one dimension of an output. */
export function nestedLoopsOf(layer: MappedLayer): readonly NestedLoops[] {
  let nested = known.get(layer);
  if (nested === undefined) known.set(layer, (nested = findNested(layer)));
  return nested;
}

function findNested({ source, loops }: MappedLayer): NestedLoops[] {
  return source.operands.flatMap(({ role, map }) => {
    if (role !== 'output' || map.kind !== 'index') return [];
    return map.expressions.flatMap(({ terms }) =>
      terms.flatMap((outer) =>
        terms
          .filter((inner) => inner !== outer && outer.coefficient >= inner.coefficient * (loops[inner.loop] ?? 1) && (loops[outer.loop] ?? 1) > 1)
          .map((inner) => ({ outer: outer.loop, inner: inner.loop })),
      ),
    );
  });
}

/**
 * Sizes of tiles that write all of the box around what they write. Part of the inner loop at several places of the outer one leaves holes,
 * and writes to the box would overwrite what lies in them: the outer loop then goes one place at a time.
 *
 * @param sizes loops that are left out have the size of `part`
 */
export function withWholeBoxes(layer: MappedLayer, part: Box, sizes: Sizes): Sizes {
  const sizeOf = (loop: string): number => Math.min(sizes[loop] ?? Infinity, sizeIn(part, loop));
  const outer = nestedLoopsOf(layer).filter((pair) => sizeOf(pair.outer) > 1 && sizeOf(pair.inner) < (layer.loops[pair.inner] ?? 1));
  return outer.length === 0 ? sizes : { ...sizes, ...Object.fromEntries(outer.map((pair) => [pair.outer, 1])) };
}

/** A tile as tiles that write whole boxes: itself, or one for every place of an outer loop. */
export function wholeBoxTiles(layer: MappedLayer, tile: Box): readonly Box[] {
  const holed = nestedLoopsOf(layer).find(({ outer, inner }) => sizeIn(tile, outer) > 1 && sizeIn(tile, inner) < (layer.loops[inner] ?? 1));
  if (holed === undefined) return [tile];
  const [low, high] = tile[holed.outer] as Interval;
  const places = Array.from({ length: high - low }, (_, i): Box => ({ ...tile, [holed.outer]: [low + i, low + i + 1] }));
  return places.flatMap((place) => wholeBoxTiles(layer, place));
}

function sizeIn(tile: Box, loop: string): number {
  const interval = tile[loop];
  return interval === undefined ? 1 : interval[1] - interval[0];
}
