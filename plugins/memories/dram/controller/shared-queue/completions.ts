import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { ChannelListener } from '../channel.js';
import type { ChannelLog } from '../channel-log.js';
import type { ChannelCounters } from '../counters.js';
import type { ControllerState } from './state.js';

/** Ends accesses: counts them and answers those who wait for them. Reads return in order. */
export class Completions {
  private lastReturnCycle = 0;
  private readonly lastAccessTick: Float64Array;
  private readonly counters: ChannelCounters;

  /** @param readLatencyTicks from a read command to its last beat */
  constructor(
    state: ControllerState,
    private readonly log: ChannelLog,
    private readonly readLatencyTicks: number,
    private readonly listener: ChannelListener,
  ) {
    this.lastAccessTick = state.lastAccessTick;
    this.counters = log.counters;
  }

  /** The column command of an access has been issued: a write is done, a read returns after its latency. */
  accessed(bank: number, isWrite: boolean, tag: number, arrival: number, tick: number): void {
    this.log.countTurnaround(isWrite, tick);
    this.lastAccessTick[bank] = tick;
    if (isWrite) {
      this.counters.lastWriteCommandCycle = tick;
      this.listener.completed(tag, tick, true, arrival);
    } else {
      this.returnRead(tag, arrival, tick + this.readLatencyTicks);
    }
  }

  /** A waiting write to the same line ends the access: a read is answered from it, a write replaces it. */
  mergedWithWrite(isWrite: boolean, tag: number, cycle: number): void {
    const { counters } = this;
    if (isWrite) {
      counters.writes++;
      counters.writesMerged++;
      this.listener.completed(tag, cycle, true, cycle);
      return;
    }
    counters.reads++;
    counters.readsForwarded++;
    this.returnRead(tag, cycle, cycle + 1);
  }

  /** A read that is ready early waits for those before it. */
  private returnRead(tag: number, arrival: number, ready: number): void {
    const { counters } = this;
    const cycle = Math.max(ready, this.lastReturnCycle);
    this.lastReturnCycle = cycle;
    counters.lastReadReturnCycle = cycle;
    counters.countRead(cycle - arrival);
    this.listener.completed(tag, cycle, false, arrival);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.lastReturnCycle = s.cycle(this.lastReturnCycle, clock);
  }
}
