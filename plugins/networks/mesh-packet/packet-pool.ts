import type { StateExchange, Transaction } from 'tessera-sim';
import { exchangeTargets, type Reduction, type Target } from 'tessera-sim/networks';
import { Contribution } from './contribution.js';

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
  /**
   * Undefined for an ordinary packet. Of a multicast: everybody whom this packet is still to reach, two or more; the first is
   * `message`. Of a response to a reduction: what it adds to which sum.
   */
  readonly special: (readonly Target[] | Contribution | undefined)[] = [];
  private readonly free: number[] = [];

  acquire(message: Transaction, cycles: number, bytes: number, destinationNode: number, isLast: boolean): number {
    const packet = this.free.pop() ?? this.message.length;
    this.message[packet] = message;
    this.cycles[packet] = cycles;
    this.bytes[packet] = bytes;
    this.destinationNode[packet] = destinationNode;
    this.isLast[packet] = isLast;
    this.special[packet] = undefined;
    return packet;
  }

  /** Sends a packet on to several targets. */
  setTargets(packet: number, targets: readonly Target[]): void {
    this.message[packet] = targets[0]!.message;
    this.destinationNode[packet] = targets[0]!.node;
    this.special[packet] = targets.length > 1 ? targets : undefined;
  }

  /** Makes a packet part of a sum; the sum says when it is complete, so no packet is the last of its message. */
  setContribution(packet: number, contribution: Contribution): void {
    this.special[packet] = contribution;
    this.isLast[packet] = false;
  }

  /** The same packet for some of its targets. */
  copyFor(packet: number, targets: readonly Target[]): number {
    const copy = this.acquire(targets[0]!.message, this.cycles[packet]!, this.bytes[packet]!, targets[0]!.node, this.isLast[packet]!);
    this.setTargets(copy, targets);
    return copy;
  }

  release(packet: number): void {
    this.message[packet] = undefined;
    this.special[packet] = undefined;
    this.free.push(packet);
  }

  /** Reductions that packets in flight are part of. */
  *reductions(): Generator<Reduction> {
    for (const special of this.special) if (special instanceof Contribution) yield special.reduction;
  }

  /** @param reference tells a reduction */
  state(s: StateExchange, reference: (reduction: Reduction | undefined) => Reduction): void {
    s.numbers(this.free);
    s.numbers(this.cycles);
    s.numbers(this.bytes);
    s.numbers(this.destinationNode);
    s.flags(this.isLast);
    if (s.loading) this.message.length = this.special.length = this.cycles.length;
    for (let packet = 0; packet < this.message.length; packet++) {
      this.message[packet] = s.optionalTransaction(this.message[packet]);
      this.special[packet] = exchangeSpecial(s, this.special[packet], reference);
    }
  }
}

const [ORDINARY, MULTICAST, PART_OF_SUM] = [0, 1, 2] as const;

function exchangeSpecial(
  s: StateExchange,
  special: readonly Target[] | Contribution | undefined,
  reference: (reduction: Reduction | undefined) => Reduction,
): readonly Target[] | Contribution | undefined {
  const isPart = special instanceof Contribution;
  const kind = s.number(special === undefined ? ORDINARY : isPart ? PART_OF_SUM : MULTICAST);
  if (kind === ORDINARY) return undefined;
  if (kind === MULTICAST) return exchangeTargets(s, s.loading || isPart ? [] : special!);
  const present = !s.loading && isPart ? special : undefined;
  const reduction = reference(present?.reduction);
  const sequence = s.number(present?.sequence ?? 0);
  const isStray = s.flag(present?.isStray ?? false);
  const part = present ?? new Contribution(reduction, sequence, isStray);
  part.state(s);
  return part;
}
