import { Fifo, type ClockDomain, type StateExchange } from 'tessera-sim';

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

  /** Whose packets are inside. */
  *sums(): Generator<Adding> {
    for (let i = 0; i < this.inside.length; i++) yield this.inside.at(i)!.sum;
  }

  /** @param reference tells a sum */
  state(s: StateExchange, clock: ClockDomain, reference: (sum: Adding | undefined) => Adding): void {
    s.queue(this.inside, (packet) => ({
      sum: reference(packet?.sum),
      station: s.number(packet?.station ?? 0),
      sequence: s.number(packet?.sequence ?? 0),
      flits: s.number(packet?.flits ?? 0),
      cycle: s.cycle(packet?.cycle ?? 0, clock),
    }));
  }
}
