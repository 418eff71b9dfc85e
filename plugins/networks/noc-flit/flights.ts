import type { EjectedPacket } from './engine/ejected-packet.js';

/** Somebody whose packets an interface takes out to copy, add or store them. */
export interface Relayed {
  /** A packet has come out at a station. `sequence`: its number in its message. */
  landed(station: number, sequence: number, packet: EjectedPacket): void;
}

/** Tags from here on are of packets between two stations; those below are transactions. */
const FIRST_TAG = 2 ** 30;

/** Packets on their way between two stations, by tag. Grows to the high-water mark and allocates nothing after. */
export class Flights {
  private readonly owners: (Relayed | undefined)[] = [];
  private readonly stations: number[] = [];
  private readonly sequences: number[] = [];
  private readonly free: number[] = [];

  /** Tag of a packet that goes to a station. */
  launch(owner: Relayed, station: number, sequence: number): number {
    const flight = this.free.pop() ?? this.owners.length;
    this.owners[flight] = owner;
    this.stations[flight] = station;
    this.sequences[flight] = sequence;
    return FIRST_TAG + flight;
  }

  has(tag: number): boolean {
    return tag >= FIRST_TAG;
  }

  land(packet: EjectedPacket): void {
    const flight = packet.tag - FIRST_TAG;
    const owner = this.owners[flight]!;
    this.owners[flight] = undefined;
    this.free.push(flight);
    owner.landed(this.stations[flight]!, this.sequences[flight]!, packet);
  }
}
