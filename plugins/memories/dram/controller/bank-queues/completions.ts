import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { ChannelListener } from '../channel.js';
import type { ChannelLog } from '../channel-log.js';
import { NONE } from '../request-table.js';
import { MergedReads } from './merged-reads.js';
import type { BankQueueRequests } from './requests.js';

/** Ends accesses: counts them and answers those who wait for them. Cycles are DRAMsim3's: tick t is its clock t - 1. */
export class Completions {
  private readonly merged = new MergedReads();

  /** @param readLatencyTicks from a read command to its last beat */
  constructor(
    private readonly requests: BankQueueRequests,
    private readonly log: ChannelLog,
    private readonly readLatencyTicks: number,
    private readonly listener: ChannelListener,
  ) {}

  /** Writes are posted: done one cycle after acceptance. */
  writeAccepted(tag: number, cycle: number): void {
    this.listener.completed(tag, cycle + 1, true, cycle);
  }

  /** A read is answered from a waiting write. */
  readForwarded(tag: number, cycle: number): void {
    this.log.counters.readsForwarded++;
    this.returnRead(tag, cycle, cycle + 1);
  }

  /** A request slot is in use, with no other reads that wait for it. */
  started(slot: number): void {
    this.merged.start(slot);
  }

  /** A read of a line that is to be read already: it returns with the one in `slot`. */
  readMerged(slot: number, tag: number, cycle: number): void {
    this.log.counters.readsMerged++;
    this.merged.add(slot, tag, cycle);
  }

  /** The column command of a request has been issued: its slot is free, and its reads return. */
  accessed(slot: number, tick: number): void {
    const { log } = this;
    const { table } = this.requests;
    const isWrite = table.isWrite[slot] === 1;
    log.countTurnaround(isWrite, tick);
    log.countOccupancy(tick);
    this.requests.removeQueued(slot);
    if (isWrite) log.counters.lastWriteCommandCycle = tick - 1;
    else this.returnReads(slot, tick - 1 + this.readLatencyTicks);
    table.giveBack(slot);
  }

  private returnReads(slot: number, cycle: number): void {
    const { merged } = this;
    const { table } = this.requests;
    this.returnRead(table.tag[slot]!, table.arrival[slot]!, cycle);
    for (let more = merged.first(slot); more !== NONE; more = merged.next(more)) {
      this.returnRead(merged.tag(more), merged.arrival(more), cycle);
    }
    merged.end(slot);
  }

  private returnRead(tag: number, arrival: number, cycle: number): void {
    const { counters } = this.log;
    if (cycle > counters.lastReadReturnCycle) counters.lastReadReturnCycle = cycle;
    counters.countRead(cycle - arrival);
    this.listener.completed(tag, cycle, false, arrival);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.merged.state(s, clock);
  }
}
