import type { PacketPool } from './packet-pool.js';

/** A packet that has left the network, valid during the callback only. Times are cycles. */
export interface EjectedPacket {
  readonly tag: number;
  readonly source: number;
  readonly destination: number;
  readonly flits: number;
  /** Routers visited. */
  readonly hops: number;
  readonly created: number;
  /** When it reached the front of its source queue. */
  readonly started: number;
  /** When its head entered the injection channel. */
  readonly headSent: number;
  readonly headEjected: number;
  readonly tailEjected: number;
  /** Sum of the flits' times from injection channel to ejection. */
  readonly flitCycles: number;
}

export interface EjectionListener {
  ejected(packet: EjectedPacket): void;
}

/** One object for all ejections. */
export class PacketView implements EjectedPacket {
  tag = 0;
  source = 0;
  destination = 0;
  flits = 0;
  hops = 0;
  created = 0;
  started = 0;
  headSent = 0;
  headEjected = 0;
  tailEjected = 0;
  flitCycles = 0;

  set(packets: PacketPool, slot: number, now: number): void {
    this.tag = packets.tag[slot]!;
    this.source = packets.source[slot]!;
    this.destination = packets.destination[slot]!;
    this.flits = packets.flits[slot]!;
    this.hops = packets.hops[slot]!;
    this.created = packets.created[slot]!;
    this.started = packets.started[slot]!;
    this.headSent = packets.headSent[slot]!;
    this.headEjected = packets.headEjected[slot]!;
    this.tailEjected = now;
    this.flitCycles = packets.flitCycles[slot]!;
  }
}

