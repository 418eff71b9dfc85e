import { GrowingTable } from './growing-table.js';

/** Columns. */
const START = 0;
const END = 1;
const LABEL = 2;
const OPERATION = 3;
const MERGED = 4;
/** Short spans of one stretch that overlap stay apart up to this many: bursts in flight at a time are seen as such. */
const MOST_AT_A_TIME = 8;

/** The spans of one probe or queue, in the order in which they were told: about that of their ends. */
export class SpanTrack {
  /** The last tick that a span has reached. */
  latestTick = 0;
  private readonly table = new GrowingTable(5);

  get count(): number {
    return this.table.count;
  }

  append(start: number, end: number, label: number, operation: number): void {
    const at = this.table.add();
    const { values } = this.table;
    values[at + START] = start;
    values[at + END] = end;
    values[at + LABEL] = label;
    values[at + OPERATION] = operation;
    values[at + MERGED] = 1;
    if (end > this.latestTick) this.latestTick = end;
  }

  /**
   * Makes one of spans that lie within `stepTicks` together and end in one stretch of that length, under the name of the longest. Spans that
   * are as long as the step themselves stay as they are, so what is long is never lost for what is short, and all of the run is thinned alike.
   */
  thin(stepTicks: number): void {
    const { table } = this;
    const { values, stride, count } = table;
    let kept = 0;
    let stretchStart = 0;
    let stretchEnd = -Infinity;
    for (let row = 0; row < count; row++) {
      const end = values[row * stride + END]!;
      if (end >= stretchEnd) {
        stretchEnd = (Math.floor(end / stepTicks) + 1) * stepTicks;
        stretchStart = kept;
      }
      const into = this.partner(row, stretchStart, kept, stepTicks);
      if (into < 0) table.move(row, kept++);
      else this.merge(row, into);
    }
    table.count = kept;
  }

  /** Start, end, label and operation of each, in turn. */
  spans(): Float64Array {
    return this.table.columns(START, 4);
  }

  /** How many recorded spans each stands for. */
  merged(): Float64Array {
    return this.table.columns(MERGED, 1);
  }

  addOperationsTo(operations: Set<number>): void {
    const { values, stride, count } = this.table;
    for (let row = 0; row < count; row++) operations.add(values[row * stride + OPERATION]!);
  }

  /** The row of this stretch that a short span joins, -1 for none: one that it does not overlap, or any when there are many at a time. */
  private partner(row: number, first: number, past: number, stepTicks: number): number {
    const { values, stride } = this.table;
    const [start, end] = [values[row * stride + START]!, values[row * stride + END]!];
    if (end - start >= stepTicks) return -1;
    let overlapping = -1;
    let atATime = 0;
    for (let other = past - 1; other >= first; other--) {
      const [otherStart, otherEnd] = [values[other * stride + START]!, values[other * stride + END]!];
      if (otherEnd - otherStart >= stepTicks || Math.max(end, otherEnd) - Math.min(start, otherStart) > stepTicks) continue;
      if (start >= otherEnd || end <= otherStart) return other;
      if (overlapping < 0) overlapping = other;
      atATime++;
    }
    return atATime >= MOST_AT_A_TIME ? overlapping : -1;
  }

  /** The longer one says what it is. */
  private merge(row: number, into: number): void {
    const { values, stride } = this.table;
    const [from, to] = [row * stride, into * stride];
    if (values[from + END]! - values[from]! > values[to + END]! - values[to]!) {
      values[to + LABEL] = values[from + LABEL]!;
      values[to + OPERATION] = values[from + OPERATION]!;
    }
    values[to] = Math.min(values[to]!, values[from]!);
    values[to + END] = Math.max(values[to + END]!, values[from + END]!);
    values[to + MERGED] = values[to + MERGED]! + values[from + MERGED]!;
  }
}
