import type { NetworkGraph, RouteQuery, RouteSet, Routing, TopologyOptions } from './contract.js';
import { Choices } from './choices.js';
import { MutableRouteQuery, PendingRouteSet } from './engine/state.js';

export interface DeadlockVerdict {
  /** True when no cycle of waiting packets can close. */
  readonly free: boolean;
  /** Virtual channels that wait for each other in a circle, e.g. `r0.0->r1 vc0`; empty when free. */
  readonly cycle: readonly string[];
  /** Channels and dependencies that were looked at. */
  readonly channels: number;
  readonly dependencies: number;
}

/**
 * The channel dependency graph (Dally & Seitz, IEEE ToC C-36, 1987) over virtual channels: an edge from the VC that a packet
 * holds to each VC that it may ask for next, for every source, destination and random choice. A routing that marks escape
 * channels is judged by those alone, with the dependencies through adaptive channels (Duato, IEEE TPDS 4(12), 1993), if a VC is
 * given only while its buffer is empty (`givesEmptyVcs`: wait for tail credit). Otherwise a packet may be given an adaptive VC whose
 * buffer is full and can turn to the escape channel no more, so all channels count.
 * `maxStates` bounds the walk; a larger network is judged on the destinations that fit.
 */
export function checkDeadlockFreedom(
  graph: NetworkGraph,
  options: TopologyOptions,
  routing: Routing,
  numVcs: number,
  givesEmptyVcs = false,
  maxStates = 4_000_000,
): DeadlockVerdict {
  const walk = new DependencyWalk(graph, options, routing, numVcs, maxStates);
  walk.run();
  return walk.verdict(givesEmptyVcs);
}

class DependencyWalk {
  private readonly choices = new Choices();
  private readonly set: PendingRouteSet;
  private readonly query = new MutableRouteQuery();
  private readonly route: (query: RouteQuery, set: RouteSet) => void;
  private readonly edges = new Map<number, Set<number>>();
  private readonly next = new Map<number, { router: number; port: number }>();
  private readonly seen = new Set<string>();
  private readonly stack: Position[] = [];
  private usesEscape = false;
  private readonly escapeEdges = new Map<number, Set<number>>();

  constructor(
    private readonly graph: NetworkGraph,
    options: TopologyOptions,
    routing: Routing,
    private readonly numVcs: number,
    private readonly maxStates: number,
  ) {
    const made = routing.create({ graph, options, numVcs, choose: this.choices.choose });
    this.route = (query, set) => made.route(query, set);
    this.set = new PendingRouteSet(made.maxRequests);
    for (const { from, to } of graph.channels) this.next.set(from.router * graph.portsPerRouter + from.port, to);
  }

  run(): void {
    this.graph.terminals.forEach((_, destination) => {
      this.seen.clear();
      for (const terminal of this.graph.terminals) {
        this.stack.push({
          router: terminal.router,
          inPort: terminal.inPort,
          inVc: 0,
          destination,
          routeState0: 0,
          routeState1: 0,
          held: -1,
          escape: -1,
          fresh: true,
        });
      }
      while (this.stack.length > 0 && this.seen.size < this.maxStates) this.expand(this.stack.pop()!);
      this.stack.length = 0;
    });
  }

  private expand(position: Position): void {
    do {
      this.choices.restart();
      Object.assign(this.query, {
        router: position.router,
        inPort: position.inPort,
        inVc: position.inVc,
        atInjection: position.fresh,
        destination: position.destination,
        routeState0: position.routeState0,
        routeState1: position.routeState1,
      });
      this.set.count = 0;
      this.route(this.query, this.set);
      for (let entry = 0; entry < this.set.count; entry++) this.follow(position, entry);
    } while (this.choices.next());
  }

  private follow(position: Position, entry: number): void {
    const packed = this.set.packed[entry]!;
    const isEscape = this.set.escape[entry] === 1;
    const output = position.router * this.graph.portsPerRouter + (packed >> 16);
    const to = this.next.get(output);
    if (to === undefined) return;
    if (isEscape) this.usesEscape = true;
    for (let vc = (packed >> 8) & 255; vc <= (packed & 255); vc++) {
      const channel = output * this.numVcs + vc;
      connect(this.edges, position.held, channel);
      if (isEscape) connect(this.escapeEdges, position.escape, channel);
      const reached: Position = {
        router: to.router,
        inPort: to.port,
        inVc: vc,
        destination: position.destination,
        routeState0: this.query.routeState0,
        routeState1: this.query.routeState1,
        held: channel,
        escape: isEscape ? channel : position.escape,
        fresh: false,
      };
      const key = `${channel},${reached.routeState0},${reached.routeState1},${reached.escape}`;
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      this.stack.push(reached);
    }
  }

  verdict(givesEmptyVcs: boolean): DeadlockVerdict {
    const edges = this.usesEscape && givesEmptyVcs ? this.escapeEdges : this.edges;
    const cycle = findCycle(edges);
    let dependencies = 0;
    for (const targets of edges.values()) dependencies += targets.size;
    return { free: cycle.length === 0, cycle: cycle.map((channel) => this.nameOf(channel)), channels: edges.size, dependencies };
  }

  private nameOf(channel: number): string {
    const output = Math.floor(channel / this.numVcs);
    const router = Math.floor(output / this.graph.portsPerRouter);
    return `r${router}.${output % this.graph.portsPerRouter}->r${this.next.get(output)!.router} vc${channel % this.numVcs}`;
  }
}

interface Position {
  readonly router: number;
  readonly inPort: number;
  readonly inVc: number;
  readonly destination: number;
  readonly routeState0: number;
  readonly routeState1: number;
  /** VC channel that the packet sits behind, -1 at its source; the latest escape channel of its way. */
  readonly held: number;
  readonly escape: number;
  readonly fresh: boolean;
}

function connect(edges: Map<number, Set<number>>, from: number, to: number): void {
  if (from < 0) return;
  let targets = edges.get(from);
  if (targets === undefined) edges.set(from, (targets = new Set()));
  targets.add(to);
}

/** A circle of the graph, empty when there is none (iterative depth-first search). */
function findCycle(edges: ReadonlyMap<number, ReadonlySet<number>>): number[] {
  const state = new Map<number, 'open' | 'done'>();
  for (const start of edges.keys()) {
    if (state.has(start)) continue;
    const path: { node: number; rest: Iterator<number> }[] = [];
    const enter = (node: number): void => {
      state.set(node, 'open');
      path.push({ node, rest: (edges.get(node) ?? new Set<number>()).values() });
    };
    enter(start);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const { value, done } = top.rest.next();
      if (done === true) {
        state.set(top.node, 'done');
        path.pop();
      } else if (state.get(value) === 'open') {
        const nodes = path.map(({ node }) => node);
        return nodes.slice(nodes.indexOf(value));
      } else if (!state.has(value)) enter(value);
    }
  }
  return [];
}
