import {
  Fifo,
  Histogram,
  ModelError,
  Phase,
  TRAFFIC_CLASSES,
  type Block,
  type BlockContext,
  type CounterProbe,
  type EventHandler,
  type Port,
  type StallClasses,
  type StateExchange,
  type TrafficClass,
  type Transaction,
  type WaitFor,
} from 'tessera-sim';

export interface IdealNetworkConfig {
  readonly latencyCycles: number;
  readonly ideal: readonly IdealMechanism[];
}

export type IdealMechanism = 'latency';

export const IDEAL_MILESTONES = { port: { cause: 'port', description: 'The receiver of the port had room again' } } as const;
const WAS_PORT = 0;

export type IdealNetworkStatistic = 'messages' | 'bytes';

export const IDEAL_STALLS: StallClasses = {
  idle: { role: 'rest', description: 'No message inside' },
  busy: { role: 'work', description: 'Messages are on their way' },
  blocked: { role: 'wait', on: 'peer', description: 'A message has arrived and finds no room where it goes' },
};
const IDLE = 0;
const BUSY = 1;
const BLOCKED = 2;

/** Messages of one class on their way to one port. They leave in the order in which they came. */
class Outlet {
  readonly messages = new Fifo<Transaction>();
  readonly exitTicks = new Fifo<number>();
  blocked = false;

  constructor(
    readonly port: Port,
    readonly trafficClass: TrafficClass,
  ) {}

  state(s: StateExchange): void {
    s.queue(this.messages, (message) => s.transaction(message));
    s.queue(this.exitTicks, (tick) => s.tick(tick ?? 0));
    this.blocked = s.flag(this.blocked);
  }
}

/** Every message takes the same time, and any number travel at once: what is left when a network costs nothing but latency. */
export class IdealNetwork implements Block, EventHandler {
  private readonly outlets: Outlet[] = [];
  private readonly handler: number;
  private readonly latency = new Histogram();
  private readonly occupancy: CounterProbe;
  private readonly latencyCycles: number;
  private inside = 0;
  private blockedOutlets = 0;

  constructor(private readonly context: BlockContext<IdealNetworkConfig, IdealNetworkStatistic>) {
    for (const port of context.ports('node')) {
      for (let c = 0; c < TRAFFIC_CLASSES; c++) this.outlets[port.index * TRAFFIC_CLASSES + c] = new Outlet(port, c as TrafficClass);
    }
    this.latencyCycles = latencyCyclesOf(context.config);
    this.occupancy = context.counterProbe('inFlight');
    this.handler = context.kernel.register(context.path, this);
  }

  onArrival(port: Port, trafficClass: TrafficClass): void {
    for (let message = port.take(trafficClass); message !== undefined; message = port.take(trafficClass)) this.accept(message);
  }

  onRoom(port: Port, trafficClass: TrafficClass): void {
    this.drain(this.outlets[port.index * TRAFFIC_CLASSES + trafficClass]!);
  }

  onEvent(_code: number, outlet: number): void {
    this.drain(this.outlets[outlet]!);
  }

  state(s: StateExchange): void {
    for (const outlet of this.outlets) outlet.state(s);
    this.inside = s.number(this.inside);
    this.latency.state(s);
    if (s.loading) this.blockedOutlets = this.outlets.filter((outlet) => outlet.blocked).length;
  }

  waits(): readonly WaitFor[] {
    const { path, kernel } = this.context;
    return this.outlets
      .filter((outlet) => outlet.blocked)
      .map(({ port }) => ({ who: path, whom: port.neighbourPath, what: `room at ${port.name}`, sinceTick: kernel.now }));
  }

  report(): Readonly<Record<string, unknown>> {
    const { latency } = this;
    const percentile = (fraction: number): number => latency.percentile(fraction);
    return {
      latencyCycles: {
        messages: latency.count,
        mean: latency.mean,
        p50: percentile(0.5),
        p95: percentile(0.95),
        p99: percentile(0.99),
        max: latency.count === 0 ? 0 : latency.max,
      },
    };
  }

  private accept(message: Transaction): void {
    const { context } = this;
    const port = context.portToward(message.destination);
    if (port === undefined) throw new ModelError(`no port leads to ${context.blocks.pathOf(message.destination)}`, context.path);
    const index = port.index * TRAFFIC_CLASSES + message.trafficClass;
    const outlet = this.outlets[index]!;
    const exitTick = context.clock.after(context.kernel.now, this.latencyCycles);
    outlet.messages.push(message);
    outlet.exitTicks.push(exitTick);
    context.statistics.messages++;
    context.statistics.bytes += message.wireBytes;
    this.changeInside(1);
    // One event an outlet: the others follow when this one has left.
    if (outlet.messages.length === 1) context.kernel.schedule(this.handler, exitTick, Phase.compute, 0, index);
  }

  private drain(outlet: Outlet): void {
    const { kernel, clock, milestones } = this.context;
    if (outlet.blocked) this.blockedOutlets--;
    outlet.blocked = false;
    for (let exit = outlet.exitTicks.peek(); exit !== undefined; exit = outlet.exitTicks.peek()) {
      if (exit > kernel.now) {
        kernel.schedule(this.handler, exit, Phase.compute, 0, outlet.port.index * TRAFFIC_CLASSES + outlet.trafficClass);
        break;
      }
      if (!outlet.port.canSend(outlet.trafficClass)) {
        outlet.blocked = true;
        this.blockedOutlets++;
        break;
      }
      outlet.exitTicks.shift();
      const message = outlet.messages.shift()!;
      if (milestones.active && kernel.now > exit) milestones.note(WAS_PORT, message.operation, exit, kernel.now);
      outlet.port.send(message);
      this.latency.add(this.latencyCycles + Math.round(clock.cyclesIn(kernel.now - exit)));
      this.changeInside(-1);
    }
    this.enterClass();
  }

  private changeInside(by: number): void {
    this.inside += by;
    if (this.occupancy.active) this.occupancy.emit(this.context.kernel.now, this.inside);
    this.enterClass();
  }

  private enterClass(): void {
    this.context.stalls.enter(this.blockedOutlets > 0 ? BLOCKED : this.inside > 0 ? BUSY : IDLE);
  }
}

/** Cycles that a message spends in the network. */
export function latencyCyclesOf({ latencyCycles, ideal }: IdealNetworkConfig): number {
  return ideal.includes('latency') ? 0 : latencyCycles;
}
