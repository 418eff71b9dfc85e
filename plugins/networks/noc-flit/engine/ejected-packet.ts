import { L } from './assembly/layout.js';
import type { FlitState } from './state.js';

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

  set({ memory, packets }: FlitState, packet: number, now: number): void {
    const { words, doubles } = memory;
    const at = packets.record(packet);
    const time = at / 2;
    this.tag = words[at + L.PACKET_TAG]!;
    this.source = words[at + L.PACKET_SOURCE]!;
    this.destination = words[at + L.PACKET_DESTINATION]!;
    this.flits = words[at + L.PACKET_FLITS]!;
    this.hops = words[at + L.PACKET_HOPS]!;
    this.created = doubles[time + L.TIME_CREATED]!;
    this.started = doubles[time + L.TIME_STARTED]!;
    this.headSent = doubles[time + L.TIME_HEAD_SENT]!;
    this.headEjected = doubles[time + L.TIME_HEAD_EJECTED]!;
    this.tailEjected = now;
    this.flitCycles = doubles[time + L.TIME_FLIT_CYCLES]!;
  }
}
