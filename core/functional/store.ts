import { forEachElement, type Range } from './layout.js';
import { ABSENT, FAULT, type Scalar } from './scalar.js';

/** Ranges that are told apart before the whole tensor is taken for them. */
const MOST_RANGES = 64;

/** An older version of an element that may still be read. */
interface Older {
  value: Scalar;
  readonly firstBit: number;
}

/** Which version of each element of a range an operation means; undefined: the first of all. */
export type Versions = Int32Array | undefined;

/** Part of a tensor that an operation under way has read, or is writing. */
export interface Use {
  readonly operation: number;
  readonly range: Range;
  readonly versions: Versions;
  /** What was read; of a write that accumulates, what it adds to. Elements that others change meanwhile become faults. */
  readonly values: Scalar[] | undefined;
  /** Elements of a write that another one wrote to meanwhile. */
  torn: boolean[] | undefined;
}

/**
 * The values of one tensor in one place, by position in the tensor: what a part of a memory holds. An element that is written again after
 * it was released, in program order, has another version: both are there while the older one is still in use.
 */
export class Store {
  readonly values: Scalar[];
  /** The operation that wrote each element last; -1 for what was there. */
  readonly writers: Int32Array;
  private readers: Use[] = [];
  private writersUnderWay: Use[] = [];
  /** What has been written since everything was cleared. */
  private filled: Range[] = [];
  /** In program order: the newest version of each element, and whether it has been released. Undefined while there is one version. */
  private newest: Int32Array | undefined;
  private readonly dead: Uint8Array;
  /** The version whose value is in `values`; those of older ones that may still be read. */
  private readonly resident: Int32Array;
  private readonly older = new Map<number, Older>();
  /** Of the version in `values`: the bit of the memory that each element begins at. Only in places that others lie over. */
  private firstBits: Float64Array | undefined;

  constructor(
    readonly tensor: string,
    readonly sizes: readonly number[],
  ) {
    const count = sizes.reduce((product, size) => product * size, 1);
    this.values = new Array<Scalar>(count).fill(ABSENT);
    this.writers = new Int32Array(count).fill(-1);
    this.dead = new Uint8Array(count);
    this.resident = new Int32Array(count);
  }

  // In program order

  /** The versions that an operation which is next in program order means. */
  versionsOf(range: Range): Versions {
    const { newest } = this;
    if (newest === undefined) return undefined;
    const versions: number[] = [];
    forEachElement(range, this.sizes, (flat) => versions.push(flat < 0 ? 0 : newest[flat]!));
    return Int32Array.from(versions);
  }

  /**
   * What is written to elements that are dead by then is alive.
   *
   * @param isElsewhere it is a new version, beside one that may still be in use
   */
  renew(range: Range, isElsewhere: boolean): void {
    forEachElement(range, this.sizes, (flat) => {
      if (flat < 0 || this.dead[flat] === 0) return;
      this.dead[flat] = 0;
      if (!isElsewhere) return;
      this.newest ??= new Int32Array(this.values.length);
      this.newest[flat]!++;
    });
  }

  markDead(range: Range | undefined): void {
    forEachElement(range ?? this.whole, this.sizes, (flat) => {
      if (flat >= 0) this.dead[flat] = 1;
    });
  }

  // In time

  /** Reads a range and watches it until `end`. */
  read(operation: number, range: Range, versions: Versions): Use {
    const values: Scalar[] = [];
    forEachElement(range, this.sizes, (flat, index) => values.push(flat < 0 ? FAULT : this.valueAt(flat, versions?.[index] ?? 0)));
    const use: Use = { operation, range, versions, values, torn: undefined };
    this.readers.push(use);
    return use;
  }

  /**
   * From now on the range holds nothing that means anything, until `finish`.
   *
   * @param firstBit of the memory, of each element by its number in the range; undefined in a place that no other lies over
   */
  begin(operation: number, range: Range, versions: Versions, firstBit?: (index: number) => number): Use {
    const use: Use = { operation, range, versions, values: undefined, torn: undefined };
    for (const reader of this.readers) if (reader.operation !== operation) disturb(reader, use);
    for (const other of this.writersUnderWay) {
      if (other.operation === operation) continue;
      tear(other, use);
      tear(use, other);
    }
    this.writersUnderWay.push(use);
    this.noteFilled(range);
    if (firstBit !== undefined) this.firstBits ??= new Float64Array(this.values.length);
    forEachElement(range, this.sizes, (flat, index) => this.put(flat, FAULT, operation, versions?.[index] ?? 0, firstBit?.(index)));
    return use;
  }

  /** Ends a write with what it has to say: undefined leaves an element as it is. */
  finish(use: Use, value: (flat: number, index: number) => Scalar | undefined): void {
    this.writersUnderWay = this.writersUnderWay.filter((other) => other !== use);
    forEachElement(use.range, this.sizes, (flat, index) => {
      const written = use.torn?.[index] === true ? FAULT : value(flat, index);
      if (written !== undefined) this.put(flat, written, use.operation, use.versions?.[index] ?? 0);
    });
  }

  end(use: Use): void {
    this.readers = this.readers.filter((other) => other !== use);
  }

