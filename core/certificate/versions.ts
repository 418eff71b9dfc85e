import { isSame, shared, volume, type Range } from './grid.js';

/** Nothing is there. */
export const ABSENT = 0;
/** What inputs and constants hold from the start. */
export const INITIAL = 1;

/** A sum of a layer: its summed loops as a box, and which of the tensor's versions it makes. */
export interface SumSpace {
  readonly layer: string;
  readonly whole: Range;
  readonly generation: number;
}

export interface Version {
  /** 0: there from the start; each layer that makes the tensor makes one more. */
  readonly generation: number;
  /** Of a sum that is not finished: the points that are in it, as disjoint boxes. */
  readonly sum?: { readonly space: SumSpace; readonly boxes: readonly Range[] };
}

/** What an element can be, by number: small numbers stand in arrays. */
export class Versions {
  private readonly known: Version[] = [{ generation: -1 }, { generation: 0 }];
  private readonly finished = new Map<number, number>([[0, INITIAL]]);
  private readonly unfinished = new Map<SumSpace, Map<string, number>>();

  of(number: number): Version {
    return this.known[number]!;
  }

  /** A finished version of this generation. */
  whole(generation: number): number {
    let number = this.finished.get(generation);
    if (number === undefined) {
      number = this.known.push({ generation }) - 1;
      this.finished.set(generation, number);
    }
    return number;
  }

  /** The sum of these points; finished when they are all. */
  part(space: SumSpace, boxes: readonly Range[]): number {
    if (boxes.reduce((sum, box) => sum + volume(box), 0) === volume(space.whole)) return this.whole(space.generation);
    let numbers = this.unfinished.get(space);
    if (numbers === undefined) this.unfinished.set(space, (numbers = new Map()));
    const joined = joinedBoxes(boxes);
    const key = JSON.stringify(joined);
    let number = numbers.get(key);
    if (number === undefined) {
      number = this.known.push({ generation: space.generation, sum: { space, boxes: joined } }) - 1;
      numbers.set(key, number);
    }
    return number;
  }

  /** Two sums of one space as one; undefined when they share points or are no such sums. */
  added(a: number, b: number): number | undefined {
    const [first, second] = [this.of(a).sum, this.of(b).sum];
    if (first === undefined || second === undefined || first.space !== second.space) return undefined;
    if (first.boxes.some((box) => second.boxes.some((other) => shared(box, other) !== undefined))) return undefined;
    return this.part(first.space, [...first.boxes, ...second.boxes]);
  }
}

/** Neighbours that make one box are one, so that the steps of a long sum stay few numbers; in a fixed order. */
function joinedBoxes(boxes: readonly Range[]): readonly Range[] {
  const list = [...boxes];
  for (let i = 0; i < list.length; i++) {
    for (let j = 0; j < list.length; j++) {
      const joint = i === j ? undefined : jointOf(list[i]!, list[j]!);
      if (joint === undefined) continue;
      list[i] = joint;
      list.splice(j, 1);
      i = -1;
      break;
    }
  }
  return list.sort((a, b) => compare(a.low, b.low));
}

function jointOf(a: Range, b: Range): Range | undefined {
  const low = a.low.map((value, d) => Math.min(value, b.low[d]!));
  const high = a.high.map((value, d) => Math.max(value, b.high[d]!));
  const joint = { low, high };
  return volume(joint) === volume(a) + volume(b) && !isSame(a, b) ? joint : undefined;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const d = a.findIndex((value, at) => value !== b[at]);
  return d < 0 ? 0 : a[d]! - b[d]!;
}
