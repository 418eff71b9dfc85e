import { type ClockDomain, type StateExchange, type Transaction, TransactionKind, type WaitFor } from 'tessera-sim';
import { reductionTable } from 'tessera-sim/networks';
import { Adders } from './adders.js';
import type { NocFlitConfig } from './block-config.js';
import type { EjectedPacket } from './engine/ejected-packet.js';
import type { GroupHost, Place } from './group-host.js';
import { GroupReferences } from './group-references.js';
import { Multicasts } from './multicasts.js';
import { RelayedPackets } from './relayed-packets.js';
import type { RelayPlans } from './relay-plans.js';
import { Sums } from './sums.js';

/** Largest reduction that the interfaces combine, in bytes of a response: its request is a multicast. */
export function combinesBytes({ multicastMessages, reductionEntries }: NocFlitConfig, packetBytes: number): number {
  return multicastMessages > 0 ? reductionEntries * packetBytes : 0;
}

/** Multicasts and reductions of a network whose routers know nothing of them: the interfaces of nodes copy and add. */
export class GroupTraffic {
  private readonly relayed = new RelayedPackets();
  private readonly adders: Adders;
  private readonly multicasts: Multicasts;
  private readonly sums: Sums;

  constructor(
    config: NocFlitConfig,
    nodes: number,
    plans: RelayPlans,
    host: GroupHost,
    private readonly path: string,
  ) {
    this.adders = new Adders(config.reductionCycles);
    this.multicasts = new Multicasts(nodes, config.multicastMessages, plans, this.relayed, host);
    this.sums = new Sums(nodes, config.reductionEntries, plans, this.adders, this.relayed, host, path);
  }

  /** Cycle in which an adder passes on a sum; Infinity when none holds one. */
  get nextCycle(): number {
    return this.adders.nextCycle;
  }

  /** Work on all cycles up to one. */
  advance(cycle: number): void {
    this.adders.advance(cycle);
  }

  /** Whether all that a group needs is reserved; if not, `mayGoOn` is called when it is. */
  mayBegin(leader: Transaction, group: readonly Transaction[], node: number): boolean {
    if (leader.kind === TransactionKind.read && !this.sums.reductions.ask(leader, group, node)) return false;
    return this.multicasts.ask(leader, group, node);
  }

  /** Sends a group. Returns the members that follow as plain messages. */
  begin(leader: Transaction): readonly Transaction[] {
    if (leader.kind === TransactionKind.read) this.sums.reductions.begin(leader);
    return this.multicasts.begin(leader);
  }

  isContribution(message: Transaction): boolean {
    return message.isResponse && this.sums.reductions.isActive && this.sums.reductions.of(message) !== undefined;
  }

  /** Takes in a response to a reduction. Returns whether it has to travel. */
  contribute(response: Transaction, node: number): boolean {
    return this.sums.contribute(response, node);
  }

  /** Whether a packet is one of ours, not of a plain message. */
  owns(packet: EjectedPacket): boolean {
    return this.relayed.has(packet.tag);
  }

  receive(packet: EjectedPacket): void {
    this.relayed.deliver(packet);
  }

  /** Groups that wait at their nodes. */
  waits(sinceTick: number): WaitFor[] {
    const wait =
      (what: string) =>
      ({ node, site }: { node: number; site: number }): WaitFor => ({
        who: `${this.path}.node${node}`,
        whom: this.path,
        what: `${what} at node${site}`,
        sinceTick,
      });
    return [
      ...[...this.sums.reductions.heldRequests()].map(wait('entries for a reduction')),
      ...[...this.multicasts.waiting()].map(wait('room for a multicast')),
    ];
  }

  /** Nothing where there were no groups. */
  report(): Readonly<Record<string, unknown>> {
    const { started, held, copies } = this.multicasts;
    return { ...(started === 0 ? {} : { multicasts: { started, held, copies } }), ...reductionTable(this.sums.reductions) };
  }

  /** @param places where messages of groups wait for their nodes; returns how such a place is told */
  state(s: StateExchange, clock: ClockDomain, places: Iterable<Place>): GroupReferences {
    const references = new GroupReferences(s.loading ? [] : [...this.relayed.all(), ...this.adders.sums(), ...this.sums.current(), ...places]);
    this.sums.state(s, references.sums, references.contributions);
    s.list(references.multicasts, (multicast) => this.multicasts.exchange(s, multicast));
    this.multicasts.state(s);
    this.relayed.state(s, (receiver) => references.receiver(s, receiver));
    this.adders.state(s, clock, (sum) => references.adding(s, sum));
    return references;
  }
}
