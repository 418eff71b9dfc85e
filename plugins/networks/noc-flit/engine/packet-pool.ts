import type { StateExchange } from 'tessera-sim';
import { L } from './assembly/layout.js';
import type { NetworkMemory } from './network-memory.js';

const FIRST_CAPACITY = 256;

/** Packets in flight: records at the end of the network's memory. A packet is the number of its record. */
export class PacketPool {
  /** Place of packet 0. */
  readonly at: number;
  /** Records 0 .. size - 1 exist. */
  size = 0;
  /** Records in use. */
  live = 0;
  private freeSlots = new Int32Array(0);
  private freeCount = 0;

  constructor(private readonly memory: NetworkMemory) {
    this.at = memory.take(0);
    this.grow(FIRST_CAPACITY);
  }

  /** Place of a packet's record. */
  record(packet: number): number {
    return this.at + packet * L.PACKET_STRIDE;
  }

  allocate(source: number, destination: number, flits: number, tag: number, created: number): number {
    if (this.freeCount === 0) this.grow(this.size);
    const packet = this.freeSlots[--this.freeCount]!;
    const { words, doubles } = this.memory;
    const at = this.record(packet);
    words[at + L.PACKET_SOURCE] = source;
    words[at + L.PACKET_DESTINATION] = destination;
    words[at + L.PACKET_FLITS] = flits;
    words[at + L.PACKET_FLITS_LEFT] = flits;
    words[at + L.PACKET_TAG] = tag;
    words[at + L.PACKET_HOPS] = 0;
    words[at + L.PACKET_ROUTE_STATE0] = 0;
    words[at + L.PACKET_ROUTE_STATE1] = 0;
    words[at + L.PACKET_NEXT] = -1;
    doubles[at / 2 + L.TIME_CREATED] = created;
    doubles[at / 2 + L.TIME_STARTED] = -1;
    doubles[at / 2 + L.TIME_HEAD_SENT] = -1;
    doubles[at / 2 + L.TIME_FLIT_CYCLES] = 0;
    this.live++;
    return packet;
  }

  release(packet: number): void {
    this.freeSlots[this.freeCount++] = packet;
    this.memory.words[this.record(packet) + L.PACKET_FLITS_LEFT] = 0;
    this.live--;
  }

  private grow(more: number): void {
    const from = this.size;
    this.size += more;
    this.memory.extend(more * L.PACKET_STRIDE);
    const old = this.freeSlots;
    this.freeSlots = new Int32Array(this.size);
    this.freeSlots.set(old);
    for (let packet = this.size - 1; packet >= from; packet--) this.freeSlots[this.freeCount++] = packet;
  }

  /** @param exchange tells the record of a packet in use */
  state(s: StateExchange, exchange: (packet: number) => void): void {
    const inUse = s.loading ? [] : this.packetsInUse();
    s.numbers(inUse);
    if (s.loading) this.occupy(inUse);
    for (const packet of inUse) exchange(packet);
  }

  private packetsInUse(): number[] {
    const isFree = new Uint8Array(this.size);
    for (let i = 0; i < this.freeCount; i++) isFree[this.freeSlots[i]!] = 1;
    return Array.from({ length: this.size }, (_, packet) => packet).filter((packet) => isFree[packet] === 0);
  }

  /** Makes exactly these packets those in use. */
  private occupy(inUse: readonly number[]): void {
    while (this.size <= (inUse.at(-1) ?? -1)) this.grow(this.size);
    const used = new Set(inUse);
    this.freeCount = 0;
    this.live = inUse.length;
    for (let packet = this.size - 1; packet >= 0; packet--) {
      if (used.has(packet)) continue;
      this.freeSlots[this.freeCount++] = packet;
      this.memory.words[this.record(packet) + L.PACKET_FLITS_LEFT] = 0;
    }
  }
}
