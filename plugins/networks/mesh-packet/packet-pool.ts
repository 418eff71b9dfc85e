import type { Transaction } from '../../../core/index.js';

/** Packets in flight, by number. Grows to the high-water mark and allocates nothing after. */
export class PacketPool {
  /** Message that the packet belongs to, one entry a packet. */
  readonly message: (Transaction | undefined)[] = [];
  /** Cycles on a link. */
  readonly cycles: number[] = [];
  readonly bytes: number[] = [];
  readonly destinationNode: number[] = [];
  /** The message is complete when this packet has arrived. */
  readonly isLast: boolean[] = [];
  private readonly free: number[] = [];

  acquire(message: Transaction, cycles: number, bytes: number, destinationNode: number, isLast: boolean): number {
    const packet = this.free.pop() ?? this.message.length;
    this.message[packet] = message;
    this.cycles[packet] = cycles;
    this.bytes[packet] = bytes;
    this.destinationNode[packet] = destinationNode;
    this.isLast[packet] = isLast;
    return packet;
  }

  release(packet: number): void {
    this.message[packet] = undefined;
    this.free.push(packet);
  }
}
