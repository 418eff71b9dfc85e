import { HeapQueue, type StateExchange } from 'tessera-sim';
import type { PacketCarrier } from './carrier.js';
import type { EjectedPacket, EjectionListener } from './ejected-packet.js';
import type { LonePackets, LoneTimes } from './lone-packets.js';
import type { StallCounts } from './stall-counts.js';

interface LonePacket extends EjectedPacket {
  headEjected: number;
  tailEjected: number;
}

/** A packet is through the network; it is wholly in its node's hands. */
const [CAME_THROUGH, WAS_TAKEN] = [0, 1] as const;

/**
 * A network in which no packet meets another: each takes the time that it takes alone. A node sends a flit a cycle, and takes one.
 */
export class LoneNetwork implements PacketCarrier {
  now = 0;
  readonly stalls: StallCounts = { noVc: 0, noCredit: 0, lostSwitch: 0 };
  private listener: EjectionListener | undefined;
  private readonly queue = new HeapQueue();
  private readonly packets: (LonePacket | undefined)[] = [];
  private readonly freePlaces: number[] = [];
  /** First cycle in which a node may send, and take, the next flit. */
  private readonly sendsFrom: Float64Array;
  private readonly takesFrom: Float64Array;

  constructor(
    readonly nodes: number,
    private readonly lone: LonePackets,
  ) {
    this.sendsFrom = new Float64Array(nodes);
    this.takesFrom = new Float64Array(nodes);
  }

  onEjection(listener: EjectionListener): void {
    this.listener = listener;
  }

  inject(source: number, destination: number, flits: number, tag: number): void {
    const started = Math.max(this.now, this.sendsFrom[source]!);
    this.sendsFrom[source] = started + flits;
    const packet = lonePacket({ source, destination, flits, tag, created: this.now, started }, this.lone.times(source, destination, flits));
    const place = this.freePlaces.pop() ?? this.packets.length;
    this.packets[place] = packet;
    this.queue.push(packet.tailEjected, 0, 0, CAME_THROUGH, place);
  }

  nextEventCycle(): number {
    const next = this.queue.nextTime();
    return next === Infinity ? -1 : next;
  }

  advance(cycle: number): void {
    while (this.queue.pop(cycle - 1)) {
      this.now = this.queue.time;
      if (this.queue.code === CAME_THROUGH) this.hand(this.queue.arg);
      else this.eject(this.queue.arg);
    }
    this.now = Math.max(this.now, cycle);
  }

  exchange(s: StateExchange, now: number): void {
    const from = this.now;
    const to = s.loading ? now : from;
    const relative = (cycle: number): number => s.number(cycle - from) + to;
    for (const table of [this.sendsFrom, this.takesFrom]) for (let node = 0; node < this.nodes; node++) table[node] = relative(table[node]!);
    s.list(this.packets, (packet) => (s.flag(packet !== undefined) ? exchangePacket(s, packet, relative) : undefined));
    s.numbers(this.freePlaces);
    const events = [...this.queue.pending()];
    s.list(events, (event) => ({
      time: relative(event?.time ?? 0),
      order: 0,
      handler: 0,
      code: s.number(event?.code ?? 0),
      arg: s.number(event?.arg ?? 0),
    }));
    if (!s.loading) return;
    this.now = now;
    this.queue.restart(now);
    for (const { time, code, arg } of events) this.queue.push(time, 0, 0, code, arg);
  }

  /** The packet leaves by its node's channel when that is free. */
  private hand(place: number): void {
    const packet = this.packets[place]!;
    const taken = Math.max(this.now, this.takesFrom[packet.destination]! + packet.flits - 1);
    this.takesFrom[packet.destination] = taken + 1;
    packet.tailEjected = taken;
    if (taken === this.now) this.eject(place);
    else this.queue.push(taken, 0, 0, WAS_TAKEN, place);
  }

  private eject(place: number): void {
    const packet = this.packets[place]!;
    this.packets[place] = undefined;
    this.freePlaces.push(place);
    this.listener?.ejected(packet);
  }
}

type Sent = Pick<EjectedPacket, 'source' | 'destination' | 'flits' | 'tag' | 'created' | 'started'>;

function lonePacket(sent: Sent, { head, tail, hops }: LoneTimes): LonePacket {
  const { started, flits } = sent;
  return { ...sent, hops, headSent: started, headEjected: started + head, tailEjected: started + tail, flitCycles: flits * head };
}

function exchangePacket(s: StateExchange, packet: LonePacket | undefined, relative: (cycle: number) => number): LonePacket {
  return {
    tag: s.number(packet?.tag ?? 0),
    source: s.number(packet?.source ?? 0),
    destination: s.number(packet?.destination ?? 0),
    flits: s.number(packet?.flits ?? 0),
    hops: s.number(packet?.hops ?? 0),
    created: relative(packet?.created ?? 0),
    started: relative(packet?.started ?? 0),
    headSent: relative(packet?.headSent ?? 0),
    headEjected: relative(packet?.headEjected ?? 0),
    tailEjected: relative(packet?.tailEjected ?? 0),
    flitCycles: s.number(packet?.flitCycles ?? 0),
  };
}
