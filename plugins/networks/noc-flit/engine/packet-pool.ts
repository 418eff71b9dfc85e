import { L } from './layout.js';

/** Packets in flight. A packet is the number of its record in two tables: whole numbers, and times. */
export class PacketPool {
  private capacity: number;
  private freeSlots: Int32Array;
  private freeCount = 0;
  /** Records in use. */
  live = 0;
  words: Int32Array;
  times: Float64Array;

  constructor(capacity = 256) {
    this.capacity = capacity;
    this.words = new Int32Array(capacity * L.PACKET_STRIDE);
    this.times = new Float64Array(capacity * L.TIME_STRIDE);
    this.freeSlots = new Int32Array(capacity);
    this.addFree(0, capacity);
  }

  allocate(source: number, destination: number, flits: number, tag: number, created: number): number {
    if (this.freeCount === 0) this.grow();
    const packet = this.freeSlots[--this.freeCount]!;
    const { words, times } = this;
    const at = packet * L.PACKET_STRIDE;
    words[at + L.PACKET_SOURCE] = source;
    words[at + L.PACKET_DESTINATION] = destination;
    words[at + L.PACKET_FLITS] = flits;
    words[at + L.PACKET_FLITS_LEFT] = flits;
    words[at + L.PACKET_TAG] = tag;
    words[at + L.PACKET_HOPS] = 0;
    words[at + L.PACKET_WORD0] = 0;
    words[at + L.PACKET_WORD1] = 0;
    words[at + L.PACKET_NEXT] = -1;
    const time = packet * L.TIME_STRIDE;
    times[time + L.TIME_CREATED] = created;
    times[time + L.TIME_STARTED] = -1;
    times[time + L.TIME_HEAD_SENT] = -1;
    times[time + L.TIME_FLIT_CYCLES] = 0;
    this.live++;
    return packet;
  }

  release(packet: number): void {
    this.freeSlots[this.freeCount++] = packet;
    this.words[packet * L.PACKET_STRIDE + L.PACKET_FLITS_LEFT] = 0;
    this.live--;
  }

  /** Records 0 .. size - 1 exist. */
  get size(): number {
    return this.capacity;
  }

  private addFree(from: number, to: number): void {
    for (let packet = to - 1; packet >= from; packet--) this.freeSlots[this.freeCount++] = packet;
  }

  private grow(): void {
    const from = this.capacity;
    this.capacity = from * 2;
    const { words, times, freeSlots } = this;
    this.words = new Int32Array(this.capacity * L.PACKET_STRIDE);
    this.words.set(words);
    this.times = new Float64Array(this.capacity * L.TIME_STRIDE);
    this.times.set(times);
    this.freeSlots = new Int32Array(this.capacity);
    this.freeSlots.set(freeSlots);
    this.addFree(from, this.capacity);
  }
}
