import type { Sizes } from '../workload/box.js';
import type { NumberFormat } from '../workload/number-format.js';
import { mapTile, type MapStep, type OperandMap } from '../workload/operand-map.js';
import type { Scalar } from './scalar.js';

export interface ReferenceOperand {
  readonly name: string;
  readonly tensor: string;
  readonly role: 'weight' | 'activation' | 'output';
  readonly map: OperandMap;
  readonly partialFormat?: NumberFormat;
}

interface Axis {
  readonly size: number;
  readonly offset: number;
  /** Number of the loop, coefficient, shift, divisor. */
  readonly terms: readonly (readonly [number, number, number, number])[];
}

/** An operand of a layer, found anew at each point from its map. */
export class Located {
  readonly hasWindow: boolean;
  private readonly first: OperandMap;
  private readonly firstDims: Sizes;
  private readonly further: readonly MapStep[];
  private readonly loops: readonly string[];
  private readonly axes: readonly Axis[];

  constructor(
    loops: Sizes,
    readonly operand: ReferenceOperand,
    private readonly dims: Sizes,
    readonly values: readonly Scalar[],
  ) {
    const { map } = operand;
    this.loops = Object.keys(loops);
    this.first = map.kind === 'chain' ? map.steps[0]!.map : map;
    this.firstDims = map.kind === 'chain' ? map.steps[0]!.to : dims;
    this.further = map.kind === 'chain' ? map.steps.slice(1) : [];
    this.axes = this.axesOf();
    this.hasWindow = this.intervals(this.loops.map(() => 0)).some(({ size }) => size !== 1);
  }

  /** Where the terms of each dimension are, by number, so that a point needs no names. */
  private axesOf(): Axis[] {
    if (this.first.kind !== 'index') return [];
    const { expressions } = this.first;
    return Object.entries(this.firstDims).map(([dim, size]) => {
      const { terms = [], offset = 0 } = expressions.find((expression) => expression.dim === dim) ?? {};
      return {
        size,
        offset,
        terms: terms.map(({ loop, coefficient, shift = 0, divisor = 1 }) => [this.loops.indexOf(loop), coefficient, shift, divisor] as const),
      };
    });
  }

  /** The one element of an operand without windows; -1 in the padding. */
  element(position: readonly number[]): number {
    if (this.first.kind !== 'index') return this.reshaped(position);
    let flat = 0;
    for (const { size, offset, terms } of this.axes) {
      let at = offset;
      for (const [loop, coefficient, shift, divisor] of terms) at += Math.floor((coefficient * (position[loop] ?? 0) + shift) / divisor);
      if (at < 0 || at >= size) return -1;
      flat = flat * size + at;
    }
    return this.further.length === 0 ? flat : (this.elements(position)[0] ?? -1);
  }

  /** Where the operand lies at a point, dimension by dimension in the order of its map, before clipping. */
  intervals(position: readonly number[]): { dim: string; from: number; size: number }[] {
    if (this.first.kind !== 'index') return [];
    const spoken = this.first.expressions.map(({ dim, terms, offset = 0, window = 1 }) => {
      const places = terms.map(({ loop, coefficient, shift = 0, divisor = 1 }) => {
        const at = position[this.loops.indexOf(loop)];
        return at === undefined ? 0 : Math.floor((coefficient * at + shift) / divisor);
      });
      return { dim, from: places.reduce((sum, place) => sum + place, offset), size: window };
    });
    const silent = Object.keys(this.firstDims).filter((dim) => !spoken.some((interval) => interval.dim === dim));
    return [...spoken, ...silent.map((dim) => ({ dim, from: 0, size: this.firstDims[dim]! }))];
  }

  sizeOf(dim: string): number {
    return this.firstDims[dim]!;
  }

  /** Elements of the tensor that the point meets, those in the padding left out. */
  elements(position: readonly number[]): number[] {
    if (this.first.kind !== 'index') return [this.reshaped(position)];
    let places: Readonly<Record<string, number>>[] = [{}];
    for (const { dim, from, size } of this.intervals(position)) {
      const inside = Array.from({ length: size }, (_, i) => from + i).filter((at) => at >= 0 && at < this.firstDims[dim]!);
      places = places.flatMap((place) => inside.map((at) => ({ ...place, [dim]: at })));
    }
    return places.map((place) => this.follow(place));
  }

  private reshaped(position: readonly number[]): number {
    const { map } = this.operand;
    const box = mapTile(map, Object.fromEntries(this.loops.map((loop, l) => [loop, [position[l]!, position[l]! + 1] as const])), this.dims);
    return flatOf(this.dims, (dim) => box[dim]![0]);
  }

  private follow(place: Readonly<Record<string, number>>): number {
    if (this.further.length === 0) return flatOf(this.dims, (dim) => place[dim]!);
    const box = Object.fromEntries(Object.keys(this.firstDims).map((dim) => [dim, [place[dim]!, place[dim]! + 1] as const]));
    const end = mapTile({ kind: 'chain', steps: this.further }, box, this.dims);
    return flatOf(this.dims, (dim) => end[dim]![0]);
  }
}

function flatOf(dims: Sizes, at: (dim: string) => number): number {
  return Object.entries(dims).reduce((flat, [dim, size]) => flat * size + at(dim), 0);
}
