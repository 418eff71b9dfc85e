import type { ClockDomain, StateExchange } from 'tessera-sim';
import type { Target } from 'tessera-sim/networks';
import type { PacketPool } from './packet-pool.js';

/** A multicast packet at the head of a buffer: the copies that still wait for their outputs. */
interface Fork {
  /** Copy for each output, in the order in which the targets were named. */
  readonly copies: Map<number, number>;
  /** Cycle in which the last copy so far has left. */
  endCycle: number;
}

/**
 * Multicasts at the routers where their ways part. The packet stays in its buffer until the last of its copies has left; each
 * copy takes its output when it can, so that no copy waits for another (asynchronous replication). A copy takes a whole place
 * in the next buffer, so waits go along routes only, as for other packets.
 */
export class Forks {
  private readonly byBuffer = new Map<number, Fork>();

  constructor(private readonly packets: PacketPool) {}

  /** Outputs that the packet at the head of a buffer wants, with a copy made for each. */
  open(buffer: number, packet: number, packetTargets: readonly Target[], outputFor: (node: number) => number): Iterable<number> {
    const targetsOf = new Map<number, Target[]>();
    for (const target of packetTargets) {
      const output = outputFor(target.node);
      const known = targetsOf.get(output);
      if (known === undefined) targetsOf.set(output, [target]);
      else known.push(target);
    }
    const copies = new Map([...targetsOf].map(([output, targets]) => [output, this.packets.copyFor(packet, targets)]));
    this.byBuffer.set(buffer, { copies, endCycle: 0 });
    return [...copies.keys()];
  }

  isOpen(buffer: number): boolean {
    return this.byBuffer.size > 0 && this.byBuffer.has(buffer);
  }

  /** The copy that leaves by an output. */
  take(buffer: number, output: number): number {
    const { copies } = this.byBuffer.get(buffer)!;
    const copy = copies.get(output)!;
    copies.delete(output);
    return copy;
  }

  /** Notes when a copy has left; the cycle in which the buffer is free when it was the last one, else undefined. */
  close(buffer: number, endCycle: number): number | undefined {
    const fork = this.byBuffer.get(buffer)!;
    fork.endCycle = Math.max(fork.endCycle, endCycle);
    if (fork.copies.size > 0) return undefined;
    this.byBuffer.delete(buffer);
    return fork.endCycle;
  }

  state(s: StateExchange, clock: ClockDomain): void {
    s.map(this.byBuffer, (fork) => {
      const copies = fork?.copies ?? new Map<number, number>();
      s.map(copies, (copy) => s.number(copy ?? 0));
      return { copies, endCycle: s.cycle(fork?.endCycle ?? 0, clock) };
    });
  }
}
