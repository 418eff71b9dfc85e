import type { BernoulliSources } from './injection.js';
import type { LoadTarget } from './load-target.js';
import type { DestinationOf } from './patterns.js';

/** What puts packets into a network while it runs. */
export interface OfferedLoad {
  /** Work on all cycles before `until`, with the packets of these cycles. `created` hears of each packet's cycle of creation. */
  drive(until: number, created: (cycle: number) => void): void;
  /** True when every packet that was created before `cycle` is in its source queue. */
  hasHandedOver(cycle: number): boolean;
}

/** Bernoulli sources with streams of their own: a packet enters its queue in the cycle of its creation. */
export class BernoulliLoad implements OfferedLoad {
  constructor(
    private readonly network: LoadTarget,
    private readonly sources: BernoulliSources,
    private readonly destinationOf: DestinationOf,
    private readonly packetFlits: number,
  ) {}

  drive(until: number, created: (cycle: number) => void): void {
    const { network, sources } = this;
    for (let cycle = sources.nextCycle; cycle < until; cycle = sources.nextCycle) {
      if (cycle > network.now) network.advance(cycle);
      const source = sources.take();
      created(cycle);
      network.inject(source, this.destinationOf(source), this.packetFlits, 0, cycle);
    }
    network.advance(until);
  }

  hasHandedOver(): boolean {
    return true;
  }
}
