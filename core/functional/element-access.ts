import type { Sizes } from '../workload/box.js';
import { mapTile, type OperandMap } from '../workload/operand-map.js';
import type { IndexTerm, RegionMap } from '../workload/region-map.js';
import { sizesOf, stridesOf, volumeOfSizes } from './layout.js';

interface Term extends Required<Pick<IndexTerm, 'coefficient'>> {
  readonly loop: number;
  readonly shift: number;
  readonly divisor: number;
}

/** One dimension of the tensor that a layer's own map speaks of. */
interface Dimension {
  readonly name: string;
  readonly size: number;
  readonly stride: number;
  readonly terms: readonly Term[];
  readonly offset: number;
  readonly window: number;
}

/**
 * Which elements of an operand's tensor a point of the layer's loops meets. `moveTo` goes to a point; the rest tells of it. Behind the
 * layer's own map, a chain through views and folded layers is a table from element to element.
 */
export class ElementAccess {
  /** Position of the element in the tensor; -1 in the padding. The first of several. */
  flat = -1;
  readonly isWindowed: boolean;
  /** Loops that move it. */
  readonly loops: ReadonlySet<number>;
  private readonly dimensions: readonly Dimension[];
  private readonly low: number[];
  private readonly table: Int32Array | undefined;

  /** @param tensor dimensions of the tensor that the schedule knows */
  constructor(map: OperandMap, loops: Sizes, tensor: Sizes) {
    const names = Object.keys(loops);
    const [own, first] = map.kind === 'chain' ? [map.steps[0]!.map, map.steps[0]!.to] : [map, tensor];
    this.dimensions = own.kind === 'index' ? dimensionsOf(own, first, names) : linear(loops, names);
    this.low = this.dimensions.map(() => 0);
    this.isWindowed = this.dimensions.some(({ window }) => window !== 1);
    this.loops = new Set(this.dimensions.flatMap(({ terms }) => terms.map(({ loop }) => loop)));
    if (own.kind !== 'index') this.table = tableOf(loops, tensor, (box) => mapTile(map, box, tensor));
    else if (map.kind === 'chain' && map.steps.length > 1)
      this.table = tableOf(first, tensor, (box) => mapTile({ kind: 'chain', steps: map.steps.slice(1) }, box, tensor));
  }

  moveTo(point: readonly number[]): void {
    const { dimensions, low } = this;
    let flat = 0;
    for (let d = 0; d < dimensions.length; d++) {
      const { terms, offset, size, stride } = dimensions[d]!;
      let at = offset;
      for (let t = 0; t < terms.length; t++) {
        const { loop, coefficient, shift, divisor } = terms[t]!;
        at += divisor === 1 ? coefficient * point[loop]! + shift : Math.floor((coefficient * point[loop]! + shift) / divisor);
      }
      low[d] = at;
      if (at < 0 || at >= size) flat = -Infinity;
      flat += at * stride;
    }
    this.flat = flat < 0 ? -1 : this.table === undefined ? flat : this.table[flat]!;
  }

  /** Calls with the position of every element inside of the tensor, in the order of the map's dimensions. */
  forEach(visit: (flat: number) => void): void {
    if (!this.isWindowed) {
      if (this.flat >= 0) visit(this.flat);
      return;
    }
    this.walk(0, 0, visit);
  }

  private walk(d: number, flat: number, visit: (flat: number) => void): void {
    const dimension = this.dimensions[d];
    if (dimension === undefined) {
      visit(this.table === undefined ? flat : this.table[flat]!);
      return;
    }
    const [from, to] = this.clipped(d);
    for (let at = from; at < to; at++) this.walk(d + 1, flat + at * dimension.stride, visit);
  }

  private clipped(d: number): readonly [number, number] {
    const { window, size } = this.dimensions[d]!;
    return [Math.max(0, this.low[d]!), Math.min(size, this.low[d]! + window)];
  }

  /** Number, among the elements of a window, of the one that lies where `other` does in the dimensions of the same name. */
  placeOf(other: ElementAccess): number {
    let place = 0;
    for (let d = 0; d < this.dimensions.length; d++) {
      const [from, to] = this.clipped(d);
      const { name, window } = this.dimensions[d]!;
      const same = window === 1 ? -1 : other.dimensions.findIndex((dimension) => dimension.name === name);
      place = place * (to - from) + (same < 0 ? 0 : other.low[same]! - from);
    }
    return place;
  }
}

function dimensionsOf(map: RegionMap & { kind: 'index' }, tensor: Sizes, loops: readonly string[]): Dimension[] {
  const strides = stridesOf(tensor);
  const spoken = map.expressions.map(({ dim, terms, offset = 0, window = 1 }): Dimension => {
    const compiled = terms.flatMap(({ loop, coefficient, shift = 0, divisor = 1 }): Term[] => {
      const index = loops.indexOf(loop);
      return index < 0 ? [] : [{ loop: index, coefficient, shift, divisor }];
    });
    return { name: dim, size: tensor[dim] ?? 1, stride: strides[dim] ?? 0, terms: compiled, offset, window };
  });
  const silent = Object.entries(tensor).filter(([dim]) => !map.expressions.some((expression) => expression.dim === dim));
  return [...spoken, ...silent.map(([name, size]): Dimension => ({ name, size, stride: strides[name]!, terms: [], offset: 0, window: size }))];
}

/** The loops themselves, as dimensions. */
function linear(loops: Sizes, names: readonly string[]): Dimension[] {
  const strides = stridesOf(loops);
  return names.map((name, loop) => ({
    name,
    size: loops[name]!,
    stride: strides[name]!,
    terms: [{ loop, coefficient: 1, shift: 0, divisor: 1 }],
    offset: 0,
    window: 1,
  }));
}

/** Where each element of one space lies in another; -1 for one that has no place there. */
function tableOf(
  from: Sizes,
  to: Sizes,
  map: (box: Readonly<Record<string, readonly [number, number]>>) => Readonly<Record<string, readonly [number, number]>>,
): Int32Array {
  const names = Object.keys(from);
  const sizes = sizesOf(from);
  const strides = stridesOf(to);
  const table = new Int32Array(volumeOfSizes(from)).fill(-1);
  const at = names.map(() => 0);
  for (let index = 0; index < table.length; index++) {
    const box = map(Object.fromEntries(names.map((name, d) => [name, [at[d]!, at[d]! + 1] as const])));
    let flat = 0;
    for (const name in box) flat += box[name]![1] > box[name]![0] ? box[name]![0] * strides[name]! : -Infinity;
    table[index] = flat < 0 ? -1 : flat;
    for (let d = sizes.length - 1; d >= 0 && ++at[d]! === sizes[d]; d--) at[d] = 0;
  }
  return table;
}
