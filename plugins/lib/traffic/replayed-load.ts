import type { FlitNetwork } from 'tessera-sim/noc-flit';
import type { KnuthRandom } from './knuth-random.js';
import type { OfferedLoad } from './offered-load.js';
import type { DestinationOf } from './patterns.js';

/**
 * The load of a BookSim2 run, packet by packet. All of BookSim2's choices come from one pair of generators, so the order of the
 * draws is part of the run: in every cycle the nodes are asked one after the other; a node whose last packet has left makes
 * up the trials of the cycles that it missed until one succeeds; each packet draws its destination and then its
 * subnetwork (one, but the number is drawn all the same). Routing functions draw from the same generator in between.
 */
export class ReplayedLoad implements OfferedLoad {
  /** Per node: the cycle whose trial comes next. */
  private readonly trialCycle: Float64Array;

  constructor(
    private readonly network: FlitNetwork,
    private readonly random: KnuthRandom,
    private readonly probability: number,
    private readonly destinationOf: DestinationOf,
    private readonly packetFlits: number,
  ) {
    this.trialCycle = new Float64Array(network.nodes);
  }

  drive(until: number, created: (cycle: number) => void): void {
    const { network, trialCycle, random, probability } = this;
    const nodes = trialCycle.length;
    for (let cycle = network.now; cycle < until; cycle++) {
      for (let node = network.nextIdleSource(0); node < nodes; node = network.nextIdleSource(node + 1)) {
        // Nearly always there is one trial, and it fails.
        while (trialCycle[node]! <= cycle) {
          const trial = trialCycle[node]!;
          trialCycle[node] = trial + 1;
          if (random.uniform() >= probability) continue;
          this.send(node, trial, created);
          break;
        }
      }
      network.advance(cycle + 1);
    }
  }

  hasHandedOver(cycle: number): boolean {
    return this.trialCycle.every((trial) => trial > cycle);
  }

  private send(node: number, trial: number, created: (cycle: number) => void): void {
    const destination = this.destinationOf(node);
    this.random.below(1);
    created(trial);
    this.network.inject(node, destination, this.packetFlits, 0, trial);
  }
}
