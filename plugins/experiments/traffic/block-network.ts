import { buildMachine, HEADER_BYTES, InputError, type BlockPlugin, type BlockUse, type ExperimentControl, type Machine, type Transaction } from 'tessera-sim';
import type { EjectedPacket, EjectionListener } from 'tessera-sim/noc-flit';
import type { LoadTarget } from 'tessera-sim/traffic';
import { TrafficNode, trafficNode, type PacketFollower } from './traffic-node.js';

const CLOCK_HZ = 1e9;

/** What of one packet is known while it is under way. */
class Flight implements EjectedPacket {
  tag = 0;
  source = 0;
  destination = 0;
  flits = 0;
  readonly hops = 0;
  created = 0;
  started = -1;
  headSent = -1;
  headEjected = 0;
  tailEjected = 0;
  flitCycles = 0;
}

/**
 * A network plugin under load, by its contract alone: a node at each of its ports, over connections that carry a flit a cycle. A
 * packet is one message, a write without an answer, of as many bytes as its flits, the header counted.
 */
export class BlockNetwork implements LoadTarget, PacketFollower {
  readonly machine: Machine;
  readonly nodes: number;
  flitsInjected = 0;
  flitsEjected = 0;
  packetsInFlight = 0;
  private readonly members: readonly TrafficNode[];
  private readonly ids: readonly number[];
  private readonly flights: Flight[] = [];
  private listener: EjectionListener | undefined;
  /** Sums over the flits under way, so that their ages cost nothing: how many, and when they were created. */
  private flitsUnderWay = 0;
  private createdSum = 0;
  private cycle = 0;
  private isAdvancing = false;

  constructor(
    block: BlockUse,
    nodes: number,
    private readonly flitBytes: number,
    control: ExperimentControl,
  ) {
    const plugin = pluginOf(block, control);
    const ports = portsOf(plugin, nodes);
    this.nodes = ports.length;
    const paths = ports.map((_, node) => `node${node}`);
    this.machine = buildMachine({
      name: 'traffic',
      clocks: { clock: CLOCK_HZ },
      seed: control.seed,
      extensions: control.catalogue,
      blocks: [
        { path: 'network', plugin, clock: 'clock', ...(block.with === undefined ? {} : { config: block.with }) },
        ...paths.map((path) => ({ path, plugin: trafficNode, clock: 'clock' })),
      ],
      connections: ports.map((port, node) => ({ from: `${paths[node]}.network`, to: `network.${port}`, widthBits: 8 * flitBytes })),
    });
    this.ids = paths.map((path) => this.machine.directory.idOf(path));
    this.members = paths.map((path) => this.machine.block(path) as TrafficNode);
    for (const member of this.members) member.follower = this;
    this.machine.start();
  }

  get now(): number {
    return this.isAdvancing ? this.clock.cycleAt(this.machine.kernel.now) : this.cycle;
  }

  get flitHops(): number {
    return this.machine.kernel.eventCount;
  }

  onEjection(listener: EjectionListener): void {
    this.listener = listener;
  }

  inject(source: number, destination: number, flits: number, tag = 0, created = this.now): void {
    const tick = Math.max(this.machine.kernel.now, this.clock.tickOf(this.now));
    const message = this.members[source]!.enqueue(this.ids[destination]!, Math.max(1, flits * this.flitBytes - HEADER_BYTES), tick);
    const flight = (this.flights[message.id] ??= new Flight());
    Object.assign(flight, { tag, source, destination, flits, created, started: -1, headSent: -1 });
    this.packetsInFlight++;
    this.flitsUnderWay += flits;
    this.createdSum += flits * created;
  }

  advance(until: number): void {
    this.isAdvancing = true;
    this.machine.run({ maxTick: this.clock.tickOf(until) - 1 });
    this.isAdvancing = false;
    this.cycle = Math.max(this.cycle, until);
  }

  nextEventCycle(): number {
    const { kernel } = this.machine;
    return kernel.pendingEvents === 0 ? -1 : Math.max(this.cycle, this.clock.cycleAt(kernel.nextTick()));
  }

  inFlightAges(): { readonly flits: number; readonly cycles: number } {
    return { flits: this.flitsUnderWay, cycles: this.flitsUnderWay * this.now - this.createdSum };
  }

  started(message: Transaction): void {
    const flight = this.flights[message.id]!;
    if (flight.started < 0) flight.started = this.now;
  }

  sent(message: Transaction): void {
    const flight = this.flights[message.id]!;
    flight.headSent = this.now;
    this.flitsInjected += flight.flits;
  }

  arrived(message: Transaction): void {
    const flight = this.flights[message.id]!;
    if (message.isResponse || this.ids[flight.destination] !== message.target) {
      throw new InputError({ path: 'block', message: `the network brought the message of node ${flight.source} for node ${flight.destination} elsewhere` });
    }
    const { flits } = flight;
    this.flitsEjected += flits;
    this.packetsInFlight--;
    this.flitsUnderWay -= flits;
    this.createdSum -= flits * flight.created;
    flight.tailEjected = this.clock.cycleAtOrAfter(this.machine.kernel.now);
    flight.headEjected = flight.tailEjected - (flits - 1);
    flight.flitCycles = flits * (flight.tailEjected - flight.headSent);
    this.listener?.ejected(flight);
  }

  private get clock() {
    return this.machine.description.referenceClock;
  }
}

function pluginOf({ use }: BlockUse, { catalogue }: ExperimentControl): BlockPlugin {
  const plugin = catalogue.blocks().find(({ name }) => name === use);
  if (plugin === undefined) throw new InputError({ path: 'block.use', message: `there is no block '${use}'`, expected: 'the name of a network plugin' });
  return plugin;
}

/** Ports at which nodes attach: `nodes` of the numbered ones, else each that takes and sends requests. */
function portsOf(plugin: BlockPlugin, nodes: number): string[] {
  const both = Object.entries(plugin.ports).filter(([, { role }]) => role === 'both');
  const numbered = both.find(([, { many }]) => many === true);
  if (numbered !== undefined) return Array.from({ length: nodes }, (_, node) => `${numbered[0]}${node}`);
  if (both.length < 2)
    throw new InputError({ path: 'block.use', message: `'${plugin.name}' has no ports that messages pass between`, expected: 'a network or a link' });
  return both.map(([name]) => name);
}
