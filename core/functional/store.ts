import { forEachElement, type Range } from './layout.js';
import { ABSENT, FAULT, type Scalar } from './scalar.js';

/** Ranges that are told apart before the whole tensor is taken for them. */
const MOST_RANGES = 64;

/** Part of a tensor that an operation under way has read, or is writing. */
export interface Use {
  readonly operation: number;
  readonly range: Range;
  /** What was read; of a write that accumulates, what it adds to. Elements that others change meanwhile become faults. */
  readonly values: Scalar[] | undefined;
  /** Elements of a write that another one wrote to meanwhile. */
  torn: boolean[] | undefined;
}

/** The values of one tensor in one place, by position in the tensor: what a part of a memory holds. */
export class Store {
  readonly values: Scalar[];
  /** The operation that wrote each element last; -1 for what was there. */
  readonly writers: Int32Array;
  private readers: Use[] = [];
  private writersUnderWay: Use[] = [];
  /** What has been written since everything was cleared. */
  private filled: Range[] = [];

  constructor(
    readonly tensor: string,
    readonly sizes: readonly number[],
  ) {
    const count = sizes.reduce((product, size) => product * size, 1);
    this.values = new Array<Scalar>(count).fill(ABSENT);
    this.writers = new Int32Array(count).fill(-1);
  }

  /** Reads a range and watches it until `end`. */
  read(operation: number, range: Range): Use {
    const values: Scalar[] = [];
    forEachElement(range, this.sizes, (flat) => values.push(flat < 0 ? FAULT : this.values[flat]!));
    const use: Use = { operation, range, values, torn: undefined };
    this.readers.push(use);
    return use;
  }

  /** From now on the range holds nothing that means anything, until `finish`. */
  begin(operation: number, range: Range): Use {
    const use: Use = { operation, range, values: undefined, torn: undefined };
    this.disturb(range, operation);
    for (const other of this.writersUnderWay) {
      if (other.operation === operation) continue;
      tear(other, range);
      tear(use, other.range);
    }
    this.writersUnderWay.push(use);
    this.noteFilled(range);
    forEachElement(range, this.sizes, (flat) => this.put(flat, FAULT, operation));
    return use;
  }

  /** Ends a write with what it has to say: undefined leaves an element as it is. */
  finish(use: Use, value: (flat: number, index: number) => Scalar | undefined): void {
    this.writersUnderWay = this.writersUnderWay.filter((other) => other !== use);
    forEachElement(use.range, this.sizes, (flat, index) => {
      const written = use.torn?.[index] === true ? FAULT : value(flat, index);
      if (written !== undefined) this.put(flat, written, use.operation);
    });
  }

  end(use: Use): void {
    this.readers = this.readers.filter((other) => other !== use);
  }

  /** All that is there becomes nothing, or a fault, under whoever reads it. */
  clear(operation: number, left: Scalar): void {
    for (const range of this.filled) {
      this.disturb(range, operation);
      for (const other of this.writersUnderWay) if (other.operation !== operation) tear(other, range);
      forEachElement(range, this.sizes, (flat) => {
        if (flat >= 0 && this.values[flat] !== ABSENT) this.put(flat, left, operation);
      });
    }
    if (left === ABSENT) this.filled = [];
  }

  private noteFilled(range: Range): void {
    if (this.filled.length < MOST_RANGES) this.filled.push(range);
    else this.filled = [{ low: this.sizes.map(() => 0), high: this.sizes }];
  }

  /** Other bytes were written over some elements. */
  spoil(operation: number, first: number, last: number): void {
    for (let flat = Math.max(0, first); flat <= Math.min(last, this.values.length - 1); flat++) {
      const at = coordinatesOf(flat, this.sizes);
      const one = { low: at, high: at.map((place) => place + 1) };
      this.disturb(one, operation);
      for (const other of this.writersUnderWay) if (other.operation !== operation) tear(other, one);
      this.put(flat, FAULT, operation);
    }
  }

  /** The contents of a range are dead, but for what later operations wrote. */
  release(operation: number, range: Range | undefined): void {
    const whole = range ?? { low: this.sizes.map(() => 0), high: this.sizes };
    forEachElement(whole, this.sizes, (flat) => {
      if (flat >= 0 && this.writers[flat]! <= operation) this.values[flat] = ABSENT;
    });
  }

  private put(flat: number, value: Scalar, operation: number): void {
    if (flat < 0) return;
    this.values[flat] = value;
    this.writers[flat] = operation;
  }

  /** Whoever reads of the range sees it change. */
  private disturb(range: Range, operation: number): void {
    for (const reader of this.readers) if (reader.operation !== operation) fault(reader, range);
  }
}

function fault({ range, values }: Use, by: Range): void {
  forEachCommon(range, by, (index) => (values![index] = FAULT));
}

function tear(use: Use, by: Range): void {
  forEachCommon(use.range, by, (index) => ((use.torn ??= [])[index] = true));
}

/** Calls with the number, in the first range, of every element that both have. */
function forEachCommon(range: Range, other: Range, visit: (index: number) => void): void {
  const low = range.low.map((value, d) => Math.max(value, other.low[d]!));
  const high = range.high.map((value, d) => Math.min(value, other.high[d]!));
  if (low.some((value, d) => value >= high[d]!)) return;
  const sizes = range.high.map((value, d) => value - range.low[d]!);
  const shifted = { low: low.map((value, d) => value - range.low[d]!), high: high.map((value, d) => value - range.low[d]!) };
  forEachElement(shifted, sizes, (index) => visit(index));
}

function coordinatesOf(flat: number, sizes: readonly number[]): number[] {
  const at = sizes.map(() => 0);
  let rest = flat;
  for (let d = sizes.length - 1; d >= 0; d--) {
    at[d] = rest % sizes[d]!;
    rest = Math.floor(rest / sizes[d]!);
  }
  return at;
}
