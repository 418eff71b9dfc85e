import type { EjectedPacket } from './ejected-packet.js';
import type { PacketCarrier } from './carrier.js';

/** Times of a packet that has a network to itself, in cycles from its injection. */
export interface LoneTimes {
  /** Until its head, and its tail, are out. */
  readonly head: number;
  readonly tail: number;
  /** Routers that it visits. */
  readonly hops: number;
}

/** More than any credit takes. */
const SETTLED_CYCLES = 2 ** 17;

/** Packets alone: each is tried once in an empty twin of the network, so that every option of the routers is in its times. */
export class LonePackets {
  private readonly known = new Map<number, LoneTimes>();
  private twin: PacketCarrier | undefined;
  private last: LoneTimes = { head: 0, tail: 0, hops: 0 };

  /** @param makeTwin makes an empty network of the same routers and links, which draws nothing */
  constructor(private readonly makeTwin: () => PacketCarrier) {}

  times(source: number, destination: number, flits: number): LoneTimes {
    const twin = (this.twin ??= this.madeTwin());
    const key = (flits * twin.nodes + source) * twin.nodes + destination;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    twin.inject(source, destination, flits, 0);
    while (twin.nextEventCycle() >= 0) twin.advance(twin.nextEventCycle() + 1);
    // The last credits come back later than the last packet leaves.
    twin.advance(twin.now + SETTLED_CYCLES);
    this.known.set(key, this.last);
    return this.last;
  }

  private madeTwin(): PacketCarrier {
    const twin = this.makeTwin();
    twin.onEjection({ ejected: (packet) => (this.last = timesOf(packet)) });
    return twin;
  }
}

function timesOf({ created, headEjected, tailEjected, hops }: EjectedPacket): LoneTimes {
  return { head: headEjected - created, tail: tailEjected - created, hops };
}
