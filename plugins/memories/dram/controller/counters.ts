import type { ClockDomain, StateExchange } from 'tessera-sim';
import { COMMANDS } from '../commands.js';

/** What a channel counts; plain fields, read at the end. Cycles are controller ticks. */
export class ChannelCounters {
  reads = 0;
  writes = 0;
  rowHits = 0;
  rowMisses = 0;
  rowConflicts = 0;
  readsForwarded = 0;
  readsMerged = 0;
  writesMerged = 0;
  maintenance = 0;
  dualCommands = 0;
  onDemandPrecharges = 0;
  readLatencySum = 0;
  readLatencyMax = 0;
  /** Reads whose completion is known. */
  readsCompleted = 0;
  lastReadReturnCycle = 0;
  lastWriteCommandCycle = 0;
  /** Ticks in which the data bus changed direction and idled for it. */
  turnaroundCycles = 0;
  /** Ticks that refreshes kept banks busy, summed over refresh commands. */
  refreshCycles = 0;
  /** Sum over ticks of requests held, for the mean occupancy. */
  occupancyCycles = 0;
  /** `commandsOfBank[bank * commands + command]`; commands to many banks count for the first one. */
  readonly commandsOfBank: Float64Array;
  /** `histogram[n]` reads that took n ticks; the last bin holds all longer ones. */
  readonly latencyHistogram = new Uint32Array(4096);

  /** @param commands number of commands that the device knows */
  constructor(
    banks: number,
    readonly commands: number = COMMANDS,
  ) {
    this.commandsOfBank = new Float64Array(banks * commands);
  }

  /** Commands of a kind, over all banks. */
  commandCount(command: number): number {
    let count = 0;
    for (let at = command; at < this.commandsOfBank.length; at += this.commands) count += this.commandsOfBank[at]!;
    return count;
  }

  countRead(latency: number): void {
    this.readsCompleted++;
    this.readLatencySum += latency;
    if (latency > this.readLatencyMax) this.readLatencyMax = latency;
    this.latencyHistogram[latency < 4096 ? latency : 4095]!++;
  }

  /** Adds the latencies of another channel to this one's. */
  absorbLatencies(other: ChannelCounters): void {
    this.readsCompleted += other.readsCompleted;
    this.readLatencySum += other.readLatencySum;
    this.readLatencyMax = Math.max(this.readLatencyMax, other.readLatencyMax);
    for (let i = 0; i < 4096; i++) this.latencyHistogram[i]! += other.latencyHistogram[i]!;
  }

  /** Latency that a share of the reads does not exceed, 0 < share <= 1. Exact below 4095 ticks. */
  latencyPercentile(share: number): number {
    const wanted = Math.ceil(share * this.readsCompleted);
    let seen = 0;
    for (let latency = 0; latency < 4096; latency++) {
      seen += this.latencyHistogram[latency]!;
      if (seen >= wanted) return latency === 4095 ? this.readLatencyMax : latency;
    }
    return this.readLatencyMax;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.reads = s.number(this.reads);
    this.writes = s.number(this.writes);
    this.rowHits = s.number(this.rowHits);
    this.rowMisses = s.number(this.rowMisses);
    this.rowConflicts = s.number(this.rowConflicts);
    this.readsForwarded = s.number(this.readsForwarded);
    this.readsMerged = s.number(this.readsMerged);
    this.writesMerged = s.number(this.writesMerged);
    this.maintenance = s.number(this.maintenance);
    this.dualCommands = s.number(this.dualCommands);
    this.onDemandPrecharges = s.number(this.onDemandPrecharges);
    this.readLatencySum = s.number(this.readLatencySum);
    this.readLatencyMax = s.number(this.readLatencyMax);
    this.readsCompleted = s.number(this.readsCompleted);
    this.lastReadReturnCycle = s.cycle(this.lastReadReturnCycle, clock);
    this.lastWriteCommandCycle = s.cycle(this.lastWriteCommandCycle, clock);
    this.turnaroundCycles = s.number(this.turnaroundCycles);
    this.refreshCycles = s.number(this.refreshCycles);
    this.occupancyCycles = s.number(this.occupancyCycles);
    s.numbers(this.commandsOfBank);
    s.numbers(this.latencyHistogram);
  }
}
