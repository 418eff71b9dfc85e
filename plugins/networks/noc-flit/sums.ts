import { TrafficClass, type StateExchange, type Transaction } from 'tessera-sim';
import { Reductions, type Membership, type Reduction } from 'tessera-sim/networks';
import type { Adders, Adding } from './adders.js';
import type { EjectedPacket } from './engine/ejected-packet.js';
import type { GroupHost, Place } from './group-host.js';
import type { PacketReceiver, RelayedPackets } from './relayed-packets.js';
import type { RelayPlans, SumTree } from './relay-plans.js';

/**
 * Reductions: interfaces where the ways of responses meet add them packet by packet. Every packet that comes finds an entry that is
 * reserved for it, so it can leave the network at once. An entry is free again when the sum in it is out of the network or, at
 * the requester's interface, in its node's hands.
 */
export class Sums {
  readonly reductions: Reductions<SumTree>;
  private readonly sums = new Map<Reduction<SumTree>, Sum>();

  constructor(
    nodes: number,
    entries: number,
    plans: RelayPlans,
    readonly adders: Adders,
    readonly relayed: RelayedPackets,
    readonly host: GroupHost,
    path: string,
  ) {
    const shape = { packetBytes: host.cutting.packetBytes, entries, tree: plans.sum.bind(plans) };
    this.reductions = new Reductions(nodes, shape, host.ports, path, (node) => host.mayGoOn(node));
  }

  /** Takes in a response. Returns whether it has to travel: one that its own interface adds is in its sum at once. */
  contribute(response: Transaction, node: number): boolean {
    const membership = this.reductions.leave(response)!;
    let sum = this.sums.get(membership.reduction);
    if (sum === undefined) this.sums.set(membership.reduction, (sum = new Sum(this, membership.reduction)));
    return sum.contribute(response, node, membership);
  }

  /** Sums under way whose responses have begun to come in. */
  current(): Iterable<Sum> {
    return this.sums.values();
  }

  /** Sums of a state, by number, and the contributions that are on their way to them. */
  state(s: StateExchange, told: Sum[], contributions: Contribution[]): void {
    this.reductions.state(
      s,
      told.map(({ reduction }) => reduction),
    );
    if (s.loading) this.sums.clear();
    s.list(told, (sum) => this.exchangeSum(s, sum));
    s.list(contributions, (contribution) => {
      const sum = told[s.number(contribution === undefined ? 0 : told.indexOf(contribution.sum))]!;
      const exchanged = contribution ?? new Contribution(sum, 0);
      exchanged.state(s);
      return exchanged;
    });
  }

  private exchangeSum(s: StateExchange, present: Sum | undefined): Sum {
    const reduction = this.reductions.reference(s, present?.reduction);
    const sum = present ?? new Sum(this, reduction);
    sum.state(s);
    // One that is complete only waits for its node.
    if (s.flag(present !== undefined && this.sums.get(reduction) === present)) this.sums.set(reduction, sum);
    return sum;
  }

  ended(reduction: Reduction<SumTree>): void {
    this.sums.delete(reduction);
  }
}

/** One reduction whose responses are on their way. */
export class Sum implements Adding, PacketReceiver, Place {
  private leaderNode = -1;

  constructor(
    readonly all: Sums,
    readonly reduction: Reduction<SumTree>,
  ) {}

  state(s: StateExchange): void {
    this.leaderNode = s.number(this.leaderNode);
  }

  contribute(response: Transaction, node: number, { isStray }: Membership<SumTree>): boolean {
    const { host, relayed } = this.all;
    const { relays, meetings } = this.reduction.tree;
    if (response === this.reduction.leader) this.leaderNode = node;
    const { wireBytes } = response;
    const packets = this.reduction.packets;
    const station = (isStray || node === relays.nodes[0] ? undefined : relays.stationOf.get(node)) ?? 0;
    if (station > 0 && meetings.has(node)) {
      for (let packet = 0; packet < packets; packet++) this.add(station, packet, host.cutting.flitsOf(wireBytes, packet));
      return false;
    }
    const next = station === 0 ? 0 : relays.parents[station]!;
    const contribution = new Contribution(this, packets);
    for (let packet = 0; packet < packets; packet++)
      host.inject(node, relays.nodes[next]!, host.cutting.flitsOf(wireBytes, packet), relayed.add(contribution, next, packet));
    return true;
  }

  /** The sum of an interface farther away has come: its entry there is free. */
  received(station: number, sequence: number, packet: EjectedPacket): void {
    this.all.reductions.release(packet.source);
    this.add(station, sequence, packet.flits);
  }

  add(station: number, sequence: number, flits: number): void {
    const { reduction, all } = this;
    const { relays, meetings } = reduction.tree;
    const node = relays.nodes[station]!;
    if (!reduction.add(node, sequence)) {
      all.reductions.packetsCombined++;
      all.host.onCombined(flits);
      return;
    }
    if (meetings.get(node)! > 1) all.adders.enter(this, station, sequence, flits, all.host.cycle);
    else this.passOn(station, sequence, flits);
  }

  passOn(station: number, sequence: number, flits: number): void {
    const { host, relayed } = this.all;
    const { nodes, parents } = this.reduction.tree.relays;
    const next = parents[station]!;
    if (next >= 0) host.inject(nodes[station]!, nodes[next]!, flits, relayed.add(this, next, sequence));
    else if (this.reduction.packetArrived()) this.end();
  }

  /** The requester's node has the sum. */
  free(node: number): void {
    this.all.reductions.release(node, this.reduction.packets);
  }

  private end(): void {
    const { leader, members, node } = this.reduction;
    this.all.ended(this.reduction);
    for (const member of members) if (member !== leader) this.all.host.usedUp(member);
    this.all.host.arrived(leader, node, this.leaderNode, this);
  }
}

/** A response on its way to the first interface that adds it. */
export class Contribution implements PacketReceiver {
  constructor(
    readonly sum: Sum,
    private packetsLeft: number,
  ) {}

  state(s: StateExchange): void {
    this.packetsLeft = s.number(this.packetsLeft);
  }

  received(station: number, sequence: number, packet: EjectedPacket): void {
    this.sum.add(station, sequence, packet.flits);
    if (--this.packetsLeft === 0) this.sum.all.host.left(packet.source, TrafficClass.response);
  }
}
