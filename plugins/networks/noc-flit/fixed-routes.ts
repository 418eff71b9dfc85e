import type { NetworkGraph, RouteQuery, RouteSet, RoutingFunction } from './contract.js';
import { Choices } from './choices.js';

/** Outcomes of draws that are looked at; a way that has more of them does not count as certain. */
const MOST_OUTCOMES = 4096;

/** Ports that a routing function asks for at one router, in the order in which it names them. */
class Offers implements RouteSet {
  port = -1;
  firstVc = 0;
  differ = false;

  clear(): void {
    this.port = -1;
    this.differ = false;
  }

  add(outPort: number, firstVc: number): void {
    if (this.port < 0) {
      this.port = outPort;
      this.firstVc = firstVc;
    } else if (outPort !== this.port) this.differ = true;
  }
}

/**
 * The ways that packets take for certain, found by asking the routing function router by router. A way is certain when the function
 * names one port at each router whatever it draws; what it draws for virtual channels alone does not matter.
 */
export class FixedRoutes {
  private choices = new Choices();
  private routing: RoutingFunction | undefined;
  private readonly offers = new Offers();
  /** Channel behind each output port, -1 for a port to a node or to nowhere. */
  private readonly channelAt: Int32Array;

  /** @param createRouting makes the routing function from a source of its random choices */
  constructor(
    private readonly graph: NetworkGraph,
    private readonly createRouting: (choose: (bound: number) => number) => RoutingFunction,
  ) {
    this.channelAt = new Int32Array(graph.routers * graph.portsPerRouter).fill(-1);
    graph.channels.forEach(({ from }, channel) => (this.channelAt[from.router * graph.portsPerRouter + from.port] = channel));
  }

  /** Channels from one node to another; undefined when the way is not certain. */
  walk(from: number, to: number): readonly number[] | undefined {
    this.choices = new Choices();
    let found: number[] | undefined;
    let outcomes = 0;
    do {
      this.choices.restart();
      const way = this.walkOnce(from, to);
      if (way === undefined || ++outcomes > MOST_OUTCOMES || (found !== undefined && way.join() !== found.join())) return undefined;
      found = way;
    } while (this.choices.next());
    return found;
  }

  /** The way under one outcome of all choices. */
  private walkOnce(from: number, to: number): number[] | undefined {
    const { graph, offers } = this;
    // Made when it is needed: its tables may be large.
    const routing = (this.routing ??= this.createRouting((bound) => this.choices.choose(bound)));
    const { router, inPort } = graph.terminals[from]!;
    const { outRouter, outPort } = graph.terminals[to]!;
    const query: Writable<RouteQuery> = { router, inPort, inVc: 0, atInjection: true, destination: to, routeState0: 0, routeState1: 0 };
    const way: number[] = [];
    while (way.length <= graph.channels.length) {
      offers.clear();
      routing.route(query, offers);
      if (offers.differ) return undefined;
      if (query.router === outRouter && offers.port === outPort) return way;
      const channel = this.channelAt[query.router * graph.portsPerRouter + offers.port] ?? -1;
      if (channel < 0) return undefined;
      way.push(channel);
      const next = graph.channels[channel]!.to;
      Object.assign(query, { router: next.router, inPort: next.port, inVc: offers.firstVc, atInjection: false });
    }
    return undefined;
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
