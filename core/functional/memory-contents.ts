import type { ScheduleHeader } from '../schedule/form/form.js';
import { forEachElement, volumeOfRange, volumeOfSizes, type Range } from './layout.js';
import { firstBitOf, isHit, spansOf, type BitSpan, type Placement } from './bit-span.js';
import type { Scalar } from './scalar.js';
import { Store, type Use, type Versions } from './store.js';

/** A stretch of a memory whose address the schedule gives. */
interface Stretch {
  /** Name of a buffer, or of a tensor at home. */
  readonly name: string;
  readonly isBuffer: boolean;
  readonly memory: string;
  readonly lowBit: number;
  readonly highBit: number;
  readonly bitsPerElement: number;
}

/**
 * What all places hold. A place is a buffer, or a tensor's home; in a buffer values are told apart by tensor and position, at home by
 * position, and a home's elements lie one after the other. Where stretches of a memory overlap, writing to one spoils what the other holds in
 * the bits that are written; in a buffer, values lie at the addresses that their writers were sent to.
 */
export class MemoryContents {
  private readonly homes = new Map<string, Store>();
  private readonly buffers = new Map<string, Map<string, Store>>();
  private readonly stretches: Stretch[];
  private readonly overlapping = new Map<Stretch, Stretch[]>();
  private readonly byName = new Map<string, Stretch>();

  /** @param bits of an element in memory, by format */
  constructor(
    private readonly header: ScheduleHeader,
    private readonly bits: (format: string) => number,
  ) {
    this.stretches = stretchesOf(header, bits);
    for (const stretch of this.stretches) {
      this.byName.set(keyOf(stretch.isBuffer ? stretch.name : undefined, stretch.name), stretch);
      const others = this.stretches.filter((other) => other !== stretch && overlaps(stretch, other));
      if (others.length > 0) this.overlapping.set(stretch, others);
    }
  }

  store(buffer: string | undefined, tensor: string): Store {
    if (buffer === undefined) return stored(this.homes, tensor, () => this.newStore(tensor));
    const contents = stored(this.buffers, buffer, () => new Map<string, Store>());
    return stored(contents, tensor, () => this.newStore(tensor));
  }

  /** All tensors that a buffer has held. */
  held(buffer: string): Iterable<Store> {
    return this.buffers.get(buffer)?.values() ?? [];
  }

  /** Every place that holds something of the tensor. */
  copiesOf(tensor: string): Store[] {
    const inBuffers = [...this.buffers.values()].flatMap((contents) => contents.get(tensor) ?? []);
    const home = this.homes.get(tensor);
    return home === undefined ? inBuffers : [home, ...inBuffers];
  }

  homeOf(tensor: string): Store | undefined {
    return this.homes.get(tensor);
  }

  /** The contents of an input or constant, there from the start. */
  fill(tensor: string, values: readonly Scalar[]): void {
    const store = this.store(undefined, tensor);
    values.forEach((value, flat) => (store.values[flat] = value));
    const own = this.byName.get(keyOf(undefined, tensor));
    if (own !== undefined) this.spoilOthers(-1, own, [{ low: own.lowBit, high: own.highBit }]);
  }

  /** @param empties what the buffer held is gone, @param at where the range lies in the memory */
  beginWrite(operation: number, buffer: string | undefined, tensor: string, range: Range, versions: Versions, empties: boolean, at: Placement): Use {
    if (buffer !== undefined && empties) for (const held of this.held(buffer)) held.clear(operation);
    const own = this.byName.get(keyOf(buffer, tensor));
    const store = this.store(buffer, tensor);
    if (own === undefined || !this.overlapping.has(own)) return store.begin(operation, range, versions);
    const spans = buffer === undefined ? homeSpans(own, range, store.sizes) : spansOf(at);
    this.spoilOthers(operation, own, spans);
    return store.begin(operation, range, versions, buffer === undefined ? undefined : firstBitOf(at, volumeOfRange(range), this.bitsOf(tensor)));
  }

  /** A write that goes over the bytes of something else. */
  private spoilOthers(operation: number, own: Stretch, spans: readonly BitSpan[]): void {
    for (const other of this.overlapping.get(own) ?? [])
      if (other.isBuffer)
        for (const held of this.held(other.name)) {
          const bits = this.bitsOf(held.tensor);
          held.spoilWhere(operation, (firstBit) => isHit(spans, firstBit, bits));
        }
      else for (const { low, high } of spans) this.spoilHome(operation, other, low, high);
  }

  private bitsOf(tensor: string): number {
    return this.bits(this.header.tensors[tensor]!.format);
  }

  private spoilHome(operation: number, home: Stretch, lowBit: number, highBit: number): void {
    const [low, high] = [Math.max(lowBit, home.lowBit) - home.lowBit, Math.min(highBit, home.highBit) - home.lowBit];
    if (low >= high) return;
    this.store(undefined, home.name).spoil(operation, Math.floor(low / home.bitsPerElement), Math.ceil(high / home.bitsPerElement) - 1);
  }

  private newStore(tensor: string): Store {
    return new Store(tensor, Object.values(this.header.tensors[tensor]!.dims));
  }
}

function stored<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function keyOf(buffer: string | undefined, tensor: string): string {
  return buffer === undefined ? `home ${tensor}` : `buffer ${buffer}`;
}

/** The bits of a range of a tensor at its home. */
function homeSpans({ lowBit, bitsPerElement }: Stretch, range: Range, sizes: readonly number[]): BitSpan[] {
  const spans: { low: number; high: number }[] = [];
  forEachElement(range, sizes, (flat) => {
    if (flat < 0) return;
    const low = lowBit + flat * bitsPerElement;
    const last = spans.at(-1);
    if (last?.high === low) last.high = low + bitsPerElement;
    else spans.push({ low, high: low + bitsPerElement });
  });
  return spans;
}

function overlaps(a: Stretch, b: Stretch): boolean {
  return a.memory === b.memory && a.lowBit < b.highBit && b.lowBit < a.highBit;
}

function stretchesOf({ tensors, buffers }: ScheduleHeader, bits: (format: string) => number): Stretch[] {
  const homes = Object.entries(tensors).flatMap(([name, { home, address, dims, format }]): Stretch[] => {
    if (home === undefined || address === undefined) return [];
    const bitsPerElement = bits(format);
    const lowBit = address * 8;
    return [{ name, isBuffer: false, memory: home, lowBit, highBit: lowBit + volumeOfSizes(dims) * bitsPerElement, bitsPerElement }];
  });
  const rooms = Object.entries(buffers).flatMap(([name, { memory, address, bytes }]): Stretch[] =>
    address === undefined ? [] : [{ name, isBuffer: true, memory, lowBit: address * 8, highBit: (address + bytes) * 8, bitsPerElement: 8 }],
  );
  return [...homes, ...rooms];
}