  /** All that is there is gone, under whoever reads it. */
  clear(operation: number): void {
    for (const range of this.filled) {
      this.change(operation, range);
      forEachElement(range, this.sizes, (flat) => {
        if (flat >= 0 && this.values[flat] !== ABSENT) this.put(flat, ABSENT, operation, this.resident[flat]!);
      });
    }
    this.older.clear();
    this.filled = [];
  }

  /** Other bytes were written over the elements that begin at some bits of the memory, of any version. */
  spoilWhere(operation: number, isHit: (firstBit: number) => boolean): void {
    const { firstBits } = this;
    if (firstBits === undefined) return;
    for (const range of this.filled)
      forEachElement(range, this.sizes, (flat) => {
        if (flat >= 0 && this.values[flat] !== ABSENT && isHit(firstBits[flat]!)) this.spoil(operation, flat, flat);
      });
    for (const [key, old] of this.older) {
      if (!isHit(old.firstBit)) continue;
      old.value = FAULT;
      this.changeAt(operation, key % this.values.length, Math.floor(key / this.values.length));
    }
  }

  /** Other bytes were written over some elements. */
  spoil(operation: number, first: number, last: number): void {
    for (let flat = Math.max(0, first); flat <= Math.min(last, this.values.length - 1); flat++) {
      this.changeAt(operation, flat, undefined);
      this.put(flat, FAULT, operation, this.resident[flat]!);
    }
  }

  /** The contents of a range are dead, but for what later operations wrote. */
  release(operation: number, range: Range | undefined): void {
    forEachElement(range ?? this.whole, this.sizes, (flat) => {
      if (flat >= 0 && this.writers[flat]! <= operation) this.values[flat] = ABSENT;
    });
  }

  private get whole(): Range {
    return { low: this.sizes.map(() => 0), high: this.sizes };
  }

  private valueAt(flat: number, version: number): Scalar {
    if (version === this.resident[flat]) return this.values[flat]!;
    return this.older.get(version * this.values.length + flat)?.value ?? ABSENT;
  }

  private put(flat: number, value: Scalar, operation: number, version: number, firstBit?: number): void {
    if (flat < 0) return;
    const { firstBits } = this;
    const resident = this.resident[flat]!;
    const key = version * this.values.length + flat;
    if (version < resident) {
      this.older.set(key, { value, firstBit: firstBit ?? this.older.get(key)?.firstBit ?? 0 });
      return;
    }
    if (version > resident) {
      this.older.set(resident * this.values.length + flat, { value: this.values[flat]!, firstBit: firstBits?.[flat] ?? 0 });
      this.resident[flat] = version;
    }
    if (firstBit !== undefined) firstBits![flat] = firstBit;
    this.values[flat] = value;
    this.writers[flat] = operation;
  }

  private noteFilled(range: Range): void {
    if (this.filled.length < MOST_RANGES) this.filled.push(range);
    else this.filled = [this.whole];
  }

  /** Whoever reads or writes of the range finds it changed. @param version only of that one, undefined: whatever version he means */
  private change(operation: number, range: Range, version?: number): void {
    const isMeant = (use: Use, index: number): boolean => version === undefined || (use.versions?.[index] ?? 0) === version;
    for (const reader of this.readers)
      if (reader.operation !== operation) forEachCommon(reader.range, range, (index) => isMeant(reader, index) && (reader.values![index] = FAULT));
    for (const other of this.writersUnderWay)
      if (other.operation !== operation) forEachCommon(other.range, range, (index) => isMeant(other, index) && ((other.torn ??= [])[index] = true));
  }

  private changeAt(operation: number, flat: number, version: number | undefined): void {
    const at = coordinatesOf(flat, this.sizes);
    this.change(operation, { low: at, high: at.map((place) => place + 1) }, version);
  }
}

function disturb(reader: Use, by: Use): void {
  forEachCommon(reader.range, by.range, (index, other) => {
    if (sameVersion(reader, index, by, other)) reader.values![index] = FAULT;
  });
}

function tear(use: Use, by: Use): void {
  forEachCommon(use.range, by.range, (index, other) => {
    if (sameVersion(use, index, by, other)) (use.torn ??= [])[index] = true;
  });
}

function sameVersion(a: Use, index: number, b: Use, other: number): boolean {
  return (a.versions?.[index] ?? 0) === (b.versions?.[other] ?? 0);
}

/** Calls with the number, in each of two ranges, of every element that both have. */
function forEachCommon(range: Range, other: Range, visit: (index: number, inOther: number) => void): void {
  const low = range.low.map((value, d) => Math.max(value, other.low[d]!));
  const high = range.high.map((value, d) => Math.min(value, other.high[d]!));
  if (low.some((value, d) => value >= high[d]!)) return;
  const at = [...low];
  const count = low.reduce((product, value, d) => product * (high[d]! - value), 1);
  for (let i = 0; i < count; i++) {
    visit(placeIn(range, at), placeIn(other, at));
    for (let d = at.length - 1; d >= 0 && ++at[d]! === high[d]; d--) at[d] = low[d]!;
  }
}

function placeIn({ low, high }: Range, at: readonly number[]): number {
  let index = 0;
  for (let d = 0; d < at.length; d++) index = index * (high[d]! - low[d]!) + at[d]! - low[d]!;
  return index;
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
