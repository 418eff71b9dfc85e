import { TrafficClass, type StateExchange, type Transaction } from 'tessera-sim';
import { exchangeTargets, firstAtEachNode, Reservations, type Claim, type GroupTargets, type Target } from 'tessera-sim/networks';
import type { EjectedPacket } from './engine/ejected-packet.js';
import type { GroupHost, Place } from './group-host.js';
import type { PacketReceiver, RelayedPackets } from './relayed-packets.js';
import type { RelayPlans } from './relay-plans.js';
import type { RelayTree } from './relay-tree.js';

/** A multicast that waits for room: a place for the message at each station. */
interface MulticastClaim extends Claim, GroupTargets {
  readonly tree: RelayTree;
}

/**
 * Multicasts: interfaces at the forks of a tree copy packets. Each station keeps a place for the message from its start until its
 * node has it and all copies are out of the network. All places are taken at once, and plain messages have others, so whatever
 * comes to a station can leave the network at once and nothing waits inside of it.
 */
export class Multicasts {
  started = 0;
  /** Packets that an interface other than the first has injected. */
  copies = 0;
  private readonly room: Reservations<MulticastClaim>;

  constructor(
    nodes: number,
    messages: number,
    private readonly plans: RelayPlans,
    readonly relayed: RelayedPackets,
    readonly host: GroupHost,
  ) {
    this.room = new Reservations(nodes, messages, (node) => host.mayGoOn(node));
  }

  get held(): number {
    return this.room.held;
  }

  /** Whether the group has room at all its stations; if not, `mayGoOn` is called when it has. */
  ask(leader: Transaction, group: readonly Transaction[], node: number): boolean {
    return this.room.ask(leader, () => this.plan([leader, ...group], node));
  }

  /** Sends a group that has its room. Returns the members that are left over: they are plain messages. */
  begin(leader: Transaction): readonly Transaction[] {
    const { tree, targets, followers } = this.room.begin(leader);
    for (const { message } of targets) message.group = undefined;
    if (targets.length < 2) return [...targets.map(({ message }) => message), ...followers];
    this.started++;
    new Multicast(this, tree, targets).send();
    return followers;
  }

  release(node: number): void {
    this.room.release(node);
  }

  /** Nodes whose groups wait, and for room at which node. */
  waiting(): Generator<{ node: number; site: number }> {
    return this.room.waiting();
  }

  state(s: StateExchange): void {
    this.started = s.number(this.started);
    this.copies = s.number(this.copies);
    this.room.state(s, (claim) => {
      const targets = exchangeTargets(s, claim?.targets ?? []);
      const followers = [...(claim?.followers ?? [])];
      s.list(followers, (follower) => s.transaction(follower));
      return this.claim({ targets, followers }, s.number(claim?.node ?? 0));
    });
  }

  /** A multicast under way, made anew while it is loaded. */
  exchange(s: StateExchange, present: Multicast | undefined): Multicast {
    const targets = exchangeTargets(s, present?.targets ?? []);
    const node = s.number(present?.tree.nodes[0] ?? 0);
    const multicast = present !== undefined && !s.loading ? present : new Multicast(this, this.treeOf(targets, node), targets);
    multicast.state(s);
    return multicast;
  }

  private plan(members: readonly Transaction[], node: number): MulticastClaim {
    return this.claim(
      firstAtEachNode(members, (member) => this.host.ports.exitOf(member)),
      node,
    );
  }

  private claim(found: GroupTargets, node: number): MulticastClaim {
    const tree = this.treeOf(found.targets, node);
    return { ...found, tree, node, places: 1, sites: found.targets.length < 2 ? [] : tree.nodes.slice(1) };
  }

  private treeOf(targets: readonly Target[], from: number): RelayTree {
    return this.plans.multicast(
      from,
      targets.map(({ node }) => node),
    );
  }
}

/** One multicast on its way. */
export class Multicast implements PacketReceiver, Place {
  private readonly messageAt: (Transaction | undefined)[];
  private readonly packetsLeft: Int32Array;
  /** What a station's place is still needed for: copies on their way, and its own node. */
  private readonly uses: Int32Array;
  private stationsLeft: number;

  constructor(
    private readonly all: Multicasts,
    readonly tree: RelayTree,
    readonly targets: readonly Target[],
  ) {
    const { nodes, children, stationOf } = tree;
    this.messageAt = nodes.map(() => undefined);
    this.uses = Int32Array.from(children, (list) => list.length);
    for (const { message, node } of targets) {
      const station = stationOf.get(node)!;
      this.messageAt[station] = message;
      this.uses[station]!++;
    }
    this.packetsLeft = new Int32Array(nodes.length).fill(all.host.cutting.packetsOf(targets[0]!.message.wireBytes));
    this.stationsLeft = nodes.length - 1;
  }

  /** All packets from the node where the message came in. */
  send(): void {
    const { cutting } = this.all.host;
    const { wireBytes } = this.targets[0]!.message;
    const packets = cutting.packetsOf(wireBytes);
    for (let packet = 0; packet < packets; packet++) this.copy(0, packet, cutting.flitsOf(wireBytes, packet));
  }

  received(station: number, sequence: number, packet: EjectedPacket): void {
    this.all.copies += this.tree.children[station]!.length;
    this.copy(station, sequence, packet.flits);
    if (--this.packetsLeft[station]! === 0) this.whole(station);
  }

  /** The node has its message. */
  free(node: number): void {
    this.use(this.tree.stationOf.get(node)!);
  }

  private copy(station: number, sequence: number, flits: number): void {
    const { nodes, children } = this.tree;
    const { host, relayed } = this.all;
    for (const next of children[station]!) host.inject(nodes[station]!, nodes[next]!, flits, relayed.add(this, next, sequence));
  }

  private whole(station: number): void {
    const { nodes, parents } = this.tree;
    const { host } = this.all;
    const message = this.messageAt[station];
    if (parents[station]! > 0) this.use(parents[station]!);
    if (--this.stationsLeft === 0) host.left(nodes[0]!, TrafficClass.request);
    if (message !== undefined) host.arrived(message, nodes[station]!, nodes[0]!, this);
  }

  private use(station: number): void {
    if (--this.uses[station]! === 0) this.all.release(this.tree.nodes[station]!);
  }

  state(s: StateExchange): void {
    s.numbers(this.packetsLeft);
    s.numbers(this.uses);
    this.stationsLeft = s.number(this.stationsLeft);
  }
}
