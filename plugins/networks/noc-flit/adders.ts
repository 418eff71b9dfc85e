import { Fifo } from '../../../core/index.js';

/** A packet of a sum that is complete at a station. */
export interface AddedPacket {
  readonly station: number;
  readonly sequence: number;
  readonly flits: number;
  readonly sum: { passOn(added: AddedPacket): void };
}

/** The adders of all interfaces: pipelines of one length, so what goes in first comes out first. */
export class Adders {
  private readonly inside = new Fifo<AddedPacket & { readonly cycle: number }>();

  constructor(private readonly cycles: number) {}

  /** Cycle in which the next packet comes out; Infinity when there is none. */
  get nextCycle(): number {
    return this.inside.peek()?.cycle ?? Infinity;
  }

  enter(added: AddedPacket, cycle: number): void {
    if (this.cycles === 0) added.sum.passOn(added);
    else this.inside.push({ ...added, cycle: cycle + this.cycles });
  }

  /** Passes on what comes out up to a cycle. */
  advance(cycle: number): void {
    while (this.nextCycle <= cycle) {
      const added = this.inside.shift()!;
      added.sum.passOn(added);
    }
  }
}
