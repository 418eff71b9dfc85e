import { mapForward, type Box, type Interval, type RegionMap, type Sizes } from 'tessera-sim';

interface Term {
  readonly loop: string;
  /** What a tile that leaves the loop out covers. */
  readonly whole: Interval;
  readonly coefficient: number;
  readonly shift: number;
  readonly divisor: number;
}

interface Dimension {
  readonly name: string;
  readonly size: number;
  readonly offset: number;
  readonly window: number;
  readonly terms: readonly Term[];
}

/** As `mapForward` of a tile of some loops, prepared for very many tiles: plans ask for regions by the hundred thousand. */
export function compileRegion(map: RegionMap, loops: Sizes, target: Sizes): (tile: Box) => Box {
  if (map.kind !== 'index') {
    const whole = Object.fromEntries(Object.entries(loops).map(([loop, size]): [string, Interval] => [loop, [0, size]]));
    return (tile) => mapForward(map, { ...whole, ...tile }, target);
  }
  const dimensions = Object.entries(target).map(([name, size]): Dimension => {
    const expression = map.expressions.find(({ dim }) => dim === name);
    if (expression === undefined) return { name, size, offset: 0, window: size, terms: [] };
    const terms = expression.terms.map(({ loop, coefficient, shift = 0, divisor = 1 }): Term => {
      return { loop, whole: [0, loops[loop] ?? 1], coefficient, shift, divisor };
    });
    return { name, size, offset: expression.offset ?? 0, window: expression.window ?? 1, terms };
  });
  return (tile) => regionOf(dimensions, tile);
}

function regionOf(dimensions: readonly Dimension[], tile: Box): Box {
  let isEmpty = false;
  for (const loop in tile) if (tile[loop]![1] <= tile[loop]![0]) isEmpty = true;
  const region: Record<string, Interval> = {};
  for (const dimension of dimensions) region[dimension.name] = isEmpty ? [0, 0] : intervalOf(dimension, tile);
  return region;
}

/** Clipped to the tensor: padding holds no data. */
function intervalOf({ size, offset, window, terms }: Dimension, tile: Box): Interval {
  let low = offset;
  let last = offset;
  for (const { loop, whole, coefficient, shift, divisor } of terms) {
    const [from, to] = tile[loop] ?? whole;
    const a = Math.floor((coefficient * from + shift) / divisor);
    const b = Math.floor((coefficient * (to - 1) + shift) / divisor);
    low += Math.min(a, b);
    last += Math.max(a, b);
  }
  const from = Math.min(Math.max(low, 0), size);
  return [from, Math.max(from, Math.min(last + window, size))];
}
