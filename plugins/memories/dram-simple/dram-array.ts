import { TransactionKind, type ClockDomain, type StateExchange, type Transaction } from 'tessera-sim';
import { DramChannel } from './channel.js';
import type { ChannelProbes } from './channel-probes.js';
import { type DramShape, localAddress } from './timing.js';
import type { ChannelWaits } from './waits.js';

/** All channels of a DRAM, and the spreading of bursts over them. */
export class DramArray {
  readonly channels: readonly DramChannel[];

  constructor(
    readonly shape: DramShape,
    probes: readonly ChannelProbes[] = [],
    waits?: ChannelWaits,
  ) {
    this.channels = Array.from({ length: shape.channels }, (_, channel) => new DramChannel(shape, probes[channel], waits));
  }

  /** Serves a burst whole; the cycle at which its last byte has crossed a bus. */
  serve(burst: Transaction, arrivalCycle: number): number {
    const isWrite = burst.kind === TransactionKind.write;
    const from = arrivalCycle + this.shape.controllerCycles;
    this.serves(burst.operation);
    const isDense = burst.rows === 1 || burst.pitchBytes === burst.rowBytes;
    if (isDense) return this.serveRange(burst.address, burst.address + burst.rowBytes * burst.rows, isWrite, from);
    let end = from;
    for (let row = 0; row < burst.rows; row++) {
      const address = burst.address + row * burst.pitchBytes;
      end = Math.max(end, this.serveRange(address, address + burst.rowBytes, isWrite, from));
    }
    return end;
  }

  /** Serves the bytes `[low, high)` from a cycle on. */
  serveRange(low: number, high: number, isWrite: boolean, from: number): number {
    let end = from;
    for (let index = 0; index < this.channels.length; index++) {
      const begin = localAddress(this.shape, index, low);
      const stop = localAddress(this.shape, index, high);
      if (stop > begin) end = Math.max(end, this.channels[index]!.access(begin, stop, isWrite, from));
    }
    return end;
  }

  /** From now on the array serves this operation, for the trace. */
  serves(operation: number): void {
    for (let index = 0; index < this.channels.length; index++) this.channels[index]!.operation = operation;
  }

  /** Sum of one count over all channels. */
  total(name: keyof DramChannel['counts']): number {
    return this.channels.reduce((sum, channel) => sum + channel.counts[name], 0);
  }

  settle(cycle: number): void {
    for (const channel of this.channels) channel.settle(cycle);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    for (const channel of this.channels) channel.state(s, clock);
  }
}
