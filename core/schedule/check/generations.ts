import type { StateExchange } from '../../kernel/state.js';
import { BoxList } from '../resolve/box-list.js';
import { Found, type Boxed } from '../resolve/boxed.js';
import { exchangeExtent, intersection, merged, overlaps, subtract, type Extent } from '../resolve/extent.js';
import type { Piece } from '../resolve/pieces.js';
import type { TensorState } from '../resolve/places.js';
import { Value } from '../resolve/value.js';

class Mark implements Boxed {
  label = 0;
  stamp = 0;
  before: Mark | undefined = undefined;
  after: Mark | undefined = undefined;

  constructor(
    public extent: Extent,
    readonly generation: number,
  ) {}
}

/** Boxes of one tensor with a number each; disjoint. */
class Marks {
  private readonly boxes: BoxList<Mark>;
  private readonly found = new Found<Mark>();

  constructor(whole: Extent) {
    this.boxes = new BoxList(whole);
  }

  set(extent: Extent, generation: number): void {
    this.remove(extent);
    const { last } = this.boxes;
    const joint = last?.generation === generation ? merged(last.extent, extent) : undefined;
    if (last !== undefined && joint !== undefined) this.boxes.resize(last, joint);
    else this.boxes.push(new Mark(extent, generation));
  }

  remove(extent: Extent): void {
    this.boxes.overlapping(extent, this.found);
    for (const mark of this.found.items.slice(0, this.found.count)) {
      for (const rest of subtract(mark.extent, extent)) this.boxes.insertAfter(mark, new Mark(rest, mark.generation));
      this.boxes.remove(mark);
    }
  }

  /** The highest number in a box; 0 where there is none. */
  highest(extent: Extent): number {
    this.boxes.overlapping(extent, this.found);
    let highest = 0;
    for (let i = 0; i < this.found.count; i++) highest = Math.max(highest, this.found.items[i]!.generation);
    return highest;
  }

  /** The parts of a box without a number. */
  gaps(extent: Extent): Extent[] {
    this.boxes.overlapping(extent, this.found);
    let rest = [extent];
    for (let i = 0; i < this.found.count; i++) rest = rest.flatMap((part) => subtract(part, this.found.items[i]!.extent));
    return rest;
  }

  state(s: StateExchange): void {
    const marks: Mark[] = [];
    for (let mark = this.boxes.first; mark !== undefined; mark = mark.after) marks.push(mark);
    s.list(marks, (mark) => new Mark(exchangeExtent(s, mark?.extent), s.number(mark?.generation ?? 0)));
    if (!s.loading) return;
    this.boxes.clear();
    for (const mark of marks) this.boxes.push(mark);
  }
}

/**
 * Versions of tensors that change: in place, by several layers, or an input that is written. Of all others there is one version, and
 * nothing is kept.
 */
export class Generations {
  /** By tensor, where a version has taken the place of another. */
  private readonly latest = new Map<TensorState, Marks>();
  /** What has been read by a computation or has come home, of tensors that operations of no layer make. */
  private readonly used = new Map<TensorState, Marks>();
  private readonly highest = new Map<TensorState, number>();

  /** From now on it is noted what of the tensor is used. */
  follow(tensor: TensorState): void {
    if (!this.used.has(tensor)) this.used.set(tensor, new Marks(tensor.whole));
  }

  isFollowed(tensor: TensorState): boolean {
    return this.used.has(tensor);
  }

  use(tensor: TensorState, value: Value, extent: Extent): void {
    if (value.generation > 0) this.used.get(tensor)?.set(extent, value.generation);
  }

  /** The parts of a box that nobody has used. */
  unused(tensor: TensorState, extent: Extent): Extent[] {
    return this.used.get(tensor)?.gaps(extent) ?? [];
  }

  /** A value of the newest version that is known of. */
  newest(tensor: TensorState): Value {
    return new Value(this.highest.get(tensor) ?? (tensor.form.role === 'input' || tensor.form.role === 'constant' ? 0 : 1));
  }

  /** What an operation of no layer makes of what it overwrites in place; elsewhere the first version. */
  next(tensor: TensorState, found: Found<Piece> | undefined, extent: Extent): Value {
    let generation = 0;
    for (let i = 0; found !== undefined && i < found.count; i++) {
      const piece = found.items[i]!;
      if (overlaps(piece.extent, extent)) generation = Math.max(generation, piece.value.generation);
    }
    if (generation > 0) this.used.get(tensor)?.remove(extent);
    const value = new Value(generation + 1);
    this.highest.set(tensor, Math.max(generation + 1, this.highest.get(tensor) ?? 0));
    return value;
  }

  /** A value takes the place of others: their copies elsewhere are out of date where the value is newer. */
  raise(tensor: TensorState, extent: Extent, value: Value, { items, count }: Found<Piece>): void {
    for (let i = 0; i < count; i++) {
      const piece = items[i]!;
      if (piece.value.generation >= value.generation || !overlaps(piece.extent, extent)) continue;
      let marks = this.latest.get(tensor);
      if (marks === undefined) this.latest.set(tensor, (marks = new Marks(tensor.whole)));
      marks.set(intersection(piece.extent, extent), value.generation);
    }
    if (value.generation > (this.highest.get(tensor) ?? 1)) this.highest.set(tensor, value.generation);
  }

  /** Whether part of what a piece holds in a box has a newer version elsewhere. */
  isStale(tensor: TensorState, extent: Extent, piece: { readonly extent: Extent; readonly value: Value }): boolean {
    const marks = this.latest.get(tensor);
    return marks !== undefined && overlaps(piece.extent, extent) && marks.highest(intersection(piece.extent, extent)) > piece.value.generation;
  }

  exchange(s: StateExchange, tensors: readonly TensorState[]): void {
    for (const table of [this.latest, this.used]) {
      const present = [...table.keys()];
      s.list(present, (tensor) => tensors[s.number(tensor?.index ?? 0)]!);
      for (const tensor of present) {
        let marks = table.get(tensor);
        if (marks === undefined) table.set(tensor, (marks = new Marks(tensor.whole)));
        marks.state(s);
      }
    }
    const highest = [...this.highest].map(([tensor, generation]) => ({ tensor, generation }));
    s.list(highest, (entry) => ({ tensor: tensors[s.number(entry?.tensor.index ?? 0)]!, generation: s.number(entry?.generation ?? 0) }));
    if (s.loading) for (const { tensor, generation } of highest) this.highest.set(tensor, generation);
  }
}
