import { Fifo } from 'tessera-sim';

/** Who goes on with a packet that its adder has finished. */
export interface Adding {
  passOn(station: number, sequence: number, flits: number): void;
}

interface AddedPacket {
  readonly sum: Adding;
  readonly station: number;
  readonly sequence: number;
  readonly flits: number;
  /** In which it comes out. */
  readonly cycle: number;
}

/** The adders of all interfaces: pipelines of one length, so what goes in first comes out first. */
export class Adders {
  private readonly inside = new Fifo<AddedPacket>();

  constructor(private readonly cycles: number) {}

  /** Cycle in which the next packet comes out; Infinity when there is none. */
  get nextCycle(): number {
    return this.inside.peek()?.cycle ?? Infinity;
  }

  /** Packet `sequence` of a sum is complete at a station in `cycle`. */
  enter(sum: Adding, station: number, sequence: number, flits: number, cycle: number): void {
    if (this.cycles === 0) sum.passOn(station, sequence, flits);
    else this.inside.push({ sum, station, sequence, flits, cycle: cycle + this.cycles });
  }

  /** Passes on what comes out up to a cycle. */
  advance(cycle: number): void {
    while (this.nextCycle <= cycle) {
      const { sum, station, sequence, flits } = this.inside.shift()!;
      sum.passOn(station, sequence, flits);
    }
  }
}
