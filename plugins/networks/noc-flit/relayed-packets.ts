import type { StateExchange } from 'tessera-sim';
import type { EjectedPacket } from './engine/ejected-packet.js';

/** Gets the packets that an interface takes out of the network to copy, add or store them. */
export interface PacketReceiver {
  /** A packet has come out at a station. `sequence`: its number in its message. */
  received(station: number, sequence: number, packet: EjectedPacket): void;
}

/** Tags from here on are of packets between two stations; those below are transactions. */
const FIRST_TAG = 2 ** 30;

/** Packets in flight between two stations, by tag. Grows to the high-water mark and allocates nothing after. */
export class RelayedPackets {
  private readonly receivers: (PacketReceiver | undefined)[] = [];
  private readonly stations: number[] = [];
  private readonly sequences: number[] = [];
  private readonly free: number[] = [];

  /** Tag of a packet that is sent to a station. */
  add(receiver: PacketReceiver, station: number, sequence: number): number {
    const record = this.free.pop() ?? this.receivers.length;
    this.receivers[record] = receiver;
    this.stations[record] = station;
    this.sequences[record] = sequence;
    return FIRST_TAG + record;
  }

  has(tag: number): boolean {
    return tag >= FIRST_TAG;
  }

  /** Hands a packet to its receiver; its tag is free again. */
  deliver(packet: EjectedPacket): void {
    const record = packet.tag - FIRST_TAG;
    const receiver = this.receivers[record]!;
    this.receivers[record] = undefined;
    this.free.push(record);
    receiver.received(this.stations[record]!, this.sequences[record]!, packet);
  }

  /** Who is to get a packet. */
  *all(): Generator<PacketReceiver> {
    for (const receiver of this.receivers) if (receiver !== undefined) yield receiver;
  }

  /** @param reference tells a receiver */
  state(s: StateExchange, reference: (receiver: PacketReceiver | undefined) => PacketReceiver | undefined): void {
    s.numbers(this.stations);
    s.numbers(this.sequences);
    s.numbers(this.free);
    if (s.loading) this.receivers.length = this.stations.length;
    for (let record = 0; record < this.receivers.length; record++) this.receivers[record] = reference(this.receivers[record]);
  }
}
