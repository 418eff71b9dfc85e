import type { StateExchange } from '../../kernel/state.js';
import { covers, exchangeExtent, merged, overlaps, volumeOf, type Extent } from './extent.js';

/**
 * What the elements of a piece are: which of the tensor's versions, and how far its sum has come. Generation 0 is what was there from the
 * start; each layer that makes the tensor makes one, and so does an operation of no layer that changes it in place.
 */
export class Value {
  /** @param sum undefined for one that is finished */
  constructor(
    readonly generation: number,
    readonly sum: PartialSum | undefined = undefined,
  ) {}

  /** Whether two pieces that hold them are one to every reader. */
  equals(other: Value): boolean {
    return this === other || (this.generation === other.generation && this.sum === undefined && other.sum === undefined);
  }
}

/** Inputs and constants, at home and wherever they were copied to. */
export const INITIAL = new Value(0);

/** The points of a layer's reduction loops that have been added so far, as disjoint boxes over these loops. */
export class PartialSum {
  constructor(
    readonly space: SumSpace,
    readonly boxes: readonly Extent[],
  ) {}

  get points(): number {
    return this.boxes.reduce((sum, box) => sum + volumeOf(box), 0);
  }

  /** Both sums together; undefined when they have points in common, which would count twice. */
  with(other: PartialSum): PartialSum | undefined {
    let boxes = this.boxes;
    for (const box of other.boxes) {
      if (boxes.some((mine) => overlaps(mine, box))) return undefined;
      boxes = joined(boxes, box);
    }
    return new PartialSum(this.space, boxes);
  }
}

/** The loops of a layer that one of its outputs does not know of: their points add up into the same elements. */
export class SumSpace {
  readonly points: number;
  /** The finished sum, the same for every tile. */
  readonly finished: Value;

  /**
   * @param id     among the sums of the schedule
   * @param loops  numbers of the loops in the layer
   * @param whole  all of them
   * @param generation of the tensor
   */
  constructor(
    readonly id: number,
    readonly layer: string,
    readonly loops: readonly number[],
    private readonly whole: Extent,
    readonly generation: number,
  ) {
    this.points = volumeOf(whole);
    this.finished = new Value(generation);
  }

  /** What a tile of the layer adds. */
  part(tile: Extent): Value {
    if (this.loops.length === 0 || this.holdsAll(tile)) return this.finished;
    const box = { low: this.loops.map((loop) => tile.low[loop]!), high: this.loops.map((loop) => tile.high[loop]!) };
    return this.valueOf(new PartialSum(this, [box]));
  }

  valueOf(sum: PartialSum): Value {
    return sum.points >= this.points ? this.finished : new Value(this.generation, sum);
  }

  private holdsAll(tile: Extent): boolean {
    for (let i = 0; i < this.loops.length; i++) {
      const loop = this.loops[i]!;
      if (tile.low[loop]! > this.whole.low[i]! || tile.high[loop]! < this.whole.high[i]!) return false;
    }
    return true;
  }
}

/** Saves a value, or loads one; `spaceAt` knows the sums by their ids. */
export function exchangeValue(s: StateExchange, value: Value | undefined, spaceAt: (id: number) => SumSpace): Value {
  const generation = s.number(value?.generation ?? 0);
  const space = s.number(value?.sum?.space.id ?? -1);
  const boxes = [...(value?.sum?.boxes ?? [])];
  s.list(boxes, (box) => exchangeExtent(s, box));
  if (!s.loading) return value!;
  if (space < 0) return generation === 0 ? INITIAL : new Value(generation);
  return new Value(generation, new PartialSum(spaceAt(space), boxes));
}

function joined(boxes: readonly Extent[], box: Extent): Extent[] {
  let grown = box;
  let rest = [...boxes];
  for (let i = 0; i < rest.length; i++) {
    const other = rest[i]!;
    const joint = covers(other, grown) ? other : merged(other, grown);
    if (joint === undefined) continue;
    grown = joint;
    rest = rest.filter((candidate) => candidate !== other);
    i = -1;
  }
  rest.push(grown);
  return rest;
}
