/**
 * Packets in flight, as columns: a packet is a slot number. Times are cycles of the network (they may be fractional for no
 * one; doubles only so that long runs do not overflow).
 */
export class PacketPool {
  private capacity: number;
  private freeSlots: Int32Array;
  private freeCount: number;
  /** Slots in use. */
  live = 0;
  source: Int32Array;
  destination: Int32Array;
  flits: Int32Array;
  /** The user's word, given at injection and handed back at ejection. */
  tag: Int32Array;
  /** Flits that have not been ejected yet. */
  flitsLeft: Int32Array;
  /** Routers visited by the head so far. */
  hops: Int32Array;
  /** The routing function's two words. */
  word0: Int32Array;
  word1: Int32Array;
  /** Next packet in the same source queue, -1 at its end. */
  next: Int32Array;
  created: Float64Array;
  /** Cycle in which the packet reached the front of its source queue. */
  started: Float64Array;
  /** Cycle in which the head entered the injection channel. */
  headSent: Float64Array;
  headEjected: Float64Array;
  /** Sum over the flits of (ejected - sent). */
  flitCycles: Float64Array;

  constructor(capacity = 256) {
    this.capacity = capacity;
    const ints = (): Int32Array => new Int32Array(capacity);
    const doubles = (): Float64Array => new Float64Array(capacity);
    this.source = ints();
    this.destination = ints();
    this.flits = ints();
    this.tag = ints();
    this.flitsLeft = ints();
    this.hops = ints();
    this.word0 = ints();
    this.word1 = ints();
    this.next = ints();
    this.created = doubles();
    this.started = doubles();
    this.headSent = doubles();
    this.headEjected = doubles();
    this.flitCycles = doubles();
    this.freeSlots = new Int32Array(capacity);
    this.freeCount = 0;
    this.addFree(0, capacity);
  }

  allocate(source: number, destination: number, flits: number, tag: number, created: number): number {
    if (this.freeCount === 0) this.grow();
    const slot = this.freeSlots[--this.freeCount]!;
    this.source[slot] = source;
    this.destination[slot] = destination;
    this.flits[slot] = flits;
    this.flitsLeft[slot] = flits;
    this.tag[slot] = tag;
    this.hops[slot] = 0;
    this.word0[slot] = 0;
    this.word1[slot] = 0;
    this.next[slot] = -1;
    this.created[slot] = created;
    this.started[slot] = -1;
    this.headSent[slot] = -1;
    this.flitCycles[slot] = 0;
    this.live++;
    return slot;
  }

  release(slot: number): void {
    this.freeSlots[this.freeCount++] = slot;
    this.flitsLeft[slot] = 0;
    this.live--;
  }

  /** Slots 0 .. size - 1 exist; those with `flitsLeft` 0 are free. */
  get size(): number {
    return this.capacity;
  }

  private addFree(from: number, to: number): void {
    for (let slot = to - 1; slot >= from; slot--) this.freeSlots[this.freeCount++] = slot;
  }

  private grow(): void {
    const from = this.capacity;
    const to = from * 2;
    const ints = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(to);
      larger.set(old);
      return larger;
    };
    const doubles = (old: Float64Array): Float64Array => {
      const larger = new Float64Array(to);
      larger.set(old);
      return larger;
    };
    this.source = ints(this.source);
    this.destination = ints(this.destination);
    this.flits = ints(this.flits);
    this.tag = ints(this.tag);
    this.flitsLeft = ints(this.flitsLeft);
    this.hops = ints(this.hops);
    this.word0 = ints(this.word0);
    this.word1 = ints(this.word1);
    this.next = ints(this.next);
    this.created = doubles(this.created);
    this.started = doubles(this.started);
    this.headSent = doubles(this.headSent);
    this.headEjected = doubles(this.headEjected);
    this.flitCycles = doubles(this.flitCycles);
    this.freeSlots = ints(this.freeSlots);
    this.capacity = to;
    this.addFree(from, to);
  }
}
