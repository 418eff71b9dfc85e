import { InputError, RandomStream } from 'tessera-sim';
import { REBASE_AT_CYCLE, type FlitNetwork, type NetworkDescription, type RouterParameters } from 'tessera-sim/noc-flit';
import { type DestinationOf, makePattern, patternNames, patternShape } from 'tessera-sim/traffic';
import { checkIdle, checkSinks } from './idle.js';
import { Ledger } from './ledger.js';
import { Violations } from './violations.js';
import { ZeroLoad } from './zero-load.js';

export interface SoakParameters {
  readonly packets: number;
  readonly seed: number;
  /** Most packets in source queues and network at a time. */
  readonly inFlightLimit: number;
  /** Called after every block with the packets sent so far. */
  readonly onBlock?: (sentPackets: number) => void;
}

export interface SoakOutcome {
  /** True when nothing moved any more; the counts are then those up to there. */
  readonly deadlocked: boolean;
  readonly packets: number;
  readonly flits: number;
  readonly flitHops: number;
  readonly cycles: number;
  readonly violationCount: number;
  readonly violations: readonly string[];
  /** Of the order, cycles and hops of all ejections. */
  readonly digest: string;
}

const LONGEST_PACKET_FLITS = 16;
/** Packets of one pattern and load; after them the network is emptied and inspected. */
const BLOCK_PACKETS = 1000;
/** No packet leaves for so long: all that is in flight could have left one by one several times over. */
const WATCHDOG_CYCLES = 20_000;
/** Shortly before the engine's 32-bit clock is rebased, so that every run goes over it. */
const START_CYCLE = REBASE_AT_CYCLE - 2000;

/**
 * Packets of 1 to 16 flits as fast as the network takes them, up to a limit in flight that is drawn anew with the pattern in
 * every block: loads from moderate to past saturation. A ledger and the emptied network tell of anything lost or made up.
 */
export class SoakRun {
  private readonly violations = new Violations();
  private readonly ledger: Ledger;
  private readonly random: RandomStream;
  private readonly patterns: readonly DestinationOf[];
  private lastEjection = 0;

  constructor(
    private readonly network: FlitNetwork,
    description: NetworkDescription,
    router: RouterParameters,
    private readonly parameters: SoakParameters,
  ) {
    this.random = new RandomStream(parameters.seed, 'soak');
    this.ledger = new Ledger(network.nodes, parameters.packets, new ZeroLoad(network.state.graph, router), this.violations);
    this.patterns = patternsFor(description, network.nodes, (bound) => this.random.below(bound));
    network.onEjection({
      ejected: (packet) => {
        this.lastEjection = network.now;
        this.ledger.ejected(packet);
      },
    });
  }

  run(): SoakOutcome {
    const { network, ledger, parameters } = this;
    network.advance(START_CYCLE);
    while (ledger.sentPackets < parameters.packets) {
      if (!this.block(Math.min(BLOCK_PACKETS, parameters.packets - ledger.sentPackets))) return this.outcome(true);
      checkIdle(network, this.violations);
      if (this.violations.count > 0) break;
      parameters.onBlock?.(ledger.sentPackets);
    }
    this.checkBooks();
    return this.outcome(false);
  }

  /** Sends packets of one pattern, then lets all leave; false when they cannot. */
  private block(packets: number): boolean {
    const { network, ledger, random } = this;
    const destinationOf = this.patterns[random.below(this.patterns.length)]!;
    const limit = 1 + random.below(this.parameters.inFlightLimit);
    this.lastEjection = network.now;
    for (let packet = 0; packet < packets; packet++) {
      while (network.packetsInFlight >= limit) if (!this.step()) return false;
      const source = random.below(network.nodes);
      const destination = destinationOf(source);
      const flits = 1 + random.below(LONGEST_PACKET_FLITS);
      network.inject(source, destination, flits, ledger.send(source, destination, flits));
    }
    while (network.packetsInFlight > 0) if (!this.step()) return false;
    this.settle();
    return true;
  }

  /** One event on; false when there is none, or none that lets a packet out. */
  private step(): boolean {
    const { network } = this;
    const next = network.nextEventCycle();
    if (next < 0 || next - this.lastEjection > WATCHDOG_CYCLES) return false;
    network.advance(next + 1);
    return true;
  }

  /** Releases that are still on their way after the last tail, and credits, which have no events of their own. */
  private settle(): void {
    while (this.network.nextEventCycle() >= 0 && this.step());
    this.network.advance(this.network.now + this.network.state.wheel.horizon);
  }

  private checkBooks(): void {
    const { network, ledger, violations } = this;
    ledger.checkAllEjected();
    violations.same('packets ejected', ledger.ejectedPackets, ledger.sentPackets);
    violations.same('flits injected', network.flitsInjected, ledger.sentFlits);
    violations.same('flits ejected', network.flitsEjected, ledger.sentFlits);
    violations.same('flits of ejected packets', ledger.ejectedFlits, ledger.sentFlits);
    violations.same('hops of flits', network.flitHops, ledger.flitHops);
    checkSinks(network, ledger.flitsTo, violations);
  }

  private outcome(deadlocked: boolean): SoakOutcome {
    const { network, ledger, violations } = this;
    return {
      deadlocked,
      packets: ledger.ejectedPackets,
      flits: ledger.ejectedFlits,
      flitHops: network.flitHops,
      cycles: network.now - START_CYCLE,
      violationCount: violations.count,
      violations: violations.shown,
      digest: ledger.digest,
    };
  }
}

/** All patterns that the network's number of nodes allows. */
function patternsFor({ topology, options }: NetworkDescription, nodes: number, choose: (bound: number) => number): DestinationOf[] {
  const shape = patternShape(topology, options, nodes);
  return patternNames.flatMap((name) => {
    try {
      return [makePattern(name, shape, choose)];
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  });
}
