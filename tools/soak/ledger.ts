import type { EjectedPacket, EjectionListener } from 'tessera-sim/noc-flit';
import type { Violations } from './violations.js';
import type { ZeroLoad } from './zero-load.js';

/** The books of a run, kept apart from the network: what was sent under which tag, and what came back. */
export class Ledger implements EjectionListener {
  sentPackets = 0;
  sentFlits = 0;
  ejectedPackets = 0;
  ejectedFlits = 0;
  /** Flits times routers, over the packets that came out. */
  flitHops = 0;
  /** Flits sent to each node. */
  readonly flitsTo: Float64Array;
  private readonly timesEjected: Uint8Array;
  private readonly source: Int32Array;
  private readonly destination: Int32Array;
  private readonly flits: Uint8Array;
  private hash = 0x811c9dc5;

  constructor(
    nodes: number,
    capacity: number,
    private readonly bound: ZeroLoad,
    private readonly violations: Violations,
  ) {
    this.flitsTo = new Float64Array(nodes);
    this.timesEjected = new Uint8Array(capacity);
    this.source = new Int32Array(capacity);
    this.destination = new Int32Array(capacity);
    this.flits = new Uint8Array(capacity);
  }

  /** Enters a packet before it is injected; returns its tag. */
  send(source: number, destination: number, flits: number): number {
    const tag = this.sentPackets++;
    this.source[tag] = source;
    this.destination[tag] = destination;
    this.flits[tag] = flits;
    this.sentFlits += flits;
    this.flitsTo[destination]! += flits;
    return tag;
  }

  ejected(packet: EjectedPacket): void {
    this.ejectedPackets++;
    this.ejectedFlits += packet.flits;
    this.flitHops += packet.flits * packet.hops;
    for (const word of [packet.tag, packet.tailEjected, packet.hops]) this.hash = Math.imul(this.hash ^ word, 0x01000193);
    const { tag, violations } = this.known(packet);
    if (tag < 0) return;
    if (++this.timesEjected[tag]! > 1) violations.add(`packet ${tag} was ejected ${this.timesEjected[tag]} times`);
    if (packet.source !== this.source[tag] || packet.destination !== this.destination[tag] || packet.flits !== this.flits[tag]) {
      violations.add(
        `packet ${tag} of ${this.flits[tag]} flits from ${this.source[tag]} to ${this.destination[tag]} came out as ${packet.flits} flits from ${packet.source} to ${packet.destination}`,
      );
    }
    this.checkTimes(packet);
  }

  /** Order, cycles and hops of all ejections (FNV-1a over words of 32 bits). */
  get digest(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }

  /** Every packet sent so far must have come out once. */
  checkAllEjected(): void {
    for (let tag = 0; tag < this.sentPackets; tag++) {
      if (this.timesEjected[tag] !== 1) this.violations.add(`packet ${tag} was ejected ${this.timesEjected[tag]} times`);
    }
  }

  private known({ tag }: EjectedPacket): { tag: number; violations: Violations } {
    const isKnown = tag >= 0 && tag < this.sentPackets;
    if (!isKnown) this.violations.add(`packet ${tag} was never sent`);
    return { tag: isKnown ? tag : -1, violations: this.violations };
  }

  private checkTimes(packet: EjectedPacket): void {
    const { tag, source, destination, flits, hops, created, tailEjected } = packet;
    if (hops < this.bound.hops(source, destination)) this.violations.add(`packet ${tag} visited ${hops} routers from ${source} to ${destination}`);
    const least = this.bound.cycles(source, destination, flits, hops);
    if (tailEjected - created < least)
      this.violations.add(`packet ${tag} of ${flits} flits took ${tailEjected - created} cycles over ${hops} routers, at least ${least} are needed`);
    this.checkFlitTimes(packet);
  }

  /** The flits' own times add up only if each was sent once and ejected once: one that is missing leaves a whole date in the sum. */
  private checkFlitTimes({ tag, source, destination, flits, hops, headSent, tailEjected, flitCycles }: EjectedPacket): void {
    const least = this.bound.flitCycles(source, destination, flits, hops);
    const most = flits * (tailEjected - headSent);
    if (flitCycles < least || flitCycles > most)
      this.violations.add(`the ${flits} flits of packet ${tag} were under way for ${flitCycles} cycles in all, ${least} to ${most} are possible`);
  }
}
