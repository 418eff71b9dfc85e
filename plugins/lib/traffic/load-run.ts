import type { EjectedPacket } from 'tessera-sim/noc-flit';
import { LatencyTally } from './latency-tally.js';
import type { LoadTarget } from './load-target.js';
import type { OfferedLoad } from './offered-load.js';

/** Length of the phases, as BookSim2 counts them. */
export interface PhaseParameters {
  readonly samplePeriodCycles: number;
  readonly warmupPeriods: number;
  readonly maxSamples: number;
  /** Mean latency above which the network counts as saturated. */
  readonly latencyLimitCycles: number;
  /** Largest relative change of mean latency and accepted rate between periods that counts as converged. */
  readonly convergence: number;
}

export const defaultPhases: PhaseParameters = { samplePeriodCycles: 1000, warmupPeriods: 3, maxSamples: 10, latencyLimitCycles: 500, convergence: 0.05 };

export interface LoadResult {
  /** As BookSim2 tells it: the latency limit was not exceeded up to the end of the drain. Says nothing of what was accepted: see `saturation`. */
  readonly stable: boolean;
  readonly cycles: number;
  /** Cycles over which the rates were taken. */
  readonly windowCycles: number;
  readonly tally: LatencyTally;
  /** Flits per node and cycle. */
  readonly acceptedRate: number;
  readonly injectedRate: number;
  /** Warm-up was over when the run ended; else the rates tell how the network filled. */
  readonly isMeasured: boolean;
  /** Packets created, and packets retired, in the cycles over which the rates were taken. */
  readonly createdPackets: number;
  readonly retiredPackets: number;
  readonly flitHops: number;
}

/** Cycles between two questions whether to stop. */
const STEP_CYCLES = 1000;

/** Called now and then; true stops the run. */
export type StopCheck = (cycle: number) => boolean;

/**
 * One load on one network: warm-up, measurement until latency and accepted rate have settled, drain. The phases, the
 * conditions of convergence and of instability are those of BookSim2 (sim_type = latency).
 */
export class LoadRun {
  private readonly tally = new LatencyTally();
  /** Packets that are retired in the drain: they count only if it comes to an end. */
  private readonly drained = new LatencyTally();
  private phase: 'warm-up' | 'measure' | 'drain' = 'warm-up';
  private measureFrom = Infinity;
  private drainFrom = Infinity;
  private clearedAt = 0;
  private ejectedAtClear = 0;
  private injectedAtClear = 0;
  private createdPackets = 0;
  private retiredPackets = 0;
  /** Packets created before the drain and not retired yet. */
  private outstanding = 0;

  constructor(
    private readonly network: LoadTarget,
    private readonly load: OfferedLoad,
    private readonly phases: PhaseParameters,
    private readonly shouldStop: StopCheck = () => false,
  ) {
    network.onEjection(this);
  }

  /** Latencies of a run that was given up are those of its last whole sample period. */
  run(): LoadResult {
    const { network, tally } = this;
    const converged = this.measure();
    const windowCycles = network.now - this.clearedAt;
    const rate = (flits: number): number => (windowCycles > 0 ? flits / (windowCycles * network.nodes) : 0);
    const acceptedRate = rate(network.flitsEjected - this.ejectedAtClear);
    const injectedRate = rate(network.flitsInjected - this.injectedAtClear);
    const { createdPackets, retiredPackets } = this;
    const isMeasured = this.phase !== 'warm-up';
    const stable = converged && this.drain();
    if (stable) {
      this.runEmpty();
      tally.merge(this.drained);
    }
    return {
      stable,
      cycles: network.now,
      windowCycles,
      tally,
      acceptedRate,
      injectedRate,
      isMeasured,
      createdPackets,
      retiredPackets,
      flitHops: network.flitHops,
    };
  }

  /** A packet counts if it came to the front of its queue after warm-up; in the drain, only if it was created before. */
  ejected(packet: EjectedPacket): void {
    if (packet.created < this.drainFrom) this.outstanding--;
    this.retiredPackets++;
    const tally = this.phase === 'drain' ? this.drained : this.tally;
    tally.addFlits(packet);
    const isMeasured = packet.started >= this.measureFrom && (packet.started < this.drainFrom || packet.created < this.drainFrom);
    if (this.phase === 'warm-up' || isMeasured) tally.add(packet);
  }

  /** Sample periods until three in a row have converged; false when the latency limit was exceeded. */
  private measure(): boolean {
    const { phases } = this;
    let inARow = 0;
    let previousLatency = 0;
    let previousRate = 0;
    let clearNext = true;
    for (let period = 0; period < phases.maxSamples && inARow < 3; period++) {
      if (clearNext || (this.phase === 'warm-up' && period % 2 === 0)) this.clear();
      clearNext = false;
      if (this.passPeriod()) return false;
      const latency = this.tally.meanLatency;
      const rate = (this.network.flitsEjected - this.ejectedAtClear) / (this.network.now - this.clearedAt);
      const settled = Math.abs((latency - previousLatency) / latency) <= phases.convergence && Math.abs((rate - previousRate) / rate) <= phases.convergence;
      previousLatency = latency;
      previousRate = rate;
      if (this.isSaturated() || this.shouldStop(this.network.now)) return false;
      if (this.phase === 'measure') inARow = settled ? inARow + 1 : 0;
      else if (period + 1 >= phases.warmupPeriods) {
        clearNext = true;
        this.phase = 'measure';
        this.measureFrom = this.network.now;
      }
    }
    return true;
  }

  /** One sample period. A long one is passed in steps, between which the run can be stopped: true then. */
  private passPeriod(): boolean {
    const end = this.network.now + this.phases.samplePeriodCycles;
    while (this.network.now + STEP_CYCLES < end) {
      this.advance(this.network.now + STEP_CYCLES);
      if (this.shouldStop(this.network.now)) return true;
    }
    this.advance(end);
    return false;
  }

  /** Traffic goes on until every packet created before now is retired; false when the latency limit is exceeded on the way. */
  private drain(): boolean {
    this.phase = 'drain';
    this.drainFrom = this.network.now;
    for (let cycles = 1; this.outstanding > 0 || !this.load.hasHandedOver(this.drainFrom); cycles++) {
      this.advance(this.network.now + 1);
      if (cycles % STEP_CYCLES === 0 && (this.isSaturated() || this.shouldStop(this.network.now))) return false;
    }
    return true;
  }

  /**
   * No new packets; those under way, measured or not, leave the network. Given up like the drain: packets that wait for each
   * other in a circle never leave.
   */
  private runEmpty(): void {
    const { network } = this;
    for (let cycles = 1; network.packetsInFlight > 0; cycles++) {
      network.advance(network.now + 1);
      if (cycles % STEP_CYCLES === 0 && (this.isSaturated() || this.shouldStop(network.now))) return;
    }
  }

  private clear(): void {
    this.tally.clear();
    this.clearedAt = this.network.now;
    this.ejectedAtClear = this.network.flitsEjected;
    this.injectedAtClear = this.network.flitsInjected;
    this.createdPackets = 0;
    this.retiredPackets = 0;
  }

  private advance(until: number): void {
    this.load.drive(until, this.countCreated);
  }

  private readonly countCreated = (created: number): void => {
    this.createdPackets++;
    if (created < this.drainFrom) this.outstanding++;
  };

  /** Mean over the retired samples and the present ages of the flits in flight. */
  private isSaturated(): boolean {
    const ages = this.network.inFlightAges();
    const samples = this.tally.packets + ages.flits;
    return samples > 0 && (this.tally.latencySum + ages.cycles) / samples > this.phases.latencyLimitCycles;
  }
}
